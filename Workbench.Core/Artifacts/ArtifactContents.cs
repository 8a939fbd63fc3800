using System.Runtime.InteropServices;

namespace Workbench.Core.Artifacts;

/// <summary>Contents that are in memory.</summary>
public static class ArtifactContents
{
    /// <summary>Keeps the content under the key, in place of what was there; see <see cref="IArtifactStore.PutAsync"/>.</summary>
    public static async Task PutAsync(
        this IArtifactStore store, string key, ReadOnlyMemory<byte> content, string contentType, CancellationToken cancellationToken = default)
    {
        using var stream = MemoryMarshal.TryGetArray(content, out var part)
            ? new MemoryStream(part.Array!, part.Offset, part.Count, writable: false)
            : new MemoryStream(content.ToArray(), writable: false);
        await store.PutAsync(key, stream, content.Length, contentType, cancellationToken);
    }

    /// <summary>The whole content of a key; see <see cref="IArtifactStore.OpenReadAsync"/>.</summary>
    public static async Task<byte[]> ReadAsync(this IArtifactStore store, string key, CancellationToken cancellationToken = default)
    {
        await using var stream = await store.OpenReadAsync(key, cancellationToken);
        var content = new byte[stream.Length];
        await stream.ReadExactlyAsync(content, cancellationToken);
        return content;
    }
}
