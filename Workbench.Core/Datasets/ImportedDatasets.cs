using Workbench.Core.Tracking;

namespace Workbench.Core.Datasets;

/// <summary>The datasets that were imported.</summary>
public sealed class ImportedDatasets(DatasetQueries queries, DatasetPacks packs, PackCache cache) : IDatasetSource
{
    /// <inheritdoc/>
    public async Task<IReadOnlyList<DatasetSummary>> ListAsync(CancellationToken cancellationToken = default) =>
        [.. (await queries.NewestAsync(cancellationToken)).Select(SummaryOf)];

    /// <inheritdoc/>
    public async Task<Dataset?> OpenAsync(string name, int? version, CancellationToken cancellationToken = default) =>
        await queries.FindAsync(name, version, cancellationToken) is { } found
            ? new StoredDataset(found, await queries.ItemsAsync(found.Id, cancellationToken), await packs.OfVersionAsync(found.Id, cancellationToken), cache)
            : null;

    internal static DatasetSummary SummaryOf(DatasetVersion version) =>
        new(version.Dataset.Name, version.Version, version.Fingerprint, StoredDataset.SchemaOf(version), version.CreatedAt);
}
