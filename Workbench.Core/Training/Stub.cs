using Workbench.Core.Search;
namespace Workbench.Core.Training;
/// <summary>x</summary>
public sealed class TransferPipeline(FeatureCache f) : Pipeline
{
    /// <inheritdoc/>
    public override string Name => "transfer";
    /// <inheritdoc/>
    public override string Description => f.ToString()!;
    /// <inheritdoc/>
    public override SearchSpace Space => new();
    /// <inheritdoc/>
    public override TrainedModel Train(TrainingRequest request, Func<EpochMetrics, bool> onEpoch, CancellationToken ct) => throw new NotImplementedException();
}
/// <summary>x</summary>
public sealed class CnnPipeline : Pipeline
{
    /// <inheritdoc/>
    public override string Name => "cnn";
    /// <inheritdoc/>
    public override string Description => "";
    /// <inheritdoc/>
    public override SearchSpace Space => new();
    /// <inheritdoc/>
    public override TrainedModel Train(TrainingRequest request, Func<EpochMetrics, bool> onEpoch, CancellationToken ct) => throw new NotImplementedException();
}
