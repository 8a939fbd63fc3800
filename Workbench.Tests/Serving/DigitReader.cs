using Workbench.Core.Datasets;
using Workbench.Core.Serving;
using Workbench.Core.Training;
using Workbench.Tests.Training;

namespace Workbench.Tests.Serving;

/// <summary>A model that has learned MNIST's digits, and images of MNIST it has not seen.</summary>
internal static class DigitReader
{
    private static readonly Lazy<InferenceModel> Model = new(() =>
    {
        var digits = Samples.Take(6000);
        var request = new TrainingRequest(digits, null, Samples.Head(learningRate: 3e-3, units: 48, epochs: 8), Seed: 0, Threads: 1);
        var model = Samples.Transfer.Train(request, _ => true, CancellationToken.None);
        var weights = model.ToSafetensors();
        return InferenceModel.Load(model.Describe(weights, DateTimeOffset.UnixEpoch), weights);
    });

    /// <summary>The model.</summary>
    public static InferenceModel Network => Model.Value;

    /// <summary>Images of MNIST with their labels, none of which the model was trained on.</summary>
    public static IEnumerable<(byte[] Image, int Label)> Unseen(int count)
    {
        var mnist = Samples.Mnist;
        return Enumerable.Range(60_000, count).Select(i => (mnist.Image(i).ToArray(), (int)mnist.Labels[i]));
    }

    /// <summary>What digit it takes a file for.</summary>
    public static int Read(byte[] file)
    {
        var probabilities = Network.Predict(ImagePreparation.Prepare(file));
        return Array.IndexOf(probabilities, probabilities.Max());
    }

    /// <summary>How many files it reads right.</summary>
    public static double Accuracy(IEnumerable<(byte[] File, int Label)> files)
    {
        var right = files.AsParallel().Select(file => Read(file.File) == file.Label ? 1.0 : 0.0).ToArray();
        return right.Average();
    }
}
