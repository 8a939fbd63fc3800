using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;
using Workbench.Core.Registry;
using Workbench.Core.Search;
using Workbench.Core.Tracking;
using Workbench.Tests.Commands;
using Workbench.Tests.Studies;

namespace Workbench.Tests.Tracking;

public class UpgradeTests
{
    [Fact]
    public async Task A_study_of_the_first_version_goes_on_after_the_upgrade()
    {
        await using var own = await PostgresFixture.CreateDatabaseAsync(migrated: false);
        await using var database = new Database(own.ConnectionString);
        var options = new DbContextOptionsBuilder<WorkbenchDb>();
        database.Configure(options);
        await using var db = new WorkbenchDb(options.Options);
        await db.GetService<IMigrator>().MigrateAsync("Initial");
        await db.Database.ExecuteSqlRawAsync(
            """
            INSERT INTO studies (id, name, pipeline, dataset, split, metric, direction, search_space, sampler, pruner, seed, jobs,
                trials_requested, trials_claimed, trials_finished, state, created_at)
            VALUES (1, 'old', 'transfer', 'mnist', '{{}}', 'val_accuracy', 'maximize', '{{"x": {{"type": "float", "low": 0, "high": 1}}}}',
                '{{"type": "tpe"}}', '{{"type": "none"}}', 1, 2, 5, 2, 2, 'running', '2026-11-24T09:30:00Z');
            INSERT INTO runs (study_id, kind, name, number, state, attempt, params, value, finished_order, tags, started_at, heartbeat_at)
            VALUES (1, 'trial', 'trial-0', 0, 'complete', 1, '{{"x": 0.5}}', 0.7, 1, '{{}}', now(), now()),
                (1, 'trial', 'trial-1', 1, 'complete', 1, '{{"x": 0.25}}', 0.6, 2, '{{}}', now(), now());
            """);

        await database.MigrateAsync();

        var runs = new RunStore(database);
        var trial = runs.Claim(1, 0, "job", "test:1")!;
        Assert.Equal(2, trial.Number);
        runs.Finish(trial.Lease, TrialState.Complete, 0.65);
        var study = await db.Studies.SingleAsync();
        Assert.Equal((0.7, 1, study.CreatedAt), (study.BestValue, study.SinceBest, study.RunningSince));
    }

    [Fact]
    public async Task A_database_of_release_0_1_0_keeps_everything_and_goes_on()
    {
        await using var own = await Releases.DumpedAsync("0.1.0");
        await MigrateAsync(own);

        await using var workbench = await TestWorkbench.StartAsync(workers: 1, own.ConnectionString);
        var finished = await workbench.Queries.GetAsync("finished");
        Assert.Equal((3, "A *first* look: 12 units are enough; Ümläute, '' and \"quotes\"."), (finished.Counts.Complete, finished.Study.Note));
        Assert.Equal(new Dictionary<string, string> { ["owner"] = "ana", ["stage"] = "trial run" }, finished.Study.Tags);
        var best = (await workbench.Queries.TrialsAsync(finished.Study.Id))[0];
        Assert.Equal((0.989, 12, "A note on a run."), (best.Value, best.Given!.Int("num_hidden"), best.Note));
        Assert.Equal(8, (await workbench.Queries.MetricsAsync([best.Id])).Count);
        var failed = Assert.Single(await workbench.Queries.TrialsAsync((await workbench.Queries.GetAsync("failing")).Study.Id));
        Assert.Equal((TrialState.Failed, "epochs: missing. The parameters are learning_rate."), (failed.State, failed.Error));
        Assert.Equal("finished", (await workbench.Queries.GetAsync("warm")).Study.WarmStart);
        var model = Assert.Single(await workbench.Get<ModelRegistry>().ListAsync());
        Assert.Equal([("champion", 1), ("production", 2)], model.Aliases.Select(alias => (alias.Alias, alias.Version)).Order());
        Assert.All(model.Versions, version => Assert.Equal((VersionState.Ready, 524_920L), (version.State, version.SizeBytes)));

        var (running, _, _) = await workbench.CompletedAsync("running");
        var trials = await workbench.Queries.TrialsAsync(running.Id);
        Assert.Equal([(0, 1, 2), (1, 2, 12), (2, 1, 3)], trials.Select(trial => (trial.Number!.Value, trial.Attempt, trial.Params!.Int("epochs"))));
        Assert.All(trials, trial => Assert.Equal(TrialState.Complete, trial.State));
    }

    [Fact]
    public async Task A_deleted_study_of_release_0_1_0_can_be_restored()
    {
        await using var own = await Releases.DumpedAsync("0.1.0");
        await MigrateAsync(own);

        await using var workbench = await TestWorkbench.StartAsync(workers: 0, own.ConnectionString);
        await workbench.Studies.RestoreAsync("deleted");

        Assert.Equal(1, (await workbench.Queries.GetAsync("deleted")).Counts.Complete);
    }

    [Fact]
    public async Task A_database_of_a_newer_release_is_refused_by_a_sentence()
    {
        await using var own = await PostgresFixture.CreateDatabaseAsync();
        await PostgresFixture.ExecuteAsync(
            own.ConnectionString, "INSERT INTO \"__EFMigrationsHistory\" VALUES ('99991231235959_FromTheFuture', '99.0.0')");
        using var data = new TemporaryFolder();

        var (code, _, errors) = await WorkbenchProcess.RunAsync(own.ConnectionString, "worker", "--data", data.Path);

        Assert.Equal(1, code);
        Assert.Contains("99991231235959_FromTheFuture", Assert.Single(errors.Split('\n', StringSplitOptions.RemoveEmptyEntries)));
    }

    private static async Task MigrateAsync(TestDatabase own)
    {
        await using var database = new Database(own.ConnectionString);
        await database.MigrateAsync();
    }
}
