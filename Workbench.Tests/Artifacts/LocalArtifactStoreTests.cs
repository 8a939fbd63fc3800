using Workbench.Core.Artifacts;

namespace Workbench.Tests.Artifacts;

public sealed class LocalArtifactStoreTests : ArtifactStoreTests, IDisposable
{
    readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    protected override Task<IArtifactStore> OpenAsync() => Task.FromResult<IArtifactStore>(new LocalArtifactStore(_folder["artifacts"]));

    [Fact]
    public async Task A_write_that_fails_leaves_what_was_there_and_no_litter()
    {
        var store = await OpenAsync();
        await store.PutAsync("a", "before"u8.ToArray(), "text/plain");
        using var cancelled = new CancellationTokenSource();
        await cancelled.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => store.PutAsync("a", new byte[1000], "text/plain", cancelled.Token));
        Assert.Equal(6, Assert.Single(await store.ListAsync("")).Size);
        Assert.Empty(Directory.EnumerateFiles(_folder["artifacts", ".drafts"]));
    }

    [Fact]
    public async Task A_folder_that_cannot_be_used_is_named()
    {
        await File.WriteAllTextAsync(_folder["file"], "");
        var store = new LocalArtifactStore(_folder["file", "artifacts"]);
        var failure = await Assert.ThrowsAsync<ArtifactStoreException>(() => store.CheckAsync());
        Assert.Contains(_folder["file", "artifacts"], failure.Message);
        await Assert.ThrowsAsync<ArtifactStoreException>(() => store.PutAsync("a", new byte[1], "text/plain"));
        // Away is not empty: what asks for an artifact must not take it for missing, nor for deleted.
        await Assert.ThrowsAsync<ArtifactStoreException>(() => store.OpenReadAsync("a"));
        await Assert.ThrowsAsync<ArtifactStoreException>(() => store.ExistsAsync("a"));
        await Assert.ThrowsAsync<ArtifactStoreException>(() => store.ListAsync(""));
        await Assert.ThrowsAsync<ArtifactStoreException>(() => store.DeleteAsync("a"));
    }
}
