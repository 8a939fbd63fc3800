using System.Collections.Concurrent;
using System.Security.Cryptography;
using Workbench.Core.Artifacts;
using Workbench.Core.Platform;
using Workbench.Core.Tracking;

namespace Workbench.Core.Datasets;

/// <summary>This machine's copies of packs of pictures. A pack is fetched from the artifact store when it is first read; where the store is a
/// folder of this machine, it is read there.</summary>
public sealed class PackCache(IArtifactStore artifacts, DataDirectory data)
{
    private readonly ConcurrentDictionary<long, Lazy<FileStream>> _open = new();

    /// <summary>Reads from a pack. The first read of a pack waits until it is fetched.</summary>
    /// <param name="pack">The pack.</param>
    /// <param name="offset">Where to begin.</param>
    /// <param name="length">How many bytes.</param>
    /// <exception cref="DatasetException">The store has lost it, or it is damaged.</exception>
    /// <exception cref="ArtifactStoreException">The store is away.</exception>
    public byte[] Read(DatasetPack pack, int offset, int length)
    {
        var bytes = new byte[length];
        var handle = Open(pack).SafeFileHandle;
        for (var read = 0; read < length;)
        {
            var got = RandomAccess.Read(handle, bytes.AsSpan(read), offset + read);
            if (got == 0)
            {
                throw new DatasetException($"The pictures in {pack.Key} of {artifacts.Description} are cut off.");
            }
            read += got;
        }
        return bytes;
    }

    /// <summary>Keeps a copy of a pack that has just been put into the store.</summary>
    /// <param name="pack">The pack.</param>
    /// <param name="draft">Its bytes, in a file that is taken.</param>
    internal void Keep(DatasetPack pack, string draft)
    {
        if (artifacts is LocalArtifactStore)
        {
            File.Delete(draft);
        }
        else
        {
            File.Move(draft, PathOf(pack), overwrite: true);
        }
    }

    /// <summary>Makes a file that can become a pack's copy.</summary>
    internal FileStream CreateDraft()
    {
        Directory.CreateDirectory(data.Packs);
        return new FileStream(Path.Combine(data.Packs, $"draft-{Guid.NewGuid():N}"), FileMode.CreateNew, FileAccess.ReadWrite, FileShare.Read, 128 << 10);
    }

    /// <summary>Removes the copy of a pack.</summary>
    internal void Forget(DatasetPack pack)
    {
        if (_open.TryRemove(pack.Id, out var open) && open.IsValueCreated)
        {
            open.Value.Dispose();
        }
        // The folder may be yet to be made.
        if (File.Exists(PathOf(pack)))
        {
            File.Delete(PathOf(pack));
        }
    }

    /// <summary>Removes copies of packs that are no more, and what processes that died left half written.</summary>
    /// <param name="known">The SHA-256 of all packs.</param>
    /// <param name="before">What was written since then stays: its pack may be about to be written down.</param>
    internal void Sweep(IReadOnlySet<string> known, DateTime before)
    {
        if (Directory.Exists(data.Packs))
        {
            foreach (var file in new DirectoryInfo(data.Packs).EnumerateFiles().Where(file => !known.Contains(file.Name) && file.LastWriteTimeUtc < before))
            {
                file.Delete();
            }
        }
    }

    // By its contents: a workbench that has another database on the same folder may share it.
    private string PathOf(DatasetPack pack) => Path.Combine(data.Packs, pack.Sha256);

    private FileStream Open(DatasetPack pack)
    {
        var open = _open.GetOrAdd(pack.Id, _ => new Lazy<FileStream>(() => OpenFile(pack)));
        try
        {
            return open.Value;
        }
        catch
        {
            // The store may be back in a moment.
            _open.TryRemove(new KeyValuePair<long, Lazy<FileStream>>(pack.Id, open));
            throw;
        }
    }

    private FileStream OpenFile(DatasetPack pack)
    {
        try
        {
            if (artifacts is LocalArtifactStore)
            {
                return (FileStream)artifacts.OpenReadAsync(pack.Key).GetAwaiter().GetResult();
            }
            if (!File.Exists(PathOf(pack)))
            {
                FetchAsync(pack).GetAwaiter().GetResult();
            }
            return new FileStream(PathOf(pack), FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete, bufferSize: 1);
        }
        catch (ArtifactNotFoundException exception)
        {
            throw new DatasetException($"The pictures are lost: {artifacts.Description} has no {pack.Key}.", exception);
        }
    }

    // Pictures are read by threads that compute: one that finds none waits.
    private async Task FetchAsync(DatasetPack pack)
    {
        string draft;
        await using (var content = await artifacts.OpenReadAsync(pack.Key).ConfigureAwait(false))
        await using (var file = CreateDraft())
        {
            draft = file.Name;
            using var sha256 = SHA256.Create();
            await using (var hashed = new CryptoStream(file, sha256, CryptoStreamMode.Write, leaveOpen: true))
            {
                await content.CopyToAsync(hashed).ConfigureAwait(false);
            }
            if (Convert.ToHexStringLower(sha256.Hash!) != pack.Sha256)
            {
                File.Delete(draft);
                throw new DatasetException($"The pictures in {pack.Key} of {artifacts.Description} are damaged: their SHA-256 is another.");
            }
        }
        File.Move(draft, PathOf(pack), overwrite: true);
    }
}
