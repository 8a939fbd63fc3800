using Workbench.Core.Datasets;

namespace Workbench.Tests.Datasets;

public sealed class DatasetCatalogTests
{
    private readonly Shelf _shelf = new();

    [Fact]
    public async Task A_version_that_is_in_use_is_opened_once()
    {
        var catalog = new DatasetCatalog([_shelf]);
        var first = await catalog.FindAsync("old", 1);

        Assert.Same(first, await catalog.FindAsync("old", 1));
        Assert.Same(first, await catalog.FindAsync("old"));
        Assert.Equal(2, _shelf.Opened);
        GC.KeepAlive(first);
    }

    [Fact]
    public async Task Nothing_is_opened_for_a_list_and_what_comes_with_the_program_is_first()
    {
        var catalog = new DatasetCatalog([_shelf, new Mnist()]);

        Assert.Equal(["mnist", "new", "old"], (await catalog.ListAsync()).Select(dataset => dataset.Name));
        Assert.Equal(0, _shelf.Opened);
    }

    [Fact]
    public async Task What_there_is_not_is_null_or_told_in_a_sentence()
    {
        var catalog = new DatasetCatalog([_shelf]);

        Assert.Null(await catalog.FindAsync("cifar"));
        Assert.Null(await catalog.FindAsync("old", 2));
        Assert.Contains("'old' of version 2", (await Assert.ThrowsAsync<DatasetException>(() => catalog.GetAsync("old", 2))).Message, StringComparison.Ordinal);
    }

    private sealed class Shelf : IDatasetSource
    {
        private static readonly string[] Names = ["old", "new"];

        public int Opened { get; private set; }

        public Task<IReadOnlyList<DatasetSummary>> ListAsync(CancellationToken cancellationToken = default) =>
            Task.FromResult<IReadOnlyList<DatasetSummary>>([.. Names.Select(name => Make(name)).Select(
                dataset => new DatasetSummary(dataset.Name, 1, dataset.Fingerprint, dataset.Schema, DateTimeOffset.UnixEpoch))]);

        public Task<Dataset?> OpenAsync(string name, int? version, CancellationToken cancellationToken = default)
        {
            if (!Names.Contains(name) || version > 1)
            {
                return Task.FromResult<Dataset?>(null);
            }
            Opened++;
            return Task.FromResult<Dataset?>(Make(name));
        }

        private static GreyImages Make(string name) => new(name, 2, new byte[8], [0, 1], ["a", "b"], trainCount: 2);
    }
}
