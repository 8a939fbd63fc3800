using System.Security.Cryptography;
using Workbench.Core.Artifacts;
using Workbench.Core.Tracking;

namespace Workbench.Core.Datasets;

/// <summary>Puts pictures' files into packs, and those into the artifact store. Each file is there once, however often it is added.</summary>
internal sealed class PackWriter(DatasetPacks packs, IArtifactStore artifacts, PackCache cache) : IAsyncDisposable
{
    /// <summary>A pack is put into the store before it is larger.</summary>
    public const int MostBytes = 64 << 20;

    private readonly List<long> _written = [];
    private readonly Dictionary<UInt128, (int Pack, int Offset)> _known = [];
    private FileStream? _draft;
    private IncrementalHash? _hash;
    private bool _used;

    /// <summary>Adds a file.</summary>
    /// <param name="sha256">Its SHA-256.</param>
    /// <param name="file">Its bytes.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>Which of the packs it is in, to be asked for with <see cref="PackId"/> after the last file, and where.</returns>
    public async ValueTask<(int Pack, int Offset)> AddAsync(byte[] sha256, byte[] file, CancellationToken cancellationToken)
    {
        var key = BitConverter.ToUInt128(sha256);
        if (_known.TryGetValue(key, out var known))
        {
            return known;
        }
        if (_draft is not null && _draft.Length + file.Length > MostBytes)
        {
            await PutAsync(cancellationToken);
        }
        _draft ??= cache.CreateDraft();
        _hash ??= IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var place = (_written.Count, (int)_draft.Position);
        await _draft.WriteAsync(file, cancellationToken);
        _hash.AppendData(file);
        _known.Add(key, place);
        return place;
    }

    /// <summary>Puts the last pack into the store.</summary>
    public Task CompleteAsync(CancellationToken cancellationToken) => _draft is null ? Task.CompletedTask : PutAsync(cancellationToken);

    /// <summary>The primary key of a pack.</summary>
    public long PackId(int pack) => _written[pack];

    /// <summary>Says that a version has the packs: they stay.</summary>
    public void Use() => _used = true;

    /// <summary>Gives up packs that no version has.</summary>
    public async ValueTask DisposeAsync()
    {
        _hash?.Dispose();
        if (_draft is { Name: var draft })
        {
            await _draft.DisposeAsync();
            File.Delete(draft);
        }
        if (!_used && _written.Count > 0)
        {
            await packs.AbandonAsync(_written, CancellationToken.None);
        }
    }

    private async Task PutAsync(CancellationToken cancellationToken)
    {
        var sha256 = Convert.ToHexStringLower(_hash!.GetHashAndReset());
        await _draft!.FlushAsync(cancellationToken);
        var pack = await packs.AddAsync(sha256, _draft.Length, cancellationToken);
        _written.Add(pack.Id);
        _draft.Position = 0;
        await artifacts.PutAsync(pack.Key, _draft, _draft.Length, "application/octet-stream", cancellationToken);
        var draft = _draft.Name;
        await _draft.DisposeAsync();
        _draft = null;
        cache.Keep(pack, draft);
    }
}
