using System.Security.Cryptography;
using Workbench.Core.Artifacts;
using Workbench.Core.Registry;
using Workbench.Core.Tracking;

namespace Workbench.Tests.Registry;

public sealed class ModelWeightsTests : IDisposable
{
    private const string Key = "models/1/2/" + BuildJob.WeightsFile;

    private static readonly byte[] Content = RandomNumberGenerator.GetBytes(1000);

    private readonly TemporaryFolder _folder = new();
    private readonly LocalArtifactStore _store;
    private readonly ModelVersion _version = new()
    {
        Version = 2,
        ArtifactPrefix = "models/1/2",
        SizeBytes = Content.Length,
        Sha256 = Convert.ToHexStringLower(SHA256.HashData(Content)),
    };

    public ModelWeightsTests() => _store = new LocalArtifactStore(_folder.Path);

    [Fact]
    public async Task What_was_registered_is_handed_out_from_its_first_byte()
    {
        await _store.PutAsync(Key, Content, "application/octet-stream");

        await using var weights = await OpenAsync();

        var read = new byte[Content.Length + 1];
        Assert.Equal(Content.Length, await weights.ReadAtLeastAsync(read, read.Length, throwOnEndOfStream: false));
        Assert.Equal(Content, read[..^1]);
    }

    [Theory]
    [InlineData(1000, 500)]
    [InlineData(999, null)]
    [InlineData(0, null)]
    public async Task What_was_changed_or_cut_off_since_is_not(int length, int? changed)
    {
        var other = Content[..length];
        if (changed is { } at)
        {
            other[at] ^= 1;
        }
        await _store.PutAsync(Key, other, "application/octet-stream");

        var failure = await Assert.ThrowsAsync<ArtifactStoreException>(OpenAsync);

        Assert.Contains($"version 2 of 'digits' are damaged: {Key} in the {_store.Description}", failure.Message);
    }

    [Fact]
    public async Task What_is_missing_is_named()
    {
        var failure = await Assert.ThrowsAsync<ArtifactStoreException>(OpenAsync);

        Assert.Contains($"version 2 of 'digits' are missing: the {_store.Description} has no {Key}", failure.Message);
    }

    public void Dispose() => _folder.Dispose();

    private Task<Stream> OpenAsync() => new ModelWeights(_store).OpenAsync("digits", _version);
}
