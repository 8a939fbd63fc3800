using Workbench.Core.Datasets;
using Workbench.Core.Search;
using Workbench.Core.Training;

namespace Workbench.Tests.Training;

/// <summary>Small things to train with, made once.</summary>
internal static class Samples
{
    // Beside the tests, so that the next run finds the features.
    private static readonly Lazy<FeatureCache> Cache = new(() => new FeatureCache(Path.Combine(AppContext.BaseDirectory, "features")));

    /// <summary>1,200 of MNIST's images.</summary>
    public static Dataset Digits { get; } = Take(1200);

    /// <summary>A split of <see cref="Digits"/>.</summary>
    public static Split Split { get; } = SplitSettings.Default.Apply(Digits);

    /// <summary>The pipelines, with features shared by all tests.</summary>
    public static Pipelines Pipelines { get; } = new(Cache.Value);

    public static Pipeline Transfer => Pipelines.Get("transfer");

    public static Pipeline Cnn => Pipelines.Get("cnn");

    /// <summary>The first images of MNIST.</summary>
    public static Dataset Take(int count)
    {
        var mnist = DatasetCatalog.Get("mnist");
        return new($"mnist-{count}", mnist.Images[..(count * Dataset.Pixels)], mnist.Labels[..count], mnist.Classes, trainCount: count);
    }

    public static ParameterSet Head(double learningRate = 3e-3, double l1 = 0, double l2 = 0, int units = 16, int epochs = 3) =>
        new(("learning_rate", learningRate), ("l1", l1), ("l2", l2), ("num_hidden", units), ("epochs", epochs));

    public static ParameterSet Network(
        double learningRate = 3e-3, int channels = 8, double dropout = 0.2, int batch = 64, int epochs = 2) => new(
        ("learning_rate", learningRate), ("weight_decay", 1e-4), ("channels", channels),
        ("dropout", dropout), ("batch_size", batch), ("epochs", epochs));

    public static TrainingRequest Request(ParameterSet parameters, int seed = 0) => new(Digits, Split, parameters, seed, Threads: 1);

    /// <summary>Trains and returns the metrics of every epoch.</summary>
    public static (TrainedModel Model, List<EpochMetrics> Epochs) Train(Pipeline pipeline, TrainingRequest request)
    {
        List<EpochMetrics> epochs = [];
        var model = pipeline.Train(request, metrics =>
        {
            epochs.Add(metrics);
            return true;
        }, CancellationToken.None);
        return (model, epochs);
    }
}
