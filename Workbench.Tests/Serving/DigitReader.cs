using Workbench.Core.Datasets;
using Workbench.Core.Encoders;
using Workbench.Core.Models;
using Workbench.Core.Preparations;
using Workbench.Core.Serving;
using Workbench.Core.Training;
using Workbench.Tests.Training;

namespace Workbench.Tests.Serving;

/// <summary>A model that has learned MNIST's digits, and images of MNIST it has not seen.</summary>
internal static class DigitReader
{
    private static readonly Lazy<ServedNetwork> Model = new(() =>
    {
        var digits = Samples.Take(6000);
        var request = new TrainingRequest(digits, null, Samples.Head(learningRate: 3e-3, units: 48, epochs: 8), Seed: 0, Threads: 1);
        var model = Samples.Transfer.Train(request, _ => true, CancellationToken.None);
        return new ServedNetwork(Samples.Encoders.Find(GlyphEncoder.EncoderName)!.Network, new OnnxModel(model.Package(DateTimeOffset.UnixEpoch).Model));
    });

    /// <summary>The model.</summary>
    public static ServedNetwork Network => Model.Value;

    /// <summary>An image of MNIST as networks take it.</summary>
    public static float[] Prepared(ReadOnlySpan<byte> image) => [.. image.ToArray().Select(value => value / 255f)];

    /// <summary>What a network for digits sees of a file, from 0 to 255.</summary>
    public static byte[] Prepare(byte[] file) => Array.ConvertAll(new DigitPreparation().Prepare(file), value => (byte)Math.Round(255 * value));

    /// <summary>Images of MNIST with their labels, none of which the model was trained on.</summary>
    public static IEnumerable<(byte[] Image, int Label)> Unseen(int count)
    {
        var mnist = Samples.Mnist;
        return Enumerable.Range(60_000, count).Select(i => (mnist.Image(i).ToArray(), (int)mnist.Labels[i]));
    }

    /// <summary>What digit it takes a file for.</summary>
    public static int Read(byte[] file)
    {
        var probabilities = Network.Run(new DigitPreparation().Prepare(file), 1);
        return Array.IndexOf(probabilities, probabilities.Max());
    }

    /// <summary>How many files it reads right.</summary>
    public static double Accuracy(IEnumerable<(byte[] File, int Label)> files)
    {
        var right = files.AsParallel().Select(file => Read(file.File) == file.Label ? 1.0 : 0.0).ToArray();
        return right.Average();
    }

    /// <summary>What the model in production says of an image of MNIST.</summary>
    public static async Task<Prediction> PredictAsync(this Predictor predictor, ReadOnlyMemory<byte> image, string? model = null) =>
        await (await predictor.FindAsync(model)).PredictAsync(Prepared(image.Span));
}
