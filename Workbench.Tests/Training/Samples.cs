using Workbench.Core.Datasets;
using Workbench.Core.Encoders;
using Workbench.Core.Preparations;
using Workbench.Core.Search;
using Workbench.Core.Training;

namespace Workbench.Tests.Training;

/// <summary>Small things to train with, made once.</summary>
internal static class Samples
{
    // Beside the tests, so that the next run finds the features.
    private static readonly Lazy<FeatureCache> Cache = new(() => CacheIn(Path.Combine(AppContext.BaseDirectory, "features")));

    /// <summary>The encoders that come with the program.</summary>
    public static EncoderCatalog Encoders { get; } = new([new GlyphEncoder(), .. ResNet18Encoder.All()]);

    /// <summary>The preparations that come with the program.</summary>
    public static PreparationCatalog Preparations { get; } = new([DigitPreparation.Kind, ImageNetPreparation.Kind, ScaledPreparation.Kind]);

    // Beside the tests; removed by a build from scratch.
    private static PictureCache Pictures { get; } = new(Path.Combine(AppContext.BaseDirectory, "pictures"));

    /// <summary>MNIST, read once.</summary>
    public static GreyImages Mnist { get; } = Core.Datasets.Mnist.Load();

    /// <summary>The first image of MNIST's test part.</summary>
    public const int FirstOfTest = 60_000;

    /// <summary>The search space of the transfer pipeline.</summary>
    public static SearchSpace TransferSpace => Transfer.Space(Digits.Schema);

    /// <summary>1,200 of MNIST's images.</summary>
    public static GreyImages Digits { get; } = Take(1200);

    /// <summary>A split of <see cref="Digits"/>.</summary>
    public static Split Split { get; } = SplitSettings.Default.Apply(Digits);

    /// <summary>The pipelines, with features shared by all tests.</summary>
    public static Pipelines Pipelines { get; } = Of(Cache.Value);

    public static Pipeline Transfer => Pipelines.Get("transfer");

    public static Pipeline Cnn => Pipelines.Get("cnn");

    /// <summary>The first images of MNIST.</summary>
    public static GreyImages Take(int count) => new(
        $"mnist-{count}", MnistFrame.Side, [.. Enumerable.Range(0, count).SelectMany(i => Mnist.Image(i).ToArray())],
        [.. Mnist.Labels[..count].Select(label => (byte)label)], Mnist.Classes, trainCount: count)
    {
        Preparation = MnistFrame.Preparation,
    };

    /// <summary>The pipelines as the program registers them.</summary>
    /// <param name="cache">Where features are kept.</param>
    public static Pipelines Of(FeatureCache cache) => new([new TransferPipeline(cache, Encoders, Preparations), new CnnPipeline(Pictures, Preparations)]);

    /// <summary>A cache of features in a folder, by itself.</summary>
    public static FeatureCache CacheIn(string folder, IFeatureExchange? exchange = null) => new(folder, new FeatureExtraction(Preparations, exchange));

    public static ParameterSet Head(double learningRate = 3e-3, double l1 = 0, double l2 = 0, int units = 16, int epochs = 3) =>
        new(("learning_rate", learningRate), ("l1", l1), ("l2", l2), ("num_hidden", units), ("epochs", epochs));

    public static ParameterSet Network(
        double learningRate = 3e-3, int channels = 8, double dropout = 0.2, int batch = 64, int epochs = 2) => new(
        ("learning_rate", learningRate), ("weight_decay", 1e-4), ("channels", channels),
        ("dropout", dropout), ("batch_size", batch), ("epochs", epochs));

    public static TrainingRequest Request(ParameterSet parameters, int seed = 0) => new(Digits, Split, parameters, seed, Threads: 1);

    /// <summary>Trains and returns the metrics of every epoch.</summary>
    public static (TrainedModel Model, List<StepMetrics> Epochs) Train(Pipeline pipeline, TrainingRequest request)
    {
        List<StepMetrics> epochs = [];
        var model = pipeline.Train(request, metrics =>
        {
            epochs.Add(metrics);
            return true;
        }, CancellationToken.None);
        return (model, epochs);
    }
}
