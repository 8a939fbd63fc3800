using Microsoft.Extensions.Configuration;

namespace Workbench.Core.Artifacts;

/// <summary>The store that the configuration asks for.</summary>
public static class ArtifactStore
{
    /// <summary>Opens the S3 server that is configured (see <see cref="S3Settings.From"/>), else the local folder.</summary>
    /// <exception cref="ArtifactStoreException">The settings make no sense, or the store cannot be used.</exception>
    public static async Task<IArtifactStore> OpenAsync(
        IConfiguration configuration, string localFolder, CancellationToken cancellationToken = default)
    {
        IArtifactStore store = S3Settings.From(configuration) is { } settings
            ? new S3ArtifactStore(settings)
            : new LocalArtifactStore(localFolder);
        await store.CheckAsync(cancellationToken);
        return store;
    }
}
