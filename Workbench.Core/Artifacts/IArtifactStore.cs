namespace Workbench.Core.Artifacts;

/// <summary>placeholder</summary>
public interface IArtifactStore
{
    /// <summary>x</summary>
    string Description { get; }

    /// <summary>x</summary>
    Task PutAsync(string key, ReadOnlyMemory<byte> content, string contentType, CancellationToken cancellationToken = default);

    /// <summary>x</summary>
    Task<Stream> OpenReadAsync(string key, CancellationToken cancellationToken = default);

    /// <summary>x</summary>
    Task CheckAsync(CancellationToken cancellationToken = default);
}

/// <summary>x</summary>
public sealed class ArtifactStoreException(string message, Exception? innerException = null) : Exception(message, innerException);
