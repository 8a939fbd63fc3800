using Npgsql;
using Workbench.Core.Artifacts;
using Workbench.Core.Backups;
using Workbench.Core.Registry;
using Workbench.Core.Tracking;
using Workbench.Tests.Studies;

namespace Workbench.Tests.Backups;

public sealed class RestorationTests : IDisposable
{
    private readonly BackupFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task What_a_replaced_database_has_in_the_store_is_not_touched()
    {
        await using var source = await VersionedDatabase.CreateAsync(_folder.Store("source"), "new");
        await BackupFolder.BackUpAsync(source.Database, _folder.Store("source"), _folder["backup.zip"]);
        await using var target = await VersionedDatabase.CreateAsync(_folder.Store("target"), "old");

        var refused = await Assert.ThrowsAsync<DatabaseException>(() => new Restoration(target.Database, _folder.Store("target")).RunAsync(_folder["backup.zip"], mayReplace: false));
        Assert.Contains("--replace", refused.Message);
        await new Restoration(target.Database, _folder.Store("target")).RunAsync(_folder["backup.zip"], mayReplace: true);

        Assert.Equal("old", await BackupFolder.ReadAsync(_folder.Store("target"), "models/1/1/model.safetensors"));
        await using var workbench = await TestWorkbench.StartAsync(workers: 0, target.Own.ConnectionString);
        var version = Assert.Single(Assert.Single(await workbench.Get<ModelRegistry>().ListAsync()).Versions);
        Assert.Equal("new", await BackupFolder.ReadAsync(_folder.Store("target"), $"{version.ArtifactPrefix}/model.safetensors"));
    }

    [Fact]
    public async Task A_restored_database_keeps_the_store_that_it_has()
    {
        await using var source = await VersionedDatabase.CreateAsync(_folder.Store("source"), "new");
        await StoreIdentity.EnsureAsync(source.Database, _folder.Store("source"));
        await BackupFolder.BackUpAsync(source.Database, _folder.Store("source"), _folder["backup.zip"]);
        await using var target = await VersionedDatabase.CreateAsync(_folder.Store("target"), "old");
        await StoreIdentity.EnsureAsync(target.Database, _folder.Store("target"));

        await new Restoration(target.Database, _folder.Store("target")).RunAsync(_folder["backup.zip"], mayReplace: true);

        await StoreIdentity.EnsureAsync(target.Database, _folder.Store("target"));
        await Assert.ThrowsAsync<ArtifactStoreException>(() => StoreIdentity.EnsureAsync(target.Database, _folder.Store("source")));
    }

    [Fact]
    public async Task A_database_that_others_use_is_not_replaced()
    {
        await using var source = await VersionedDatabase.CreateAsync(_folder.Store("source"), "weights");
        await BackupFolder.BackUpAsync(source.Database, _folder.Store("source"), _folder["backup.zip"]);
        await using var used = await TestWorkbench.StartAsync(workers: 0);
        await using var database = new Database(used.ConnectionString);

        var refused = await Assert.ThrowsAsync<DatabaseException>(() => new Restoration(database, _folder.Store("target")).RunAsync(_folder["backup.zip"], mayReplace: true));

        Assert.Contains("Stop every server and worker", refused.Message);
        Assert.False(Directory.Exists(_folder["target"]));
    }

    [Fact]
    public async Task A_connection_that_is_being_closed_hinders_nothing()
    {
        await using var source = await VersionedDatabase.CreateAsync(_folder.Store("source"), "new");
        await BackupFolder.BackUpAsync(source.Database, _folder.Store("source"), _folder["backup.zip"]);
        await using var target = await VersionedDatabase.CreateAsync(_folder.Store("target"), "old");
        var settings = new NpgsqlConnectionStringBuilder(target.Own.ConnectionString) { ApplicationName = "Workbench", Pooling = false };
        await using var leaving = new NpgsqlConnection(settings.ConnectionString);
        await leaving.OpenAsync();

        var restored = new Restoration(target.Database, _folder.Store("target")).RunAsync(_folder["backup.zip"], mayReplace: true);
        await HasLookedAsync(target.Own.ConnectionString);
        await leaving.CloseAsync();

        await restored;
    }

    [Theory]
    [InlineData("truncated")]
    [InlineData("altered")]
    [InlineData("empty")]
    public async Task A_damaged_backup_changes_nothing(string damage)
    {
        await using var source = await VersionedDatabase.CreateAsync(_folder.Store("source"), string.Concat(Enumerable.Range(0, 10_000)));
        await BackupFolder.BackUpAsync(source.Database, _folder.Store("source"), _folder["backup.zip"]);
        var bytes = await File.ReadAllBytesAsync(_folder["backup.zip"]);
        // Within the weights, which are the largest part.
        bytes[bytes.Length / 2] ^= damage == "altered" ? (byte)1 : (byte)0;
        await File.WriteAllBytesAsync(_folder["backup.zip"], damage switch { "truncated" => bytes[..(bytes.Length / 2)], "empty" => [], _ => bytes });
        await using var target = await VersionedDatabase.CreateAsync(_folder.Store("target"), "old");

        var refused = await Assert.ThrowsAsync<BackupException>(() => new Restoration(target.Database, _folder.Store("target")).RunAsync(_folder["backup.zip"], mayReplace: true));

        Assert.Contains(_folder["backup.zip"], refused.Message);
        await using var workbench = await TestWorkbench.StartAsync(workers: 0, target.Own.ConnectionString);
        Assert.Equal("models/1/1", Assert.Single(Assert.Single(await workbench.Get<ModelRegistry>().ListAsync()).Versions).ArtifactPrefix);
        Assert.Equal("old", await BackupFolder.ReadAsync(_folder.Store("target"), "models/1/1/model.safetensors"));
    }

    [Fact]
    public async Task A_backup_of_a_newer_release_is_refused()
    {
        await using var source = await VersionedDatabase.CreateAsync(_folder.Store("source"), "weights");
        await PostgresFixture.ExecuteAsync(
            source.Own.ConnectionString, "INSERT INTO \"__EFMigrationsHistory\" VALUES ('99991231235959_FromTheFuture', '99.0.0')");
        await BackupFolder.BackUpAsync(source.Database, _folder.Store("source"), _folder["backup.zip"]);
        await using var target = await PostgresFixture.CreateDatabaseAsync();
        await using var database = new Database(target.ConnectionString);

        var refused = await Assert.ThrowsAsync<BackupException>(() => new Restoration(database, _folder.Store("target")).RunAsync(_folder["backup.zip"], mayReplace: false));

        Assert.Contains("99991231235959_FromTheFuture", refused.Message);
    }

    // Waits until a restoration has seen who uses the database.
    private static async Task HasLookedAsync(string database)
    {
        await using var connection = new NpgsqlConnection(database);
        await connection.OpenAsync();
        await using var look = new NpgsqlCommand(
            "SELECT EXISTS (SELECT FROM pg_stat_activity WHERE datname = current_database() AND state = 'idle in transaction' AND query LIKE '%pg_stat_activity%')", connection);
        using var pause = new PeriodicTimer(TimeSpan.FromMilliseconds(20));
        while (!(bool)(await look.ExecuteScalarAsync())!)
        {
            await pause.WaitForNextTickAsync();
        }
    }
}
