using System.Collections.Concurrent;

namespace Workbench.Core.Datasets;

/// <summary>All datasets, from all sources. A version is opened when it is first needed, and stays open while something uses it.</summary>
/// <param name="sources">Where datasets are.</param>
public sealed class DatasetCatalog(IEnumerable<IDatasetSource> sources)
{
    /// <summary>The dataset of a study that names none.</summary>
    public const string Default = Mnist.DatasetName;

    private readonly IDatasetSource[] _sources = [.. sources];
    private readonly ConcurrentDictionary<(string Name, int Version), WeakReference<Dataset>> _opened = new();

    /// <summary>The newest version of every dataset, by name, the one that comes with the program first.</summary>
    public async Task<IReadOnlyList<DatasetSummary>> ListAsync(CancellationToken cancellationToken = default)
    {
        List<DatasetSummary> all = [];
        foreach (var source in _sources)
        {
            all.AddRange(await source.ListAsync(cancellationToken));
        }
        return [.. all.OrderBy(dataset => dataset.CreatedAt is not null).ThenBy(dataset => dataset.Name, StringComparer.Ordinal)];
    }

    /// <summary>Opens a dataset, or gives the one that is open.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="version">The version; null for the newest.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>Null when there is none of that name and version.</returns>
    /// <exception cref="DatasetException">Its files are missing or damaged.</exception>
    public async Task<Dataset?> FindAsync(string name, int? version = null, CancellationToken cancellationToken = default)
    {
        if (version is { } number && _opened.TryGetValue((name, number), out var known) && known.TryGetTarget(out var open))
        {
            return open;
        }
        foreach (var source in _sources)
        {
            if (await source.OpenAsync(name, version, cancellationToken) is { } dataset)
            {
                // Of two that open it at the same moment both get the same: what is computed from a dataset hangs on the object.
                return Share(dataset);
            }
        }
        return null;
    }

    /// <summary>Opens a dataset that must be there.</summary>
    /// <exception cref="DatasetException">There is none of that name and version, or its files are missing or damaged.</exception>
    public async Task<Dataset> GetAsync(string name, int? version = null, CancellationToken cancellationToken = default) =>
        await FindAsync(name, version, cancellationToken)
        ?? throw new DatasetException($"There is no dataset '{name}'{(version is null ? "" : $" of version {version}")} any more.");

    private Dataset Share(Dataset dataset)
    {
        var mine = new WeakReference<Dataset>(dataset);
        while (true)
        {
            var shared = _opened.GetOrAdd((dataset.Name, dataset.Version), mine);
            if (shared.TryGetTarget(out var open) && open.Fingerprint == dataset.Fingerprint)
            {
                return open;
            }
            _opened.TryUpdate((dataset.Name, dataset.Version), mine, shared);
        }
    }
}
