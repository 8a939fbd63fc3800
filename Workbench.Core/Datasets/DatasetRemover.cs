using Workbench.Core.Access;
using Workbench.Core.Artifacts;
using Workbench.Core.Audit;
using Workbench.Core.Tracking;

namespace Workbench.Core.Datasets;

/// <summary>Removes datasets, the pictures that no version has any more, and what was made of them.</summary>
public sealed class DatasetRemover(
    DatasetStore store, DatasetPacks packs, IArtifactStore artifacts, PackCache cache, DerivedFiles derived,
    IEnumerable<IDatasetSource> sources, TimeProvider clock)
{
    private static readonly TimeSpan SweepInterval = TimeSpan.FromHours(1);

    private DateTimeOffset _nextSweep = DateTimeOffset.MinValue;

    /// <summary>Removes a dataset with all its versions.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="force">Whether studies may need it; they cannot run any more then.</param>
    /// <param name="cancellationToken">Gives up; what was not removed by then is removed later.</param>
    /// <exception cref="NotFoundException">There is none.</exception>
    /// <exception cref="ConflictException">Studies need it, or it comes with the program.</exception>
    public async Task RemoveAsync(string name, bool force = false, CancellationToken cancellationToken = default)
    {
        Actor.Current.Require(Scope.Write);
        foreach (var source in sources.Where(source => source is not ImportedDatasets))
        {
            if ((await source.ListAsync(cancellationToken)).Any(dataset => dataset.Name == name))
            {
                throw new ConflictException($"'{name}' comes with the program and can't be removed.");
            }
        }
        var removed = await store.RemoveAsync(name, force, cancellationToken);
        await PurgeAsync(cancellationToken);
        // Another dataset may have a version of the same contents.
        var known = await KnownAsync(cancellationToken);
        await derived.RemoveAsync((fingerprint, _) => removed.Contains(fingerprint) && !known.Contains(fingerprint), cancellationToken);
    }

    /// <summary>Removes the pictures that no version has any more, and those that an import left when it died.</summary>
    public async Task PurgeAsync(CancellationToken cancellationToken = default)
    {
        foreach (var pack in await packs.FreeAsync(cancellationToken))
        {
            await artifacts.DeleteAsync(pack.Key, cancellationToken);
            cache.Forget(pack);
            await packs.ForgetAsync(pack.Id, cancellationToken);
        }
        // What other machines have removed.
        if (clock.GetUtcNow() is var now && now >= _nextSweep)
        {
            _nextSweep = now + SweepInterval;
            var before = now - DatasetPacks.LongestImport;
            cache.Sweep(await packs.HashesAsync(cancellationToken), before.UtcDateTime);
            // Also what a training that went on has left since its dataset was removed.
            var known = await KnownAsync(cancellationToken);
            await derived.RemoveAsync((fingerprint, written) => !known.Contains(fingerprint) && written < before, cancellationToken);
        }
    }

    private async Task<HashSet<string>> KnownAsync(CancellationToken cancellationToken)
    {
        var known = new HashSet<string>(await packs.FingerprintsAsync(cancellationToken));
        foreach (var source in sources.Where(source => source is not ImportedDatasets))
        {
            known.UnionWith((await source.ListAsync(cancellationToken)).Select(dataset => dataset.Fingerprint));
        }
        return known;
    }
}
