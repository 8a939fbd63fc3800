using TorchSharp;
using Workbench.Core.Datasets;
using Workbench.Core.Models;
using Workbench.Core.Platform;
using Workbench.Core.Preparations;
using Workbench.Core.Search;
using static TorchSharp.torch;

namespace Workbench.Core.Training;

/// <summary>A small convolutional network, trained from scratch.</summary>
internal sealed class CnnPipeline(PictureCache cache, PreparationCatalog preparations) : Pipeline
{
    private const int SmallestSide = 8;
    private const int LargestSide = 64;

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
    public override string? Refusal(DatasetSchema schema) => Math.Min(schema.Images.Width, schema.Images.Height) >= SmallestSide
        ? null
        : $"The pipeline '{Name}' takes pictures of at least {SmallestSide}×{SmallestSide} pixels.";

    /// <inheritdoc />
    public override SearchSpace Space(DatasetSchema schema)
    {
        // Few pictures make few steps an epoch.
        var few = schema.Count < 5_000;
        return new(
            new FloatParameter("learning_rate", 1e-4, 1e-1, Log: true),
            new FloatParameter("weight_decay", 1e-6, 1e-1, Log: true),
            new IntParameter("channels", 8, 16, Step: 4),
            new FloatParameter("dropout", 0, 0.5),
            few ? new IntParameter("batch_size", 16, 64, Log: true) : new IntParameter("batch_size", 64, 512, Log: true),
            few ? new IntParameter("epochs", 10, 30) : new IntParameter("epochs", 2, 6));
    }

    /// <inheritdoc />
    public override PrunerSettings Pruner => new HyperbandSettings();

    /// <inheritdoc />
    protected override TrainedModel Run(TrainingRequest request, Func<StepMetrics, bool> onStep, CancellationToken ct)
    {
        LibTorch.EnsureLoaded();
        set_num_threads(request.Threads);
        using var scope = NewDisposeScope();
        var preparation = preparations.Create(PreparationFor(request.Dataset.Schema.Images));
        using var run = new CnnTraining(request, cache.Get(request.Dataset, preparation, request.Preparing("preparing pictures"), ct), preparation.Shape.Channels);
        var metrics = run.Run(onStep, ct);
        return new TrainedModel(Name, request, preparation, metrics, run.Weights(), run.Answers(ct)) { HeldOut = run.HeldOut(metrics, ct) };
    }

    private static PreparationSettings PreparationFor(ImageSchema images)
    {
        if (images.Drawn)
        {
            return DigitPreparation.Usual;
        }
        var side = Math.Clamp(Math.Min(images.Width, images.Height), SmallestSide, LargestSide);
        return ScaledPreparation.To(images.Channels, side, side);
    }
}
