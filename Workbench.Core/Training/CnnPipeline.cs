using TorchSharp;
using Workbench.Core.Datasets;
using Workbench.Core.Platform;
using Workbench.Core.Preparations;
using Workbench.Core.Search;
using static TorchSharp.torch;

namespace Workbench.Core.Training;

/// <summary>A small convolutional network, trained from scratch.</summary>
internal sealed class CnnPipeline : Pipeline
{
    /// <inheritdoc />
    public override string Name => "cnn";

    /// <inheritdoc />
    public override string Description => "A convolutional network trained from scratch: some seconds an epoch, so pruning pays.";

    /// <inheritdoc />
    public override IReadOnlyList<PipelineParameter> Parameters { get; } =
    [
        PipelineParameter.From("learning_rate", "AdamW's step size at the start; it falls to nothing", 0, above: true),
        PipelineParameter.From("weight_decay", "how fast weights shrink by themselves", 0),
        PipelineParameter.Whole("channels", "channels of the first of three layers; each has twice those before", 1, 1024),
        PipelineParameter.Share("dropout", "share of the features that is left out in training"),
        PipelineParameter.Whole("batch_size", "images a step", 2),
        PipelineParameter.Whole("epochs", "passes over the training images", 1),
    ];

    /// <inheritdoc />
    public override IReadOnlyList<MetricDefinition> Metrics => MetricDefinition.Classification.All;

    /// <inheritdoc />
    public override MetricDefinition Objective => MetricDefinition.Classification.ValAccuracy;

    /// <inheritdoc />
    public override string? Refusal(DatasetSchema schema) =>
        schema.Images is { Channels: 1, Width: MnistFrame.Side, Height: MnistFrame.Side, SameSize: true }
            ? null
            : $"The pipeline '{Name}' takes grey pictures of {MnistFrame.Side}×{MnistFrame.Side} pixels.";

    /// <inheritdoc />
    public override SearchSpace Space(DatasetSchema schema) => new(
        new FloatParameter("learning_rate", 1e-4, 1e-1, Log: true),
        new FloatParameter("weight_decay", 1e-6, 1e-1, Log: true),
        new IntParameter("channels", 8, 16, Step: 4),
        new FloatParameter("dropout", 0, 0.5),
        new IntParameter("batch_size", 64, 512, Log: true),
        new IntParameter("epochs", 2, 6));

    /// <inheritdoc />
    public override PrunerSettings Pruner => new HyperbandSettings();

    /// <inheritdoc />
    protected override TrainedModel Run(TrainingRequest request, Func<StepMetrics, bool> onStep, CancellationToken ct)
    {
        LibTorch.EnsureLoaded();
        set_num_threads(request.Threads);
        using var scope = NewDisposeScope();
        using var run = new CnnTraining(request);
        var metrics = run.Run(onStep, ct);
        return new TrainedModel(Name, request, new DigitPreparation(), metrics, run.Weights(), run.Answers(ct)) { HeldOut = run.HeldOut(metrics, ct) };
    }
}
