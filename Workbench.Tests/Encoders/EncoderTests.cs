using Microsoft.ML.OnnxRuntime;
using TorchSharp;
using Workbench.Core.Datasets;
using Workbench.Core.Encoders;
using Workbench.Core.Models;
using Workbench.Core.Training;
using Workbench.Tests.Serving;
using Workbench.Tests.Training;
using static TorchSharp.torch;

namespace Workbench.Tests.Encoders;

public sealed class EncoderTests : IDisposable
{
    private readonly GlyphEncoder _glyphs = new();

    public void Dispose() => _glyphs.Dispose();

    [Fact]
    public void Glyphs_gives_the_features_that_libtorch_gave()
    {
        var digits = Samples.Digits;
        var features = new float[100 * _glyphs.Features];
        _glyphs.Encode(100, Prepare, features, threads: 2);

        using var backbone = Backbone.Load();
        using var scope = NewDisposeScope();
        using var inference = inference_mode();
        var images = tensor(Enumerable.Range(0, 100).SelectMany(i => DigitReader.Prepared(digits.Image(i))).ToArray(), [100, 1, MnistFrame.Side, MnistFrame.Side]);
        var expected = backbone.Convolutions.Forward(images).data<float>().ToArray();
        Assert.True(expected.Max() > 0.5);
        Assert.Equal(expected, features, (one, other) => Math.Abs(one - other) < 1e-4);
    }

    [Fact]
    public void Every_picture_is_told_once_and_in_its_place_whatever_the_threads()
    {
        var (alone, together, told) = (new float[101 * _glyphs.Features], new float[101 * _glyphs.Features], 0);

        _glyphs.Encode(101, Prepare, alone, threads: 1, done => told += done);
        _glyphs.Encode(101, Prepare, together, threads: 4);

        Assert.Equal(101, told);
        Assert.Equal(alone, together);
    }

    [Fact]
    public void What_a_picture_throws_is_thrown()
    {
        var features = new float[20 * _glyphs.Features];

        Assert.Throws<InvalidDataException>(() => _glyphs.Encode(
            20, (picture, _) => throw new InvalidDataException($"{picture}"), features, threads: 2));
    }

    [Fact]
    public void ResNet18_in_one_file_gives_the_roots_of_what_the_two_of_its_package_give()
    {
        using var encoder = ResNet18Encoder.All()[^1];
        var generator = new Random(3);
        var picture = Enumerable.Range(0, 3 * 224 * 224).Select(_ => (float)generator.Next(256)).ToArray();

        var features = encoder.Network.Run([.. picture, .. picture.Select(value => 255 - value)], 2);

        Assert.Equal(1024, features.Length);
        Assert.Equal(OfPackage(picture), features[..512], (one, other) => Math.Abs(one - other) < 1e-3);
        Assert.Equal(OfPackage([.. picture.Select(value => 255 - value)]), features[512..], (one, other) => Math.Abs(one - other) < 1e-3);
        Assert.True(features[..512].Zip(features[512..], (one, other) => Math.Abs(one - other)).Max() > 0.1);
    }

    [Theory]
    [InlineData(28, 70_000, true, "glyphs")]
    [InlineData(28, 70_000, false, "resnet18-64")]
    [InlineData(32, 960, false, "resnet18-128")]
    [InlineData(64, 9_999, false, "resnet18-128")]
    [InlineData(65, 70_000, false, "resnet18")]
    public void Small_pictures_are_not_blown_up_further_than_it_helps(int side, int count, bool drawn, string proposed)
    {
        var schema = new DatasetSchema(DatasetKind.Images, count, ["a", "b"], [], new ImageSchema(3, side, side, SameSize: true, drawn));

        Assert.Equal(proposed, Samples.Encoders.Propose(schema).Name);
    }

    [Theory]
    [InlineData(0, 64)]
    [InlineData(1, 128)]
    public void ResNet18_tells_smaller_pictures_apart_too_wherever_on_them_things_are(int variant, int side)
    {
        using var encoder = ResNet18Encoder.All()[variant];
        var (left, right, other) = (Striped(x => x < side / 2), Striped(x => x >= side / 2), Striped(x => x / 4 % 2 == 0));

        var features = encoder.Network.Run([.. left, .. right, .. other], 3).Chunk(512).ToList();

        Assert.True(Distance(features[0], features[1]) < Distance(features[0], features[2]));

        float[] Striped(Func<int, bool> isBright) =>
            [.. Enumerable.Range(0, 3 * side * side).Select(at => isBright(at % side) ? 255f : 0f)];

        static double Distance(float[] one, float[] two) => one.Zip(two, (a, b) => (a - b) * (a - b)).Sum();
    }

    [Theory, MemberData(nameof(All))]
    public void An_encoder_is_the_same_file_each_time(Encoder encoder)
    {
        Assert.Equal(encoder.ToOnnx(), encoder.ToOnnx());
        Assert.Equal(64, encoder.Hash.Length);
    }

    [Theory, MemberData(nameof(All))]
    public void A_batch_gives_what_its_pictures_give_alone(Encoder encoder)
    {
        var generator = new Random(4);
        var pictures = Enumerable.Range(0, 3 * encoder.Network.InputSize).Select(_ => generator.NextSingle()).ToArray();

        var together = encoder.Network.Run(pictures, 3);

        var alone = Enumerable.Range(0, 3).SelectMany(i => encoder.Network.Run(pictures[(i * encoder.Network.InputSize)..], 1));
        Assert.Equal(alone, together, (one, other) => Math.Abs(one - other) < 1e-4);
    }

    [Fact]
    public void A_missing_file_is_told_with_its_path()
    {
        using var encoder = ResNet18Encoder.All("/nowhere")[^1];

        Assert.Contains("/nowhere/ResNet18.onnx", Assert.Throws<EncoderException>(() => encoder.Hash).Message, StringComparison.Ordinal);
    }

    public static TheoryData<Encoder> All => [new GlyphEncoder(), .. ResNet18Encoder.All()];

    private static void Prepare(int picture, Memory<float> prepared)
    {
        foreach (var (at, value) in Samples.Digits.Image(picture).ToArray().Index())
        {
            prepared.Span[at] = value / 255f;
        }
    }

    private static float[] OfPackage(float[] picture)
    {
        var folder = Path.Combine(AppContext.BaseDirectory, "encoders");
        return [.. Run("ResNet18.onnx", Run("ResNetPreprocess.onnx", picture)).Select(MathF.Sqrt)];

        float[] Run(string file, float[] input)
        {
            using var session = new InferenceSession(Path.Combine(folder, file));
            using var value = OrtValue.CreateTensorValueFromMemory(input, [1, 3, 224, 224]);
            using var options = new RunOptions();
            using var results = session.Run(options, [session.InputNames[0]], [value], [session.OutputNames[0]]);
            return results[0].GetTensorDataAsSpan<float>().ToArray();
        }
    }
}
