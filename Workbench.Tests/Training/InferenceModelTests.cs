using System.Text.Json;
using Workbench.Core.Models;
using Workbench.Core.Training;

namespace Workbench.Tests.Training;

public sealed class InferenceModelTests
{
    private static readonly DateTimeOffset Made = new(2026, 11, 24, 12, 0, 0, TimeSpan.Zero);

    public static TheoryData<string> Names => PipelineTests.Names;

    [Theory, MemberData(nameof(Names))]
    public void It_answers_as_the_model_did_in_validation(string name)
    {
        var (model, weights, manifest) = Trained(name);
        using var inference = InferenceModel.Load(manifest, weights);

        var right = Samples.Split.Validation.Count(image =>
        {
            var probabilities = inference.Predict(Samples.Digits.Image(image));
            return Array.IndexOf(probabilities, probabilities.Max()) == Samples.Digits.Labels[image];
        });

        // Batch normalization and standardization are folded in here: one image may lie on the border between two classes.
        Assert.Equal(model.Metrics["val_accuracy"] * Samples.Split.Validation.Length, right, tolerance: 1.5);
    }

    [Fact]
    public void Probabilities_are_positive_and_sum_to_one()
    {
        var (_, weights, manifest) = Trained("transfer");
        using var inference = InferenceModel.Load(manifest, weights);

        var probabilities = inference.Predict(Samples.Digits.Image(0));

        Assert.Equal(10, probabilities.Length);
        Assert.All(probabilities, probability => Assert.InRange(probability, 0, 1));
        Assert.Equal(1, probabilities.Sum(), tolerance: 1e-5);
    }

    [Fact]
    public void Any_number_of_threads_get_the_answers_of_one()
    {
        var (_, weights, manifest) = Trained("transfer");
        using var inference = InferenceModel.Load(manifest, weights);
        var alone = Enumerable.Range(0, 100).Select(image => inference.Predict(Samples.Digits.Image(image))).ToArray();

        Parallel.For(0, 400, i => Assert.Equal(alone[i % 100], inference.Predict(Samples.Digits.Image(i % 100))));
    }

    [Fact]
    public void Images_that_are_asked_together_get_the_answers_they_get_alone()
    {
        var (_, weights, manifest) = Trained("transfer");
        using var inference = InferenceModel.Load(manifest, weights);
        var images = Enumerable.Range(0, 8).Select(image => Samples.Digits.Image(image).ToArray()).ToArray();

        var together = inference.Predict([.. images.SelectMany(image => image)]);

        Assert.Equal(80, together.Length);
        Assert.Equal(images.SelectMany(image => inference.Predict(image)), together, (one, other) => Math.Abs(one - other) < 1e-5);
    }

    [Fact]
    public void The_manifest_survives_json()
    {
        var (_, _, manifest) = Trained("transfer");

        var read = JsonSerializer.Deserialize<ModelManifest>(JsonSerializer.Serialize(manifest))!;

        Assert.Equal(JsonSerializer.Serialize(manifest), JsonSerializer.Serialize(read));
        Assert.Equal(manifest.Params, read.Params);
        Assert.Equal(Samples.Digits.Fingerprint, read.DataHash);
        Assert.Equal(64, read.BackboneHash!.Length);
    }

    [Fact]
    public void Damaged_weights_are_refused_with_both_hashes()
    {
        var (_, weights, manifest) = Trained("transfer");
        weights[^1] ^= 1;

        var failure = Assert.Throws<TrainingException>(() => InferenceModel.Load(manifest, weights));

        Assert.Contains($"expected is {manifest.WeightsSha256}", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Weights_that_lack_a_tensor_are_refused()
    {
        var (model, weights, _) = Trained("transfer");
        var whole = Safetensors.Read(weights);
        var part = new Safetensors(whole.Tensors.Where(tensor => tensor.Key != "output.bias").ToDictionary(), whole.Metadata).ToBytes();

        var failure = Assert.Throws<TrainingException>(() => InferenceModel.Load(model.Describe(part, Made), part));

        Assert.Contains("lack the tensor \"output.bias\"", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_format_from_the_future_is_refused()
    {
        var (_, weights, manifest) = Trained("transfer");

        Assert.Throws<TrainingException>(() => InferenceModel.Load(manifest with { FormatVersion = 2 }, weights));
    }

    [Fact]
    public void An_image_of_another_size_is_refused()
    {
        var (_, weights, manifest) = Trained("transfer");
        using var inference = InferenceModel.Load(manifest, weights);

        Assert.Throws<ArgumentException>(() => inference.Predict(new byte[27 * 27]));
    }

    private static (TrainedModel Model, byte[] Weights, ModelManifest Manifest) Trained(string name)
    {
        var (model, _) = Samples.Train(Samples.Pipelines.Get(name), Samples.Request(name == "cnn" ? Samples.Network() : Samples.Head()));
        var weights = model.ToSafetensors();
        return (model, weights, model.Describe(weights, Made));
    }
}
