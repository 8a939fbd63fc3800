using System.Collections.Concurrent;

namespace Workbench.Core.Datasets;

/// <summary>How far an import is.</summary>
/// <param name="Name">The dataset.</param>
/// <param name="Pictures">How many pictures are done.</param>
/// <param name="OfPictures">About how many there are.</param>
/// <param name="Bytes">The size of those that are done.</param>
/// <param name="Elapsed">How long it has taken.</param>
public sealed record ImportProgress(string Name, int Pictures, int OfPictures, long Bytes, TimeSpan Elapsed)
{
    /// <summary>Bytes a second.</summary>
    public double Speed => Elapsed > TimeSpan.Zero ? Bytes / Elapsed.TotalSeconds : 0;
}

/// <summary>The imports that this process carries out at the moment, for those who watch.</summary>
public sealed class ImportsUnderWay
{
    private readonly ConcurrentDictionary<Guid, ImportProgress> _imports = new();

    /// <summary>Raised, on any thread, when one begins, goes on or ends.</summary>
    public event Action? Changed;

    /// <summary>How far they are.</summary>
    public IReadOnlyCollection<ImportProgress> All => [.. _imports.Values];

    internal void Report(Guid import, ImportProgress progress)
    {
        _imports[import] = progress;
        Changed?.Invoke();
    }

    internal void End(Guid import)
    {
        _imports.TryRemove(import, out _);
        Changed?.Invoke();
    }
}
