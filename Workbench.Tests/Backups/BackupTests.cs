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
    private readonly BackupFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_backup_taken_while_a_study_runs_holds_everything_and_goes_on_elsewhere()
    {
        var file = _folder["backup.zip"];
        BackupManifest written;
        await using (var source = await TestWorkbench.StartAsync(workers: 1, artifacts: _folder.Store("source")))
        {
            await source.Studies.LaunchAsync(new StudyRequest("done", Trials: 1, Jobs: 1, SearchSpace: Quick(epochs: 1)));
            await source.CompletedAsync("done");
            await PromoteAsync(source, "done");
            await source.Studies.LaunchAsync(new StudyRequest(
                "going", Trials: 3, Jobs: 1, SearchSpace: Quick(epochs: 12), Enqueue: [new ParameterSet(("epochs", 1)), new ParameterSet(("epochs", 12)), new ParameterSet(("epochs", 1))]));
            await source.UntilAsync("going", summary => summary.Counts is { Complete: 1, Running: 1 });
            written = await BackupFolder.BackUpAsync(source.Get<Database>(), source.Get<IArtifactStore>(), file);
        }

        await using var target = await PostgresFixture.CreateDatabaseAsync();
        await using (var database = new Database(target.ConnectionString))
        {
            await new Restoration(database, _folder.Store("target")).RunAsync(file, mayReplace: false);
            var restored = await BackupFolder.BackUpAsync(database, _folder.Store("target"), _folder["again.zip"]);
            Assert.Equal(written.Schema, restored.Schema);
            // The trial that was running waits to be taken up, which stands in its row.
            Assert.Equal(written.Tables.Where(table => table.Table.Name != "runs"), restored.Tables.Where(table => table.Table.Name != "runs"), SameTable);
            Assert.Equal(written.Tables.Sum(table => table.Rows), restored.Tables.Sum(table => table.Rows));
            Assert.Equal(written.Sequences.OrderBy(sequence => sequence.Key), restored.Sequences.OrderBy(sequence => sequence.Key));
            // The model, its manifest, and the encoder that it needs.
            Assert.Equal(3, restored.Artifacts.Count);
            Assert.Equal(written.Artifacts, restored.Artifacts);
        }

        await using var workbench = await TestWorkbench.StartAsync(workers: 1, target.ConnectionString, _folder.Store("target"));
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
        await using var source = await VersionedDatabase.CreateAsync(_folder.Store("source"), "weights");
        await _folder.Store("source").PutAsync("encoders/abc.onnx", "encoder"u8.ToArray(), "application/octet-stream");
        await using var target = await PostgresFixture.CreateDatabaseAsync();
        await using var database = new Database(target.ConnectionString);

        await BackupFolder.BackUpAsync(source.Database, _folder.Store("source"), _folder["one.zip"]);
        await new Restoration(database, s3).RunAsync(_folder["one.zip"], mayReplace: false);
        await BackupFolder.BackUpAsync(database, s3, _folder["two.zip"]);
        await new Restoration(database, _folder.Store("target")).RunAsync(_folder["two.zip"], mayReplace: true);

        Assert.Equal("weights", await BackupFolder.ReadAsync(s3, "models/1/1/model.safetensors"));
        Assert.Equal("weights", await BackupFolder.ReadAsync(_folder.Store("target"), "models/1/1/model.safetensors"));
        Assert.Equal("encoder", await BackupFolder.ReadAsync(_folder.Store("target"), "encoders/abc.onnx"));
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
            var (manifest, lacks) = await new Backup(source, _folder.Store("nothing"), TimeProvider.System).WriteAsync(stream);
            Assert.Equal("20261124111202_NotesAndDeletion", manifest.Schema);
            Assert.Equal(2, lacks.Count);
            Assert.Contains("version 1 of 'finished'", lacks[0]);
        }
        await new Restoration(database, _folder.Store("target")).RunAsync(_folder["old.zip"], mayReplace: false);

        await using var workbench = await TestWorkbench.StartAsync(workers: 0, target.ConnectionString);
        Assert.Equal(3, (await workbench.Queries.GetAsync("finished")).Counts.Complete);
        var trial = workbench.Get<RunStore>().Claim((await workbench.Queries.GetAsync("running")).Study.Id, 0, "new", "test:1")!;
        Assert.Equal((1, 2, 12), (trial.Number, trial.Lease.Attempt, trial.Params!.Int("epochs")));
    }

    [Fact]
    public async Task Files_of_runs_are_found_again_also_where_the_store_has_others_in_their_place()
    {
        await using var source = await VersionedDatabase.CreateAsync(_folder.Store("source"), "weights");
        await _folder.Store("source").PutAsync("runs/0/x/a.txt", "of the run"u8.ToArray(), "text/plain");
        await _folder.Store("target").PutAsync("runs/0/x/a.txt", "of another"u8.ToArray(), "text/plain");
        await using var target = await PostgresFixture.CreateDatabaseAsync();
        await using var database = new Database(target.ConnectionString);

        await BackupFolder.BackUpAsync(source.Database, _folder.Store("source"), _folder["runs.zip"]);
        await new Restoration(database, _folder.Store("target")).RunAsync(_folder["runs.zip"], mayReplace: false);

        var (content, length) = await new RunArtifacts(database, _folder.Store("target")).OpenAsync("0/x/a.txt");
        await using (content)
        {
            Assert.Equal("of the run", await new StreamReader(content).ReadToEndAsync());
        }
        Assert.Equal(10, length);
        Assert.Equal("of another", await BackupFolder.ReadAsync(_folder.Store("target"), "runs/0/x/a.txt"));
    }

    [Fact]
    public async Task Every_table_is_in_a_backup()
    {
        await using var source = await VersionedDatabase.CreateAsync(_folder.Store("source"), "weights");
        var manifest = await BackupFolder.BackUpAsync(source.Database, _folder.Store("source"), _folder["backup.zip"]);

        Assert.Superset(
            new HashSet<string> { "studies", "runs", "metrics", "enqueued_sets", "warm_trials", "models", "versions", "aliases" },
            manifest.Tables.Select(table => table.Table.Name).ToHashSet());
        Assert.DoesNotContain(manifest.Tables, table => table.Table.Name.Contains("job", StringComparison.Ordinal));
    }

    [Fact]
    public async Task The_verbs_write_a_file_for_its_owner_alone_and_restore_it()
    {
        await using var source = await VersionedDatabase.CreateAsync(new LocalArtifactStore(_folder["here", "artifacts"]), "weights");
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
        Assert.Equal("weights", await BackupFolder.ReadAsync(_folder.Store(Path.Combine("there", "artifacts")), "models/1/1/model.safetensors"));

        (code, _, errors) = await WorkbenchProcess.RunAsync(target.ConnectionString, "restore", _folder["backup.zip"], "--data", _folder["there"]);
        Assert.Equal(1, code);
        Assert.Contains("--replace", Assert.Single(errors.Split('\n', StringSplitOptions.RemoveEmptyEntries)));
    }

    private static bool SameTable(BackupTable one, BackupTable other) =>
        (one.Table.Name, one.Rows, one.Sha256) == (other.Table.Name, other.Rows, other.Sha256);

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
}
