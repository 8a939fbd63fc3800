using Workbench.Core.Datasets;
using Workbench.Core.Search;
using Workbench.Core.Training;

namespace Workbench.Tests.Training;

/// <summary>A pipeline that reads the parameters of a space, whole numbers where the space has them, and trains nothing.</summary>
internal sealed class StandInPipeline(SearchSpace space) : Pipeline
{
    public override string Name => "stand-in";

    public override string Description => "Trains nothing.";

    public override SearchSpace Space(DatasetSchema schema) => space;

    public override string? Refusal(DatasetSchema schema) => null;

    public override IReadOnlyList<MetricDefinition> Metrics => MetricDefinition.Classification.All;

    public override MetricDefinition Objective => MetricDefinition.Classification.ValAccuracy;

    public override IReadOnlyList<PipelineParameter> Parameters { get; } = [.. space.Select(parameter => parameter is IntParameter
        ? PipelineParameter.Whole(parameter.Name, "a count", int.MinValue)
        : PipelineParameter.From(parameter.Name, "a number", double.MinValue))];

    protected override TrainedModel Run(TrainingRequest request, Func<StepMetrics, bool> onStep, CancellationToken ct) =>
        throw new NotSupportedException();
}
