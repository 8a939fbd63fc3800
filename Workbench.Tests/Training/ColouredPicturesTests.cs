using Workbench.Core.Datasets;
using Workbench.Core.Models;
using Workbench.Core.Search;
using Workbench.Core.Training;

namespace Workbench.Tests.Training;

/// <summary>The convolutional network on pictures that are neither grey nor square, nor all of one size.</summary>
public sealed class ColouredPicturesTests
{
    private static readonly ParameterSet Network = new(
        ("learning_rate", 1e-2), ("weight_decay", 1e-4), ("channels", 4), ("dropout", 0.0), ("batch_size", 16), ("epochs", 4));

    [Fact]
    public void It_learns_what_only_colours_tell_and_its_package_answers_the_same()
    {
        var colours = new Colours();
        var request = new TrainingRequest(colours, SplitSettings.Default.Apply(colours), Network, Seed: 1, Threads: 1) { WantsHeldOut = _ => true };

        var (model, _) = Samples.Train(Samples.Cnn, request);

        Assert.InRange(model.Metrics["val_accuracy"], 0.9, 1);
        Assert.Equal(model.Metrics["val_accuracy"], model.HeldOut!.Validation.Answers.Zip(model.HeldOut.Validation.Labels, (answer, label) => answer == label ? 1.0 : 0).Average(), 1e-9);
        Assert.Null(model.HeldOut.Test);
        var package = model.Package(DateTimeOffset.UnixEpoch);
        Assert.Equal((3, 16, 16), (package.Manifest.Input.Channels, package.Manifest.Input.Height, package.Manifest.Input.Width));
        using var network = new OnnxModel(package.Model);
        Assert.Equal(model.Answers, network.Run(model.Examples, model.Answers.Length / 2), (one, other) => Math.Abs(one - other) < 1e-4);
    }

    [Fact]
    public void Pictures_too_small_for_it_are_refused_by_a_sentence() =>
        Assert.Contains("8×8", Samples.Cnn.Refusal(new(DatasetKind.Images, 10, ["a", "b"], [], new(1, 7, 20, SameSize: true))), StringComparison.Ordinal);

    /// <summary>Noise, more red in one class and more blue in the other.</summary>
    private sealed class Colours : Dataset
    {
        public override string Name => "colours";

        public override int Version => 1;

        public override string Fingerprint => "c0104253";

        public override DatasetSchema Schema { get; } = new(DatasetKind.Images, 120, ["red", "blue"], [], new(3, 20, 16, SameSize: false));

        public override int[] Labels { get; } = [.. Enumerable.Range(0, 120).Select(i => i % 2)];

        public override byte[] Parts => [];

        public override Pixels Read(int index, int shorterSide)
        {
            var random = new Random(index);
            var (width, height) = (18 + index % 5, 16);
            var values = new byte[width * height * 3];
            for (var at = 0; at < values.Length; at++)
            {
                values[at] = (byte)(random.Next(160) + (at % 3 == (Labels[index] == 0 ? 0 : 2) ? 60 : 0));
            }
            return new(width, height, 3, values);
        }
    }
}
