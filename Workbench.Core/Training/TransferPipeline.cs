using Workbench.Core.Datasets;
using Workbench.Core.Platform;
using Workbench.Core.Preparations;
using Workbench.Core.Search;
using static TorchSharp.torch;

namespace Workbench.Core.Training;

/// <summary>A small dense head on the features of a frozen, pretrained backbone.</summary>
internal sealed class TransferPipeline(FeatureCache cache, Backbone? backbone = null) : Pipeline
{
    private readonly Lazy<Backbone> _backbone = new(() => backbone ?? Backbone.Load());

    /// <inheritdoc />
    public override string Name => "transfer";

    /// <inheritdoc />
    public override string Description => "A dense head on a pretrained, frozen convolutional backbone: under a second a trial.";

    /// <inheritdoc />
    public override IReadOnlyList<PipelineParameter> Parameters { get; } =
    [
        PipelineParameter.From("learning_rate", "Adam's step size at the start; it falls to nothing", 0, above: true),
        PipelineParameter.From("l1", "penalty on the sum of the hidden weights", 0),
        PipelineParameter.From("l2", "penalty on the sum of their squares", 0),
        PipelineParameter.Whole("num_hidden", "units of the hidden layer", 1, 65_536),
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
        new FloatParameter("learning_rate", 1e-5, 1e-1, Log: true),
        new FloatParameter("l1", 0, 0.05),
        new FloatParameter("l2", 0, 0.05),
        new IntParameter("num_hidden", 8, 64),
        new IntParameter("epochs", 3, 10));

    /// <inheritdoc />
    protected override TrainedModel Run(TrainingRequest request, Func<StepMetrics, bool> onStep, CancellationToken ct)
    {
        LibTorch.EnsureLoaded();
        var features = cache.Get(request.Dataset, _backbone.Value, request.Preparation, ct);
        // A step is a hundred microseconds: threads would wait for each other longer than they compute.
        set_num_threads(1);
        using var noGrad = no_grad();
        using var scope = NewDisposeScope();
        using var run = new HeadTraining(request, features);
        var metrics = run.Run(onStep, ct);
        return new TrainedModel(Name, request, new DigitPreparation(), metrics, run.Weights(_backbone.Value), run.Answers(ct)) { HeldOut = run.HeldOut(metrics, ct) };
    }
}
