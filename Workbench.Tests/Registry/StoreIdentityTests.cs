using System.Text;
using Workbench.Core.Artifacts;
using Workbench.Core.Models;
using Workbench.Core.Registry;
using Workbench.Core.Tracking;
using Workbench.Tests.Platform;
using Workbench.Tests.Tracking;

namespace Workbench.Tests.Registry;

public sealed class StoreIdentityTests : IAsyncLifetime
{
    private readonly TemporaryFolder _folder = new();
    private TrackingFixture? _tracking;

    private Database Database => _tracking!.Database;

    public async Task InitializeAsync() => _tracking = await TrackingFixture.CreateAsync();

    [Fact]
    public async Task A_new_database_takes_a_new_store_and_refuses_every_other_from_then_on()
    {
        var (own, other) = (Store("own"), Store("other"));
        await StoreIdentity.EnsureAsync(Database, own);
        await StoreIdentity.EnsureAsync(Database, own);

        var refusal = await Assert.ThrowsAsync<ArtifactStoreException>(() => StoreIdentity.EnsureAsync(Database, other));

        Assert.Contains(own.Description, refusal.Message);
        Assert.Contains(other.Description, refusal.Message);
        Assert.False(await other.ExistsAsync(StoreIdentity.Key));
    }

    [Fact]
    public async Task A_store_that_was_moved_is_still_the_databases()
    {
        await StoreIdentity.EnsureAsync(Database, Store("here"));
        Directory.Move(_folder["here"], _folder["there"]);

        await StoreIdentity.EnsureAsync(Database, Store("there"));

        await Assert.ThrowsAsync<ArtifactStoreException>(() => StoreIdentity.EnsureAsync(Database, Store("here")));
    }

    [Fact]
    public async Task A_store_of_one_database_is_not_taken_by_another()
    {
        await StoreIdentity.EnsureAsync(Database, Store("store"));
        await using var newer = await TrackingFixture.CreateAsync();

        var refusal = await Assert.ThrowsAsync<ArtifactStoreException>(() => StoreIdentity.EnsureAsync(newer.Database, Store("store")));

        Assert.Contains("another database", refusal.Message);
    }

    [Fact]
    public async Task Of_two_that_bring_different_stores_to_a_new_database_at_once_one_is_refused()
    {
        var failures = await Task.WhenAll(
            ((string[])["one", "two", "three"]).Select(name => Record.ExceptionAsync(() => StoreIdentity.EnsureAsync(Database, Store(name)))));

        Assert.Equal(2, failures.OfType<ArtifactStoreException>().Count());
        Assert.Single(failures, failure => failure is null);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_process_that_died_before_or_after_it_marked_the_store_is_succeeded_by_the_next(bool isMarked)
    {
        await DieAsync(isMarked ? Store("store") : null);

        await StoreIdentity.EnsureAsync(Database, Store("store"));

        Assert.True(await PostgresProbes.QueryAsync<bool>(Database.ConnectionString, "SELECT is_marked FROM artifact_stores"));
        var id = await PostgresProbes.QueryAsync<Guid>(Database.ConnectionString, "SELECT id FROM artifact_stores");
        Assert.Equal($"{id}\n", await File.ReadAllTextAsync(_folder["store", StoreIdentity.Key]));
    }

    [Fact]
    public async Task A_store_that_a_process_marked_before_it_died_has_another_id_than_the_one_that_is_taken_instead()
    {
        await DieAsync(Store("first"));

        await StoreIdentity.EnsureAsync(Database, Store("second"));

        await Assert.ThrowsAsync<ArtifactStoreException>(() => StoreIdentity.EnsureAsync(Database, Store("first")));
    }

    [Fact]
    public async Task A_database_from_before_there_were_ids_takes_the_store_that_has_its_models()
    {
        await PostgresFixture.ExecuteAsync(
            Database.ConnectionString,
            """
            INSERT INTO models (name, last_version, created_at) VALUES ('digits', 1, now());
            INSERT INTO versions (model_id, version, trial, state, artifact_prefix, created_at)
                SELECT id, 1, 0, 'ready', 'models/1/1', now() FROM models
            """);
        await Store("full").PutAsync($"models/1/1/{ModelPackage.ModelFile}", new byte[1], "application/octet-stream");

        var refusal = await Assert.ThrowsAsync<ArtifactStoreException>(() => StoreIdentity.EnsureAsync(Database, Store("empty")));
        await StoreIdentity.EnsureAsync(Database, Store("full"));

        Assert.Contains(Store("empty").Description, refusal.Message);
    }

    [Fact]
    public async Task A_database_that_goes_away_during_the_check_is_waited_for()
    {
        await StoreIdentity.EnsureAsync(Database, Store("store"));
        await PostgresFixture.ExecuteAsync(
            Database.ConnectionString,
            "SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()");

        await StoreIdentity.EnsureAsync(Database, Store("store"));
    }

    [Fact]
    public async Task A_store_that_is_away_is_not_taken_for_another()
    {
        await StoreIdentity.EnsureAsync(Database, Store("store"));
        Directory.Move(_folder["store"], _folder["away"]);
        await File.WriteAllTextAsync(_folder["store"], "");

        var refusal = await Assert.ThrowsAsync<ArtifactStoreException>(() => StoreIdentity.EnsureAsync(Database, Store("store")));

        Assert.IsAssignableFrom<IOException>(refusal.InnerException);
    }

    public async Task DisposeAsync()
    {
        await _tracking!.DisposeAsync();
        _folder.Dispose();
    }

    // As a process leaves things that dies while it marks a store.
    private async Task DieAsync(LocalArtifactStore? marked)
    {
        const string id = "00000000-0000-0000-0000-000000000001";
        await PostgresFixture.ExecuteAsync(Database.ConnectionString, $"INSERT INTO artifact_stores VALUES ('{id}', 'a store', false)");
        if (marked is not null)
        {
            await marked.PutAsync(StoreIdentity.Key, Encoding.ASCII.GetBytes($"{id}\n"), "text/plain");
        }
    }

    private LocalArtifactStore Store(string name) => new(_folder[name]);
}
