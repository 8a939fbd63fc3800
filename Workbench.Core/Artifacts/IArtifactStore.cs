namespace Workbench.Core.Artifacts;

/// <summary>Where models and other files of runs are kept: an S3 server or a local folder.</summary>
/// <remarks>
/// A key is a path such as <c>models/mnist/3/weights.safetensors</c>: segments parted by slashes, none empty, none of them <c>.</c> or
/// <c>..</c>, the first not starting with a dot, no backslash and no control character, at most <see cref="ArtifactKey.MaxBytes"/> bytes in
/// UTF-8 and <see cref="ArtifactKey.MaxSegmentBytes"/> a segment; anything else is an <see cref="ArgumentException"/>. A key that lies
/// beneath another's is one, too, where the store has folders. A prefix is the same without its last segments: <c>models/mnist</c> covers what lies beneath
/// <c>models/mnist/</c>, and not <c>models/mnist2</c>. Every method throws <see cref="ArtifactStoreException"/> when the store does not
/// answer or refuses.
/// </remarks>
public interface IArtifactStore
{
    /// <summary>Which store this is, for people: "S3 at http://minio:9000/workbench" or "folder /data/artifacts".</summary>
    string Description { get; }

    /// <summary>Where something is kept, as a URI that tells it to others: <c>s3://bucket/key</c> or <c>file://machine/data/artifacts/key</c>.</summary>
    Uri Locate(string key);

    /// <summary>Keeps the content under the key, in place of what was there. When this returns it is safe; readers see all of it or what
    /// was there before.</summary>
    /// <param name="key">Where it is kept.</param>
    /// <param name="content">Read once, from where it stands, and never sought in; it stays open. Some megabytes of it are in memory at a time.</param>
    /// <param name="length">How many bytes of it are kept.</param>
    /// <param name="contentType">What it is, as a media type.</param>
    /// <param name="cancellationToken">Gives up; what was there before stays.</param>
    /// <exception cref="ArtifactStoreException">The content is shorter; what was there before stays.</exception>
    Task PutAsync(string key, Stream content, long length, string contentType, CancellationToken cancellationToken = default);

    /// <summary>Opens the content for reading. All of it is there when this returns, and it can be sought in; what is large is not in memory.
    /// The caller disposes the stream.</summary>
    /// <exception cref="ArtifactNotFoundException">Nothing is kept under this key.</exception>
    Task<Stream> OpenReadAsync(string key, CancellationToken cancellationToken = default);

    /// <summary>Opens the content to be passed on as it comes: nothing of it is kept on the way, and it may break off with an error.</summary>
    /// <returns>The content, to be disposed of, and how long it is.</returns>
    /// <exception cref="ArtifactNotFoundException">Nothing is kept under this key.</exception>
    async Task<(Stream Content, long Length)> OpenStreamAsync(string key, CancellationToken cancellationToken = default)
    {
        var content = await OpenReadAsync(key, cancellationToken);
        return (content, content.Length);
    }

    /// <summary>Whether something is kept under the key.</summary>
    Task<bool> ExistsAsync(string key, CancellationToken cancellationToken = default);

    /// <summary>What is kept beneath the prefix, by key; everything if it is empty.</summary>
    Task<IReadOnlyList<ArtifactInfo>> ListAsync(string prefix, CancellationToken cancellationToken = default);

    /// <summary>What is kept right beneath the prefix: files, and the prefixes of those that lie deeper; by name, without the prefix.</summary>
    async Task<IReadOnlyList<FolderEntry>> ListFolderAsync(string prefix, CancellationToken cancellationToken = default)
    {
        var start = ArtifactKey.Beneath(prefix).Length;
        return
        [
            .. (await ListAsync(prefix, cancellationToken)).Select(file => (Name: file.Key[start..], file.Size))
                .Select(file => file.Name.IndexOf('/', StringComparison.Ordinal) is >= 0 and var slash
                    ? new FolderEntry(file.Name[..slash], null)
                    : new FolderEntry(file.Name, file.Size))
                .Distinct().OrderBy(entry => entry.Name, StringComparer.Ordinal),
        ];
    }

    /// <summary>Removes what is kept under the key. Nothing there is no error.</summary>
    Task DeleteAsync(string key, CancellationToken cancellationToken = default);

    /// <summary>Returns if the store can be used now; throws within seconds if not.</summary>
    Task CheckAsync(CancellationToken cancellationToken = default);
}

/// <summary>One kept artifact.</summary>
public sealed record ArtifactInfo(string Key, long Size, DateTimeOffset Modified);

/// <summary>A file or a folder.</summary>
/// <param name="Name">Its name, without what it lies in.</param>
/// <param name="Size">How many bytes the file has; null for a folder.</param>
public sealed record FolderEntry(string Name, long? Size);

/// <summary>Nothing is kept under the key.</summary>
public sealed class ArtifactNotFoundException(string key) : Exception($"There is no artifact {key}.")
{
    /// <summary>The key asked for.</summary>
    public string Key { get; } = key;
}

/// <summary>The store is not reachable, refuses, or is not configured well. The message is one line, fit for the user.</summary>
public sealed class ArtifactStoreException(string message, Exception? inner = null) : Exception(message, inner);
