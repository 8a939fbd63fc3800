using System.Security.Cryptography;
using System.Text.Json;
using Workbench.Core.Artifacts;
using Workbench.Core.Encoders;
using Workbench.Core.Models;
using Workbench.Core.Registry;
using Workbench.Core.Tracking;
using Workbench.Core.Training;
using Workbench.Tests.Training;

namespace Workbench.Tests.Registry;

public sealed class ModelPackagesTests : IDisposable
{
    private const string Prefix = "models/1/2";
    private const string Key = Prefix + "/" + ModelPackage.ModelFile;

    private static readonly DateTimeOffset Made = new(2026, 11, 24, 12, 0, 0, TimeSpan.Zero);
    private static readonly Lazy<TrainedModel> Trained = new(() => Samples.Train(Samples.Transfer, Samples.Request(Samples.Head())).Model);

    private readonly TemporaryFolder _folder = new();
    private readonly GlyphEncoder _glyphs = new();
    private readonly LocalArtifactStore _store;
    private readonly ModelPackages _packages;

    public ModelPackagesTests()
    {
        _store = new LocalArtifactStore(_folder.Path);
        _packages = new ModelPackages(_store, new EncoderCatalog([_glyphs]));
    }

    [Fact]
    public async Task What_was_stored_is_handed_out()
    {
        var package = Trained.Value.Package(Made);
        await _packages.StoreAsync(Prefix, package);

        var read = await _packages.OpenAsync("digits", Version(package));

        Assert.Equal(package.Model, read.Model);
        Assert.Equal(package.Manifest.ToJson(), read.Manifest.ToJson());
    }

