using Workbench.Core.Datasets;
using Workbench.Core.Encoders;
using Workbench.Core.Platform;
using Workbench.Core.Preparations;
using Workbench.Core.Search;
using static TorchSharp.torch;

namespace Workbench.Core.Training;

/// <summary>A small dense head on the features of a pretrained, frozen encoder.</summary>
internal sealed class TransferPipeline(FeatureCache cache, EncoderCatalog encoders, PreparationCatalog preparations) : Pipeline
{
    private const string Flips = "flips";
    private const int MostMirrored = 3_000;

    /// <inheritdoc />
    public override string Name => "transfer";

    /// <inheritdoc />
    public override string Description => "A dense head on a pretrained, frozen encoder: under a second a trial.";

    /// <inheritdoc />
    public override IReadOnlyList<string> Encoders { get; } = [.. encoders.All.Select(encoder => encoder.Name)];

    /// <inheritdoc />
    public override string EncoderFor(DatasetSchema schema) => encoders.Propose(schema).Name;

    /// <inheritdoc />
    public override IReadOnlyList<PipelineParameter> Parameters { get; } =
    [
        PipelineParameter.From("learning_rate", "Adam's step size at the start; it falls to nothing", 0, above: true),
        PipelineParameter.From("l1", "penalty on the sum of the hidden weights", 0),
        PipelineParameter.From("l2", "penalty on the sum of their squares", 0),
        PipelineParameter.Whole("num_hidden", "units of the hidden layer", 1, 65_536),
        PipelineParameter.Whole("epochs", "passes over the training images", 1),
        PipelineParameter.Share(Flips, "share of the training images that are shown mirrored, others each time") with { IsOptional = true },
    ];

    /// <inheritdoc />
    public override IReadOnlyList<MetricDefinition> Metrics => MetricDefinition.Classification.All;

    /// <inheritdoc />
    public override MetricDefinition Objective => MetricDefinition.Classification.ValAccuracy;

    /// <inheritdoc />
    public override string? Refusal(DatasetSchema schema) => null;

    // No part of it is mediocre: a range of the step size that spans four orders of magnitude leaves most of the first trials at nothing, and of few
    // pictures even fewer are for validation, whose accuracy then tells a mediocre trial from a good one by luck. A thing seen from the other side
    // is the same thing, a letter is not; but mirrored pictures double the time until the first trial, which pays where pictures are few. Of 960
    // flowers in 12 species, each of the two is half a point of accuracy; of MNIST, the first is a tenth.
    /// <inheritdoc />
    public override SearchSpace Space(DatasetSchema schema) => new(
    [
        new FloatParameter("learning_rate", 1e-3, 1e-2, Log: true),
        new FloatParameter("l1", 0, 0.02),
        new FloatParameter("l2", 0, 0.05),
        new IntParameter("num_hidden", 32, 128),
        Epochs(schema),
        .. schema is { Images.Drawn: false, Count: < MostMirrored } ? [new FixedParameter(Flips, 0.5)] : Array.Empty<Parameter>(),
    ]);

    // Few pictures make few steps an epoch; it takes some hundred steps in all, whatever the number of pictures.
    private static IntParameter Epochs(DatasetSchema schema) => schema.Count switch
    {
        < 2_000 => new("epochs", schema.Images.Drawn ? 10 : 20, 40),
        < 10_000 => new("epochs", 5, 20),
        _ => new("epochs", 3, 10),
    };

    /// <inheritdoc />
    protected override TrainedModel Run(TrainingRequest request, Func<StepMetrics, bool> onStep, CancellationToken ct)
    {
        LibTorch.EnsureLoaded();
        var encoder = encoders.Find(request.Encoder ?? EncoderFor(request.Dataset.Schema))
            ?? throw new TrainingException($"There is no encoder '{request.Encoder}'; there are {string.Join(", ", Encoders)}.");
        var progress = request.Preparing("computing features");
        var features = cache.Get(request.Dataset, encoder, progress, ct);
        var flips = request.Params.TryGetValue(Flips, out var share) ? share.AsDouble() : 0;
        var mirrored = flips > 0 ? new MirroredPictures(request.Dataset) : null;
        var ofMirrored = mirrored is null ? null : cache.Get(mirrored, encoder, request.Preparing("computing features of mirrored pictures"), ct);
        // A step is a hundred microseconds: threads would wait for each other longer than they compute.
        set_num_threads(1);
        using var noGrad = no_grad();
        using var scope = NewDisposeScope();
        using var run = new HeadTraining(request, features, ofMirrored is null ? null : new(ofMirrored, mirrored!.Indices, flips));
        var metrics = run.Run(onStep, ct);
        return new TrainedModel(Name, request, preparations.Create(encoder.Preparation), metrics, run.Weights(), run.Answers(ct), encoder)
        {
            HeldOut = run.HeldOut(metrics, ct),
        };
    }
}
