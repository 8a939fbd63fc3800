using TorchSharp;
using Workbench.Core.Models;
using Workbench.Core.Platform;
using static TorchSharp.torch;
using static TorchSharp.torch.nn.functional;

namespace Workbench.Tests.Models;

/// <summary>Networks that we write run in ONNX Runtime as their twins in libtorch do.</summary>
public sealed class OnnxGraphTests
{
    private const double Tolerance = 1e-4;

    public OnnxGraphTests() => LibTorch.EnsureLoaded();

    [Theory]
    [InlineData(1, 28, 28)]
    [InlineData(3, 64, 64)]
    [InlineData(3, 33, 17)]
    [InlineData(1, 9, 8)]
    [InlineData(3, 4, 6)]
    public void Convolutions_of_pictures_of_any_size_and_colour(int channels, int height, int width)
    {
        using var scope = NewDisposeScope();
        var layers = Weights("8,8|16|24", channels);
        var images = rand(5, channels, height, width, generator: Random());
        using var model = new OnnxModel(new OnnxGraph("image", channels, height, width).AddConvolutions(layers).ToBytes("features"));

        var x = images;
        foreach (var number in Enumerable.Range(0, 4))
        {
            x = number >= 2 ? max_pool2d(x, 2) : x;
            x = conv2d(x, Tensor(layers, $"conv{number}.weight"), Tensor(layers, $"conv{number}.bias"), strides: [1, 1], padding: [1, 1]).relu();
        }
        var expected = adaptive_avg_pool2d(x, 2).flatten(1);

        Assert.Equal([96], model.OutputShape);
        Same(expected, model.Run(Values(images), 5));
    }

    [Theory]
    [InlineData(1, 1)]
    [InlineData(1, 5)]
    [InlineData(3, 2)]
    [InlineData(7, 7)]
    [InlineData(16, 11)]
    public void Averages_of_quarters_that_overlap(int height, int width)
    {
        using var scope = NewDisposeScope();
        var images = rand(2, 3, height, width, generator: Random());
        using var model = new OnnxModel(new OnnxGraph("image", 3, height, width).AverageQuarters().ToBytes("quarters"));

        Same(adaptive_avg_pool2d(images, 2), model.Run(Values(images), 2));
    }

    [Theory, InlineData(true), InlineData(false)]
    public void A_head_on_features(bool hidden)
    {
        using var scope = NewDisposeScope();
        var features = randn(7, 32, generator: Random()).mul(3).add(1);
        var weights = Head(32, hidden ? 12 : 0, 5);
        using var model = new OnnxModel(new OnnxGraph("features", 32).AddHead(weights, 5).ToBytes("probabilities"));

        var x = features;
        if (hidden)
        {
            x = linear((x - Tensor(weights, "features.mean")) / Tensor(weights, "features.std"), Tensor(weights, "hidden.weight"), Tensor(weights, "hidden.bias")).relu();
        }
        Same(linear(x, Tensor(weights, "output.weight"), Tensor(weights, "output.bias")).softmax(1), model.Run(Values(features), 7));
    }

    [Fact]
    public void Two_networks_joined_answer_as_one_after_the_other()
    {
        using var scope = NewDisposeScope();
        var images = Values(rand(3, 1, 28, 28, generator: Random()));
        var first = new OnnxGraph("image", 1, 28, 28).AddConvolutions(Weights("8|16", 1)).ToBytes("features");
        var second = new OnnxGraph("features", 64).AddHead(Head(64, 8, 4), 4).ToBytes("probabilities");
        using var encoder = new OnnxModel(first);
        using var head = new OnnxModel(second);
        using var joined = new OnnxModel(OnnxFile.Join(first, second));

        Assert.Equal([1, 28, 28], joined.InputShape);
        Assert.Equal(head.Run(encoder.Run(images, 3), 3), joined.Run(images, 3), (one, other) => Math.Abs(one - other) < Tolerance);
    }

    [Fact]
    public void The_same_network_is_the_same_file()
    {
        var weights = Weights("8|16", 1);

        Assert.Equal(File(), File());

        byte[] File() => new OnnxGraph("image", 1, 28, 28).AddConvolutions(weights).ToBytes("features");
    }

    [Fact]
    public void A_picture_of_which_nothing_is_left_is_refused() =>
        Assert.Throws<ArgumentException>(() => new OnnxGraph("image", 1, 3, 28).AddConvolutions(Weights("8|8|8", 1)));

    [Fact]
    public void Weights_that_do_not_fit_are_refused() =>
        Assert.Throws<FormatException>(() => new OnnxGraph("features", 31).AddHead(Head(32, 8, 4), 4));

    private static Generator Random() => new(1, CPU);

    /// <summary>Random convolutions after a plan, as trainings leave them.</summary>
    private static Safetensors Weights(string plan, int channels)
    {
        var generator = new Random(1);
        Dictionary<string, Safetensors.Values> tensors = [];
        var inputs = channels;
        foreach (var (number, (_, outputs, _)) in new ConvolutionPlan(plan).Layers.Index())
        {
            tensors[NetworkWeights.ConvolutionWeight(number)] = Values(generator, 1 / Math.Sqrt(9 * inputs), outputs, inputs, 3, 3);
            tensors[NetworkWeights.ConvolutionBias(number)] = Values(generator, 0.1, outputs);
            inputs = outputs;
        }
        return new Safetensors(tensors, new Dictionary<string, string> { [NetworkWeights.Plan] = plan });
    }

    private static Safetensors Head(int features, int units, int classes)
    {
        var generator = new Random(2);
        Dictionary<string, Safetensors.Values> tensors = new()
        {
            [NetworkWeights.Output] = Values(generator, 1, classes, units > 0 ? units : features),
            [NetworkWeights.OutputBias] = Values(generator, 1, classes),
        };
        if (units > 0)
        {
            tensors[NetworkWeights.Hidden] = Values(generator, 0.3, units, features);
            tensors[NetworkWeights.HiddenBias] = Values(generator, 0.3, units);
            tensors[NetworkWeights.Mean] = Values(generator, 1, features);
            tensors[NetworkWeights.Deviation] = new([features], [.. Enumerable.Range(0, features).Select(_ => 0.5f + generator.NextSingle())]);
        }
        return new Safetensors(tensors, new Dictionary<string, string>());
    }

    private static Safetensors.Values Values(Random generator, double scale, params long[] shape) =>
        new(shape, [.. Enumerable.Range(0, (int)shape.Aggregate((product, size) => product * size)).Select(_ => (float)(scale * (2 * generator.NextDouble() - 1)))]);

    private static Tensor Tensor(Safetensors weights, string name) => tensor(weights.Tensors[name].Data, weights.Tensors[name].Shape);

    private static float[] Values(Tensor tensor) => tensor.contiguous().data<float>().ToArray();

    private static void Same(Tensor expected, float[] actual)
    {
        var values = Values(expected);
        // A network that answers nothing but zeros would not show a difference.
        Assert.True(values.Max() - values.Min() > 0.05);
        Assert.Equal(values, actual, (one, other) => Math.Abs(one - other) < Tolerance);
    }
}
