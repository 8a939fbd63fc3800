using Microsoft.Extensions.Logging.Abstractions;
using Workbench.Core.Artifacts;
using Workbench.Core.Datasets;
using Workbench.Core.Encoders;
using Workbench.Core.Studies;
using Workbench.Core.Tracking;
using Workbench.Core.Training;
using Workbench.Tests.Training;

namespace Workbench.Tests.Studies;

public sealed class FeatureExchangeTests : IAsyncLifetime
{
    // Three parts: 5,349 pictures of 28×28 are one.
    private static readonly GreyImages Images = Samples.Take(11_000);

    private readonly TemporaryFolder _folder = new();
    private readonly GlyphEncoder _encoder = new();
    private TestDatabase _own = default!;
    private Database _database = default!;
    private LocalArtifactStore _store = default!;

    public async Task InitializeAsync()
    {
        _own = await PostgresFixture.CreateDatabaseAsync();
        _database = new Database(_own.ConnectionString);
        _store = new LocalArtifactStore(_folder["store"]);
    }

    public async Task DisposeAsync()
    {
        await _database.DisposeAsync();
        await _own.DisposeAsync();
        _encoder.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public async Task What_one_process_has_computed_another_takes_and_a_damaged_part_is_computed_again()
    {
        using var first = Samples.CacheIn(_folder["first"], Exchange());
        var computed = first.Get(Images, _encoder, null, default).Values.data<float>().ToArray();
        var parts = await _store.ListAsync("features");
        Assert.Equal(3, parts.Count);
        await _store.PutAsync(parts[1].Key, new byte[] { 1, 2, 3 }, "application/octet-stream");

        var counted = new Counted(Exchange());
        using var second = Samples.CacheIn(_folder["second"], counted);
        var taken = second.Get(Images, _encoder, null, default).Values.data<float>().ToArray();

        Assert.Equal(computed, taken);
        Assert.Equal([parts[1].Key], counted.TakenOn);
    }

    [Fact]
    public async Task Parts_that_another_process_is_at_come_last_and_are_computed_should_it_die()
    {
        var exchange = Exchange();
        var key = $"features/{_encoder.Hash}/{Images.Fingerprint}/0-5349.safetensors";
        var other = exchange.TakeOn(key, wait: false, default)!;
        Assert.NotNull(other);
        using var cache = Samples.CacheIn(_folder["cache"], exchange);
        using var rest = new SemaphoreSlim(0);

        var computing = Task.Run(() => cache.Get(Images, _encoder, new Told(share =>
        {
            if (share > 0.5)
            {
                rest.Release();
            }
        }), default));
        await rest.WaitAsync();
        Assert.False(await _store.ExistsAsync(key));
        other.Dispose();

        Assert.Equal(Images.Count, (await computing.WaitAsync(TestWorkbench.Limit)).Values.shape[0]);
        Assert.True(await _store.ExistsAsync(key));
    }

    private FeatureExchange Exchange() => new(_store, _database, NullLogger<FeatureExchange>.Instance);

    private sealed class Told(Action<double> act) : IProgress<double>
    {
        public void Report(double value) => act(value);
    }

    private sealed class Counted(IFeatureExchange exchange) : IFeatureExchange
    {
        public List<string> TakenOn { get; } = [];

        public byte[]? Find(string key, CancellationToken cancellationToken) => exchange.Find(key, cancellationToken);

        public void Leave(string key, byte[] file, CancellationToken cancellationToken) => exchange.Leave(key, file, cancellationToken);

        public IDisposable? TakeOn(string key, bool wait, CancellationToken cancellationToken)
        {
            TakenOn.Add(key);
            return exchange.TakeOn(key, wait, cancellationToken);
        }
    }
}
