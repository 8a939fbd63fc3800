using System.Text;
using Workbench.Core.Artifacts;
using Workbench.Core.Backups;
using Workbench.Core.Datasets;
using Workbench.Core.Registry;
using Workbench.Core.Search;
using Workbench.Core.Serving;
using Workbench.Core.Studies;
using Workbench.Core.Tracking;
using Workbench.Tests.Artifacts;
using Workbench.Tests.Commands;
using Workbench.Tests.Serving;
using Workbench.Tests.Studies;
using Workbench.Tests.Tracking;

namespace Workbench.Tests.Backups;

public sealed class BackupTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_backup_taken_while_a_study_runs_holds_everything_and_goes_on_elsewhere()
    {
        var file = _folder["backup.zip"];
        BackupManifest written;
        await using (var source = await TestWorkbench.StartAsync(workers: 1, artifacts: Store("source")))
        {
            await source.Studies.LaunchAsync(new StudyRequest("done", Trials: 1, Jobs: 1, SearchSpace: Quick(epochs: 1)));
            await source.CompletedAsync("done");
            await PromoteAsync(source, "done");
            await source.Studies.LaunchAsync(new StudyRequest(
                "going", Trials: 3, Jobs: 1, SearchSpace: Quick(epochs: 12), Enqueue: [new ParameterSet(("epochs", 1)), new ParameterSet(("epochs", 12)), new ParameterSet(("epochs", 1))]));
            await source.UntilAsync("going", summary => summary.Counts is { Complete: 1, Running: 1 });
            written = await BackUpAsync(source.Get<Database>(), source.Get<IArtifactStore>(), file);
        }

        await using var target = await PostgresFixture.CreateDatabaseAsync();
        await using (var database = new Database(target.ConnectionString))
        {
            await new Restoration(database, Store("target")).RunAsync(file, mayReplace: false);
            var restored = await BackUpAsync(database, Store("target"), _folder["again.zip"]);
            Assert.Equal(written.Schema, restored.Schema);
            // The trial that was running waits to be taken up, which stands in its row.
            Assert.Equal(written.Tables.Where(table => table.Table.Name != "runs"), restored.Tables.Where(table => table.Table.Name != "runs"), SameTable);
            Assert.Equal(written.Tables.Sum(table => table.Rows), restored.Tables.Sum(table => table.Rows));
            Assert.Equal(written.Sequences.OrderBy(sequence => sequence.Key), restored.Sequences.OrderBy(sequence => sequence.Key));
            // The model, its manifest, and the encoder that it needs.
            Assert.Equal(3, restored.Artifacts.Count);
            Assert.Equal(written.Artifacts, restored.Artifacts);
        }

        await using var workbench = await TestWorkbench.StartAsync(workers: 1, target.ConnectionString, Store("target"));
        var (going, counts, _) = await workbench.CompletedAsync("going");
        Assert.Equal(3, counts.Complete);
        Assert.Equal([(0, 1, 1), (1, 2, 12), (2, 1, 1)], (await workbench.Queries.TrialsAsync(going.Id)).Select(
            trial => (trial.Number!.Value, trial.Attempt, trial.Params!.Int("epochs"))));
        Assert.Equal(1, (await workbench.Get<Predictor>().PredictAsync(new byte[MnistFrame.Pixels])).Version);
        Assert.Equal(2, await PromoteAsync(workbench, "done"));
    }

    [SkippableFact]
    public async Task A_backup_of_one_kind_of_store_is_restored_into_the_other()
    {
        var s3 = new S3ArtifactStore(await S3Fixture.SettingsAsync());
        await s3.CheckAsync();
        await using var source = await WithVersionAsync(Store("source"), "weights");
        await Store("source").PutAsync("encoders/abc.onnx", "encoder"u8.ToArray(), "application/octet-stream");
        await using var target = await PostgresFixture.CreateDatabaseAsync();
        await using var database = new Database(target.ConnectionString);

        await BackUpAsync(source.Database, Store("source"), _folder["one.zip"]);
        await new Restoration(database, s3).RunAsync(_folder["one.zip"], mayReplace: false);
        await BackUpAsync(database, s3, _folder["two.zip"]);
        await new Restoration(database, Store("target")).RunAsync(_folder["two.zip"], mayReplace: true);

        Assert.Equal("weights", await ReadAsync(s3, "models/1/1/model.safetensors"));
        Assert.Equal("weights", await ReadAsync(Store("target"), "models/1/1/model.safetensors"));
        Assert.Equal("encoder", await ReadAsync(Store("target"), "encoders/abc.onnx"));
    }

    [Fact]
    public async Task A_backup_of_release_0_1_0_is_migrated_and_says_which_files_it_lacks()
    {
        await using var old = await Releases.DumpedAsync("0.1.0");
        await using var source = new Database(old.ConnectionString);
        await using var target = await PostgresFixture.CreateDatabaseAsync(migrated: false);
        await using var database = new Database(target.ConnectionString);

        await using (var stream = File.Create(_folder["old.zip"]))
        {
            var (manifest, lacks) = await new Backup(source, Store("nothing"), TimeProvider.System).WriteAsync(stream);
            Assert.Equal("20261124111202_NotesAndDeletion", manifest.Schema);
            Assert.Equal(2, lacks.Count);
            Assert.Contains("version 1 of 'finished'", lacks[0]);
        }
        await new Restoration(database, Store("target")).RunAsync(_folder["old.zip"], mayReplace: false);

        await using var workbench = await TestWorkbench.StartAsync(workers: 0, target.ConnectionString);
        Assert.Equal(3, (await workbench.Queries.GetAsync("finished")).Counts.Complete);
        var trial = workbench.Get<RunStore>().Claim((await workbench.Queries.GetAsync("running")).Study.Id, 0, "new", "test:1")!;
        Assert.Equal((1, 2, 12), (trial.Number, trial.Lease.Attempt, trial.Params!.Int("epochs")));
    }

    [Fact]
    public async Task Files_of_runs_are_found_again_also_where_the_store_has_others_in_their_place()
    {
        await using var source = await WithVersionAsync(Store("source"), "weights");
        await Store("source").PutAsync("runs/0/x/a.txt", "of the run"u8.ToArray(), "text/plain");
        await Store("target").PutAsync("runs/0/x/a.txt", "of another"u8.ToArray(), "text/plain");
        await using var target = await PostgresFixture.CreateDatabaseAsync();
        await using var database = new Database(target.ConnectionString);

        await BackUpAsync(source.Database, Store("source"), _folder["runs.zip"]);
        await new Restoration(database, Store("target")).RunAsync(_folder["runs.zip"], mayReplace: false);

        var (content, length) = await new RunArtifacts(database, Store("target")).OpenAsync("0/x/a.txt");
        await using (content)
        {
            Assert.Equal("of the run", await new StreamReader(content).ReadToEndAsync());
        }
        Assert.Equal(10, length);
        Assert.Equal("of another", await ReadAsync(Store("target"), "runs/0/x/a.txt"));
    }

    [Fact]
    public async Task What_a_replaced_database_has_in_the_store_is_not_touched()
    {
        await using var source = await WithVersionAsync(Store("source"), "new");
        await BackUpAsync(source.Database, Store("source"), _folder["backup.zip"]);
        await using var target = await WithVersionAsync(Store("target"), "old");

        var refused = await Assert.ThrowsAsync<DatabaseException>(() => new Restoration(target.Database, Store("target")).RunAsync(_folder["backup.zip"], mayReplace: false));
        Assert.Contains("--replace", refused.Message);
        await new Restoration(target.Database, Store("target")).RunAsync(_folder["backup.zip"], mayReplace: true);

        Assert.Equal("old", await ReadAsync(Store("target"), "models/1/1/model.safetensors"));
        await using var workbench = await TestWorkbench.StartAsync(workers: 0, target.Own.ConnectionString);
        var version = Assert.Single(Assert.Single(await workbench.Get<ModelRegistry>().ListAsync()).Versions);
        Assert.Equal("new", await ReadAsync(Store("target"), $"{version.ArtifactPrefix}/model.safetensors"));
    }

    [Fact]
    public async Task A_restored_database_keeps_the_store_that_it_has()
    {
        await using var source = await WithVersionAsync(Store("source"), "new");
        await StoreIdentity.EnsureAsync(source.Database, Store("source"));
        await BackUpAsync(source.Database, Store("source"), _folder["backup.zip"]);
        await using var target = await WithVersionAsync(Store("target"), "old");
        await StoreIdentity.EnsureAsync(target.Database, Store("target"));

        await new Restoration(target.Database, Store("target")).RunAsync(_folder["backup.zip"], mayReplace: true);

        await StoreIdentity.EnsureAsync(target.Database, Store("target"));
        await Assert.ThrowsAsync<ArtifactStoreException>(() => StoreIdentity.EnsureAsync(target.Database, Store("source")));
    }

    [Fact]
    public async Task A_database_that_others_use_is_not_replaced()
    {
        await using var source = await WithVersionAsync(Store("source"), "weights");
        await BackUpAsync(source.Database, Store("source"), _folder["backup.zip"]);
        await using var used = await TestWorkbench.StartAsync(workers: 0);
        await using var database = new Database(used.ConnectionString);

        var refused = await Assert.ThrowsAsync<DatabaseException>(() => new Restoration(database, Store("target")).RunAsync(_folder["backup.zip"], mayReplace: true));

        Assert.Contains("Stop every server and worker", refused.Message);
        Assert.False(Directory.Exists(_folder["target"]));
    }

    [Theory]
    [InlineData("truncated")]
    [InlineData("altered")]
    [InlineData("empty")]
    public async Task A_damaged_backup_changes_nothing(string damage)
    {
        await using var source = await WithVersionAsync(Store("source"), string.Concat(Enumerable.Range(0, 10_000)));
        await BackUpAsync(source.Database, Store("source"), _folder["backup.zip"]);
        var bytes = await File.ReadAllBytesAsync(_folder["backup.zip"]);
        // Within the weights, which are the largest part.
        bytes[bytes.Length / 2] ^= damage == "altered" ? (byte)1 : (byte)0;
        await File.WriteAllBytesAsync(_folder["backup.zip"], damage switch { "truncated" => bytes[..(bytes.Length / 2)], "empty" => [], _ => bytes });
        await using var target = await WithVersionAsync(Store("target"), "old");

        var refused = await Assert.ThrowsAsync<BackupException>(() => new Restoration(target.Database, Store("target")).RunAsync(_folder["backup.zip"], mayReplace: true));

        Assert.Contains(_folder["backup.zip"], refused.Message);
        await using var workbench = await TestWorkbench.StartAsync(workers: 0, target.Own.ConnectionString);
        Assert.Equal("models/1/1", Assert.Single(Assert.Single(await workbench.Get<ModelRegistry>().ListAsync()).Versions).ArtifactPrefix);
        Assert.Equal("old", await ReadAsync(Store("target"), "models/1/1/model.safetensors"));
    }

    [Fact]
    public async Task A_backup_of_a_newer_release_is_refused()
    {
        await using var source = await WithVersionAsync(Store("source"), "weights");
        await PostgresFixture.ExecuteAsync(
            source.Own.ConnectionString, "INSERT INTO \"__EFMigrationsHistory\" VALUES ('99991231235959_FromTheFuture', '99.0.0')");
        await BackUpAsync(source.Database, Store("source"), _folder["backup.zip"]);
        await using var target = await PostgresFixture.CreateDatabaseAsync();
        await using var database = new Database(target.ConnectionString);

        var refused = await Assert.ThrowsAsync<BackupException>(() => new Restoration(database, Store("target")).RunAsync(_folder["backup.zip"], mayReplace: false));

        Assert.Contains("99991231235959_FromTheFuture", refused.Message);
    }

    [Fact]
    public async Task Every_table_is_in_a_backup()
    {
        await using var source = await WithVersionAsync(Store("source"), "weights");
        var manifest = await BackUpAsync(source.Database, Store("source"), _folder["backup.zip"]);

        Assert.Superset(
            new HashSet<string> { "studies", "runs", "metrics", "enqueued_sets", "warm_trials", "models", "versions", "aliases" },
            manifest.Tables.Select(table => table.Table.Name).ToHashSet());
        Assert.DoesNotContain(manifest.Tables, table => table.Table.Name.Contains("job", StringComparison.Ordinal));
    }

    [Fact]
    public async Task The_verbs_write_a_file_for_its_owner_alone_and_restore_it()
    {
        await using var source = await WithVersionAsync(new LocalArtifactStore(_folder["here", "artifacts"]), "weights");
        await using var target = await PostgresFixture.CreateDatabaseAsync();

        var (code, output, errors) = await WorkbenchProcess.RunAsync(source.Own.ConnectionString, "backup", _folder["backup.zip"], "--data", _folder["here"]);
        Assert.Equal((0, ""), (code, errors));
        Assert.Contains("1 file of models", output);
        Assert.Equal(["backup.zip"], Directory.EnumerateFiles(_folder.Path).Select(Path.GetFileName));
        if (!OperatingSystem.IsWindows())
        {
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(_folder["backup.zip"]));
        }

        Assert.Equal(2, (await WorkbenchProcess.RunAsync(source.Own.ConnectionString, "backup", _folder["backup.zip"], "--data", _folder["here"])).Code);

        (code, _, errors) = await WorkbenchProcess.RunAsync(target.ConnectionString, "restore", _folder["backup.zip"], "--data", _folder["there"]);
        Assert.Equal((0, ""), (code, errors));
        Assert.Equal("weights", await ReadAsync(Store(Path.Combine("there", "artifacts")), "models/1/1/model.safetensors"));

        (code, _, errors) = await WorkbenchProcess.RunAsync(target.ConnectionString, "restore", _folder["backup.zip"], "--data", _folder["there"]);
        Assert.Equal(1, code);
        Assert.Contains("--replace", Assert.Single(errors.Split('\n', StringSplitOptions.RemoveEmptyEntries)));
    }

    private LocalArtifactStore Store(string name) => new(_folder[name]);

    private static async Task<BackupManifest> BackUpAsync(Database database, IArtifactStore artifacts, string file)
    {
        await using var stream = File.Create(file);
        var (manifest, lacks) = await new Backup(database, artifacts, TimeProvider.System).WriteAsync(stream);
        Assert.Empty(lacks);
        return manifest;
    }

    private static bool SameTable(BackupTable one, BackupTable other) =>
        (one.Table.Name, one.Rows, one.Sha256) == (other.Table.Name, other.Rows, other.Sha256);

    /// <summary>A database with one version, whose file has a content.</summary>
    private static async Task<Versioned> WithVersionAsync(LocalArtifactStore store, string weights)
    {
        var own = await PostgresFixture.CreateDatabaseAsync();
        var content = Encoding.UTF8.GetBytes(weights);
        await store.PutAsync("models/1/1/model.safetensors", content, "application/octet-stream");
        await PostgresFixture.ExecuteAsync(own.ConnectionString,
            $"""
            INSERT INTO models (name, last_version, created_at) VALUES ('digits', 1, now());
            INSERT INTO versions (model_id, version, trial, state, artifact_prefix, sha256, created_at)
            SELECT id, 1, 0, 'ready', 'models/1/1', '{Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(content))}', now() FROM models
            """);
        return new Versioned(own, new Database(own.ConnectionString));
    }

    private static async Task<string> ReadAsync(IArtifactStore store, string key)
    {
        using var reader = new StreamReader(await store.OpenReadAsync(key));
        return await reader.ReadToEndAsync();
    }

    private static SearchSpace Quick(int epochs) => new(
        new FixedParameter("learning_rate", 1e-3), new FixedParameter("l1", 0.0), new FixedParameter("l2", 0.0), new FixedParameter("num_hidden", 8),
        new IntParameter("epochs", 1, epochs));

    private static async Task<int> PromoteAsync(TestWorkbench workbench, string study)
    {
        var promotion = await workbench.Get<ModelRegistry>().PromoteAsync(study);
        using var limit = new CancellationTokenSource(TestWorkbench.Limit);
        await workbench.Get<ChangeFeed>().UntilAsync(
            _ => true, () => workbench.Get<ModelRegistry>().GetAsync(study), model => model.Versions.All(version => version.State == VersionState.Ready),
            TimeSpan.Zero, limit.Token);
        return promotion.Version;
    }

    private sealed record Versioned(TestDatabase Own, Database Database) : IAsyncDisposable
    {
        public async ValueTask DisposeAsync()
        {
            await Database.DisposeAsync();
            await Own.DisposeAsync();
        }
    }
}
