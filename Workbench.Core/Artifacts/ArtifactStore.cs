namespace Workbench.Core.Artifacts;

/// <summary>The store that the configuration asks for.</summary>
public static class ArtifactStore
{
    /// <summary>Opens the S3 server that is configured, else the local folder.</summary>
    /// <exception cref="ArtifactStoreException">The store cannot be used.</exception>
    public static async Task<IArtifactStore> OpenAsync(
        S3Options options, string localFolder, CancellationToken cancellationToken = default)
    {
        IArtifactStore store = options.ToSettings() is { } settings
            ? new S3ArtifactStore(settings)
            : new LocalArtifactStore(localFolder);
        await store.CheckAsync(cancellationToken);
        return store;
    }
}