    [Theory]
    [InlineData(0, 500)]
    [InlineData(1, null)]
    [InlineData(1000, null)]
    public async Task What_was_changed_or_cut_off_since_is_not(int less, int? changed)
    {
        var package = Trained.Value.Package(Made);
        var other = package.Model[..^less];
        if (changed is { } at)
        {
            other[at] ^= 1;
        }
        await _store.PutAsync(Key, other, "application/octet-stream");

        var failure = await Assert.ThrowsAsync<ArtifactStoreException>(() => _packages.OpenAsync("digits", Version(package)));

        Assert.Contains($"version 2 of 'digits' is damaged: {Key} in the {_store.Description}", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_is_missing_is_named()
    {
        var failure = await Assert.ThrowsAsync<ArtifactStoreException>(() => _packages.OpenAsync("digits", Version(Trained.Value.Package(Made))));

        Assert.Contains($"version 2 of 'digits' is missing: the {_store.Description} has no {Key}", failure.Message, StringComparison.Ordinal);
    }

    [Theory, InlineData("transfer"), InlineData("cnn")]
    public async Task A_package_of_format_1_answers_as_its_network_did_in_training(string pipeline)
    {
        var model = pipeline == "cnn" ? Samples.Train(Samples.Cnn, Samples.Request(Samples.Network())).Model : Trained.Value;
        var weights = Convolutional(model).ToBytes();
        var version = Version(weights, FormerManifest(pipeline, weights));
        await _store.PutAsync($"{Prefix}/{ModelPackage.FormerFile}", weights, "application/octet-stream");

        var package = await _packages.OpenAsync("digits", version);

        Assert.Equal(2, package.Manifest.FormatVersion);
        Assert.Equal("digit", package.Manifest.Input.Preparation.Name);
        Assert.Equal(Made, package.Manifest.CreatedAt);
        Assert.Equal(0.5, package.Manifest.Params.Double("l1"));
        using var network = new OnnxModel(package.Model);
        var answers = network.Run(model.Examples, model.Answers.Length / 10);
        Assert.Equal(64 * 10, answers.Length);
        Assert.Equal(model.Answers, answers, (one, other) => Math.Abs(one - other) < 1e-4);
    }

    [Fact]
    public async Task A_head_and_its_encoder_joined_answer_as_one_after_the_other()
    {
        var package = WithEncoder();
        await _packages.StoreAsync(Prefix, package);
        var examples = Trained.Value.Examples;

        var encoder = await _packages.EncoderAsync(package.Manifest.Encoder!);
        using var head = new OnnxModel(package.Model);
        using var joined = new OnnxModel(await _packages.JoinAsync(package));

        Assert.Same(_glyphs.Network, encoder);
        Assert.Equal(joined.Run(examples, 64), head.Run(encoder.Run(examples, 64), 64), (one, other) => Math.Abs(one - other) < 1e-4);
        Assert.Equal(Trained.Value.Answers, joined.Run(examples, 64), (one, other) => Math.Abs(one - other) < 1e-4);
    }

    [Fact]
    public async Task An_encoder_that_the_program_no_longer_has_comes_from_the_store()
    {
        var package = WithEncoder();
        await _packages.StoreAsync(Prefix, package);
        var later = new ModelPackages(_store, new EncoderCatalog([]));

        var encoder = await later.EncoderAsync(package.Manifest.Encoder!);

        Assert.Equal(_glyphs.Network.Run(Trained.Value.Examples, 64), encoder.Run(Trained.Value.Examples, 64));
        Assert.Equal(await _packages.JoinAsync(package), await later.JoinAsync(package));
        await _store.PutAsync($"encoders/{_glyphs.Hash}.onnx", new byte[] { 1, 2, 3 }, "application/octet-stream");
        Assert.Contains("damaged", (await Assert.ThrowsAsync<ArtifactStoreException>(() => later.JoinAsync(package))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_manifest_of_a_later_format_is_refused() =>
        Assert.Contains("version 3", Assert.Throws<FormatException>(() => ModelManifest.Read("""{"formatVersion": 3}""")).Message, StringComparison.Ordinal);

    [Fact]
    public void A_manifest_survives_json()
    {
        var manifest = WithEncoder().Manifest;

        var read = ModelManifest.Read(manifest.ToJson());

        Assert.Equal(manifest.ToJson(), read.ToJson());
        Assert.Equal(manifest.Params, read.Params);
        Assert.Equal((28, 20), (read.Input.Preparation.Number("side"), read.Input.Preparation.Number("box")));
        Assert.Equal((Samples.Digits.Fingerprint, 64), (read.Dataset!.Fingerprint, read.Encoder!.Sha256.Length));
    }

    public void Dispose()
    {
        _glyphs.Dispose();
        _folder.Dispose();
    }

    private ModelPackage WithEncoder()
    {
        var package = Trained.Value.Package(Made);
        return ModelPackage.Create(
            package.Manifest with { Encoder = new(_glyphs.Name, _glyphs.Hash) },
            new OnnxGraph("features", _glyphs.Features).AddHead(Trained.Value.Weights, 10).ToBytes("probabilities"));
    }

    // In format 1 the convolutions of the backbone were in the same file as the head.
    private static Safetensors Convolutional(TrainedModel model)
    {
        if (model.Weights.Metadata.ContainsKey(NetworkWeights.Plan))
        {
            return model.Weights;
        }
        using var backbone = Backbone.Load();
        return new(
            new Dictionary<string, Safetensors.Values>([.. backbone.Tensors, .. model.Weights.Tensors]),
            new Dictionary<string, string> { [NetworkWeights.Plan] = backbone.Convolutions.Plan.ToString() });
    }

    private static string FormerManifest(string pipeline, byte[] weights) => JsonSerializer.Serialize(new Dictionary<string, object?>
    {
        ["formatVersion"] = 1,
        ["pipeline"] = pipeline,
        ["params"] = new Dictionary<string, double> { ["l1"] = 0.5 },
        ["seed"] = 3,
        ["backboneHash"] = pipeline == "cnn" ? null : new string('a', 64),
        ["dataset"] = "mnist",
        ["dataHash"] = new string('b', 64),
        ["classes"] = Samples.Digits.Classes,
        ["imageSize"] = 28,
        ["metrics"] = new Dictionary<string, double> { ["accuracy"] = 0.9 },
        ["weightsSha256"] = Convert.ToHexStringLower(SHA256.HashData(weights)),
        ["createdAt"] = Made,
    });

    private static ModelVersion Version(ModelPackage package) => Version(package.Model, package.Manifest.ToJson());

    private static ModelVersion Version(byte[] file, string manifest) => new()
    {
        Version = 2,
        ArtifactPrefix = Prefix,
        SizeBytes = file.Length,
        Sha256 = Convert.ToHexStringLower(SHA256.HashData(file)),
        Manifest = manifest,
    };
}
