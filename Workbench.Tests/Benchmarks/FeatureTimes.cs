using System.Diagnostics;
using TorchSharp;
using Workbench.Core.Datasets;
using Workbench.Core.Encoders;
using Workbench.Core.Training;
using static TorchSharp.torch;

namespace Workbench.Benchmarks;

/// <summary>The features of pictures of MNIST, all 70,000 unless fewer are asked for: by libtorch, as Workbench once made them, and by the encoder; on all cores, turn by turn.</summary>
internal static class FeatureTimes
{
    private const int ImagesAtOnce = 50;

    public static void Run(string[] args)
    {
        var rounds = args.Length > 0 ? int.Parse(args[0], System.Globalization.CultureInfo.InvariantCulture) : 3;
        var digits = Mnist.Load();
        var count = args.Length > 1 ? int.Parse(args[1], System.Globalization.CultureInfo.InvariantCulture) : digits.Count;
        using var backbone = Backbone.Load();
        using var encoder = new GlyphEncoder();
        var (former, present) = (new float[count * encoder.Features], new float[count * encoder.Features]);
        var times = (Former: new List<double>(), Present: new List<double>());
        for (var round = 0; round < rounds; round++)
        {
            times.Former.Add(Time(() => Former(digits, count, backbone, former)));
            times.Present.Add(Time(() => encoder.Encode(count, (picture, to) => Prepare(digits.Image(picture), to.Span), present, Environment.ProcessorCount)));
            Console.WriteLine(FormattableString.Invariant($"libtorch {times.Former[^1]:F2} s, encoder {times.Present[^1]:F2} s: {times.Former[^1] / times.Present[^1]:F2} times as fast"));
        }
        var difference = former.Zip(present, (one, other) => Math.Abs(one - other)).Max();
        Console.WriteLine(FormattableString.Invariant($"Best of {rounds}: {times.Former.Min() / times.Present.Min():F2} times as fast; largest difference {difference:G2}."));
    }

    private static void Prepare(ReadOnlySpan<byte> image, Span<float> prepared)
    {
        for (var at = 0; at < image.Length; at++)
        {
            prepared[at] = image[at] / 255f;
        }
    }

    private static void Former(GreyImages dataset, int images, Backbone backbone, float[] features)
    {
        var batches = (images + ImagesAtOnce - 1) / ImagesAtOnce;
        var next = -1;
        var threads = Enumerable.Range(0, Environment.ProcessorCount).Select(_ => Task.Factory.StartNew(Work, TaskCreationOptions.LongRunning)).ToArray();
        Task.WaitAll(threads);

        void Work()
        {
            set_num_threads(1);
            using var inference = inference_mode();
            for (int batch; (batch = Interlocked.Increment(ref next)) < batches;)
            {
                using var scope = NewDisposeScope();
                var first = batch * ImagesAtOnce;
                var count = Math.Min(ImagesAtOnce, images - first);
                var prepared = new float[count * MnistFrame.Pixels];
                for (var i = 0; i < count; i++)
                {
                    Prepare(dataset.Image(first + i), prepared.AsSpan(i * MnistFrame.Pixels));
                }
                var values = backbone.Convolutions.Forward(tensor(prepared, [count, 1, MnistFrame.Side, MnistFrame.Side]));
                values.data<float>().CopyTo(features, first * backbone.Features);
            }
        }
    }

    private static double Time(Action action)
    {
        var started = Stopwatch.GetTimestamp();
        action();
        return Stopwatch.GetElapsedTime(started).TotalSeconds;
    }
}
