using Workbench.Core.Datasets;
using Workbench.Core.Models;
using Workbench.Core.Preparations;
using Workbench.Core.Search;
using Workbench.Core.Training;
using Workbench.Tests.Training;
using static Workbench.Core.Training.MetricDefinition;

namespace Workbench.Tests.Studies;

/// <summary>
/// A pipeline for the tests of studies: it takes the parameters of <c>transfer</c>, trains nothing, and says at each epoch how near the learning
/// rate is to a good one. A trial takes milliseconds, nearly all of them the study's.
/// </summary>
internal sealed class PacedPipeline : Pipeline
{
    public const string PipelineName = "paced";

    public override string Name => PipelineName;

    public override string Description => "Trains nothing.";

    public override IReadOnlyList<PipelineParameter> Parameters => Samples.Transfer.Parameters;

    public override IReadOnlyList<MetricDefinition> Metrics => Classification.All;

    public override MetricDefinition Objective => Classification.ValAccuracy;

    public override string? Refusal(DatasetSchema schema) => null;

    public override SearchSpace Space(DatasetSchema schema) => Samples.Transfer.Space(schema);

    protected override TrainedModel Run(TrainingRequest request, Func<StepMetrics, bool> onStep, CancellationToken ct)
    {
        var reached = 1 - Math.Abs(Math.Log10(request.Params.Double("learning_rate")) + 2.5) / 10;
        for (var epoch = 1; ; epoch++)
        {
            ct.ThrowIfCancellationRequested();
            var value = reached - 0.05 / epoch;
            var step = new StepMetrics(epoch, new Dictionary<string, double>
            {
                [Classification.Loss.Name] = 1 - value,
                [Classification.Accuracy.Name] = value,
                [Classification.ValLoss.Name] = 1 - value,
                [Classification.ValAccuracy.Name] = value,
            });
            if (!onStep(step) || epoch >= request.Params.Int("epochs"))
            {
                return new TrainedModel(
                    Name, request, new DigitPreparation(), step, new Safetensors(new Dictionary<string, Safetensors.Values>(), new Dictionary<string, string>()), new Answers([], []));
            }
        }
    }
}
