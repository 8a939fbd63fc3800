using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;
using Workbench.Core.Tracking;

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
        runs.Finish(trial.Lease, Core.Search.TrialState.Complete, 0.65);
        var study = await db.Studies.SingleAsync();
        Assert.Equal((0.7, 1, study.CreatedAt), (study.BestValue, study.SinceBest, study.RunningSince));
    }
}
