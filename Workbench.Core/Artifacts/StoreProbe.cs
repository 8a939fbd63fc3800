namespace Workbench.Core.Artifacts;

/// <summary>Tries a store.</summary>
public static class StoreProbe
{
    /// <summary>Writes an object, reads it back and deletes it.</summary>
    /// <exception cref="ArtifactStoreException">One of these does not do, or what was read is not what was written.</exception>
    public static async Task ProbeAsync(this IArtifactStore store, CancellationToken cancellationToken = default)
    {
        var (key, content) = ($"probe-{Guid.NewGuid():N}", Guid.NewGuid().ToByteArray());
        try
        {
            await store.PutAsync(key, content, "application/octet-stream", cancellationToken);
            await using var stored = await store.OpenReadAsync(key, cancellationToken);
            using var read = new MemoryStream();
            await stored.CopyToAsync(read, cancellationToken);
            if (!read.ToArray().AsSpan().SequenceEqual(content))
            {
                throw new ArtifactStoreException($"{store.Description} gives back something else than was written.");
            }
        }
        finally
        {
            await store.DeleteAsync(key, CancellationToken.None);
        }
    }
}
