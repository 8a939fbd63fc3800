using Workbench.Core.Artifacts;
using Workbench.Core.Datasets;
using Workbench.Core.Datasets.Formats;
using Workbench.Core.Platform;
using Workbench.Core.Tracking;
using Workbench.Tests.Tracking;

namespace Workbench.Tests.Datasets;

/// <summary>All that datasets need, on a database and a folder of the test's own.</summary>
internal sealed class StoredDatasets : IAsyncDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly TrackingFixture _tracking;

    private StoredDatasets(TrackingFixture tracking, IArtifactStore? artifacts)
    {
        _tracking = tracking;
        Artifacts = artifacts ?? new LocalArtifactStore(_folder["artifacts"]);
        Data = DataDirectory.Open(_folder["data"]);
        (Queries, Packs, Cache) = (new DatasetQueries(tracking), new DatasetPacks(tracking.Database), new PackCache(Artifacts, Data));
        Source = new ImportedDatasets(Queries, Packs, Cache);
        IDatasetSource[] sources = [new Mnist(), Source];
        var store = new DatasetStore(tracking);
        Importer = new DatasetImporter(store, Queries, Packs, Artifacts, Cache, [new IdxPairs(), new LabelTable(), new PartFolders(), new ClassFolders()], sources, UnderWay);
        Editor = new DatasetEditor(store, Queries);
        Remover = new DatasetRemover(store, Packs, Artifacts, Cache, new DerivedFiles(Artifacts, Data), sources, TimeProvider.System);
        Browser = new DatasetBrowser(new DatasetCatalog(sources), Queries);
    }

    public TrackingFixture Tracking => _tracking;

    public IArtifactStore Artifacts { get; }

    public DataDirectory Data { get; }

    public DatasetQueries Queries { get; }

    public DatasetPacks Packs { get; }

    public PackCache Cache { get; }

    public ImportedDatasets Source { get; }

    public ImportsUnderWay UnderWay { get; } = new();

    public DatasetImporter Importer { get; }

    public DatasetEditor Editor { get; }

    public DatasetRemover Remover { get; }

    public DatasetBrowser Browser { get; }

    public static async Task<StoredDatasets> CreateAsync(IArtifactStore? artifacts = null) => new(await TrackingFixture.CreateAsync(), artifacts);

    public async Task<AddedVersion> ImportAsync(string name, IEnumerable<KeyValuePair<string, byte[]>> files, IProgress<ImportProgress>? progress = null, CancellationToken cancellationToken = default)
    {
        using var zip = new ZipSource(new MemoryStream(SmallPictures.Zip(files)), $"{name}.zip", 1L << 30);
        return await Importer.ImportAsync(name, zip, progress, cancellationToken);
    }

    /// <summary>The keys of all packs in the store.</summary>
    public async Task<string[]> StoredAsync() => [.. (await Artifacts.ListAsync("datasets")).Select(artifact => artifact.Key)];

    public async ValueTask DisposeAsync()
    {
        await _tracking.DisposeAsync();
        _folder.Dispose();
    }
}
