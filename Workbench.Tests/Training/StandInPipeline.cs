using Workbench.Core.Search;
using Workbench.Core.Training;

namespace Workbench.Tests.Training;

/// <summary>A pipeline that reads the parameters of a space, whole numbers where the space has them, and trains nothing.</summary>
internal sealed class StandInPipeline(SearchSpace space) : Pipeline
{
    public override string Name => "stand-in";

    public override string Description => "Trains nothing.";

    public override SearchSpace Space => space;

    public override IReadOnlyList<PipelineParameter> Parameters { get; } = [.. space.Select(parameter => parameter is IntParameter
        ? PipelineParameter.Whole(parameter.Name, "a count", int.MinValue)
        : PipelineParameter.From(parameter.Name, "a number", double.MinValue))];

    protected override TrainedModel Run(TrainingRequest request, Func<EpochMetrics, bool> onEpoch, CancellationToken ct) =>
        throw new NotSupportedException();
}
