using Hangfire;
using Workbench.Core.Search;
using Workbench.Core.Studies;
using Workbench.Core.Tracking;
using Workbench.Tests.Platform;

namespace Workbench.Tests.Studies;

public class JobFaultTests
{
    private static readonly SearchSpace Short = new(
        new FixedParameter("learning_rate", 1e-3),
        new FixedParameter("l1", 0.0),
        new FixedParameter("l2", 0.0),
        new FixedParameter("num_hidden", 8),
        new FixedParameter("epochs", 1));

    [Fact]
    public async Task Parameters_that_cannot_be_stored_fail_their_trials_with_the_reason_and_no_trial_of_another_study()
    {
        await using var workbench = await TestWorkbench.StartAsync();
        // Past the door, which refuses it.
        await LaunchAsync(workbench, "bad", trials: 6, new SearchSpace([.. Short, new CategoricalParameter("optimizer", ["o\0pt", "\0"])]));
        await workbench.Studies.LaunchAsync(new StudyRequest("good", Trials: 6, Jobs: 2, SearchSpace: Short));

        var (_, bad, _) = await workbench.CompletedAsync("bad");
        var (study, good, _) = await workbench.CompletedAsync("good");

        Assert.Equal((6, 6), (bad.Failed, bad.Finished));
        Assert.Equal((6, 6), (good.Complete, good.Finished));
        var id = (await workbench.Queries.GetAsync("bad")).Study.Id;
        Assert.All(await workbench.Queries.TrialsAsync(id), trial => Assert.Contains("Unicode", trial.Error));
    }

    [Fact]
    public async Task A_configuration_that_cannot_be_read_fails_its_trials_and_they_end()
    {
        await using var workbench = await TestWorkbench.StartAsync();
        await LaunchAsync(workbench, "unknown", trials: 2, Short, pipeline: "no such pipeline");

        var (study, counts, _) = await workbench.CompletedAsync("unknown");

        Assert.Equal(2, counts.Failed);
        Assert.All(await workbench.Queries.TrialsAsync(study.Id), trial => Assert.Contains("no such pipeline", trial.Error));
    }

    [Fact]
    public async Task A_claim_that_a_crash_of_the_server_has_lost_leaves_its_place_a_successor()
    {
        await using var workbench = await TestWorkbench.StartAsync();
        var launched = await workbench.Studies.LaunchAsync(new StudyRequest("study", Trials: 1, Jobs: 1, SearchSpace: TestWorkbench.Endless));
        await workbench.UntilAsync("study", summary => summary.Counts.Running == 1);
        var lost = Assert.Single(await workbench.Queries.TrialsAsync(launched.Summary.Study.Id));

        await using (var crash = workbench.Get<Database>().Durable.CreateCommand(
            "DELETE FROM runs; UPDATE studies SET trials_claimed = 0, next_number = 0"))
        {
            await crash.ExecuteNonQueryAsync();
        }

        await workbench.UntilAsync("study", summary => summary.Counts.Running == 1);
        var successor = Assert.Single(await workbench.Queries.TrialsAsync(launched.Summary.Study.Id));
        Assert.Equal(lost.Number, successor.Number);
        Assert.NotEqual(lost.Id, successor.Id);
        await workbench.Studies.StopAsync("study");
        await workbench.UntilAsync("study", summary => summary.Counts.Stopped == 1);
    }

    [Fact]
    public async Task A_trial_whose_connections_break_goes_on_where_it_was()
    {
        await using var workbench = await TestWorkbench.StartAsync();
        await workbench.Studies.LaunchAsync(new StudyRequest("study", Trials: 1, Jobs: 1, SearchSpace: TestWorkbench.Endless));
        await workbench.UntilAsync("study", _ => Query("SELECT count(*) > 0 FROM metrics"));
        await PostgresFixture.ExecuteAsync(
            workbench.ConnectionString,
            "SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()");
        var before = await PostgresProbes.QueryAsync<long>(workbench.ConnectionString, "SELECT max(step) FROM metrics");

        await workbench.UntilAsync("study", _ => Query($"SELECT max(step) > {before} FROM metrics"));

        Assert.True(Query("SELECT attempt = 1 FROM runs"));
        workbench.Get<Database>().CloseIdle();
        await workbench.Studies.StopAsync("study");
        await workbench.UntilAsync("study", summary => summary.Counts.Stopped == 1);

        bool Query(string sql) => PostgresProbes.QueryAsync<bool>(workbench.ConnectionString, sql).Result;
    }

    private static async Task LaunchAsync(TestWorkbench workbench, string name, int trials, SearchSpace space, string pipeline = "transfer")
    {
        var study = new Study
        {
            Name = name,
            Pipeline = pipeline,
            Dataset = "mnist",
            Split = """{"seed": 0}""",
            Metric = "val_accuracy",
            Direction = Direction.Maximize,
            SearchSpace = space,
            Sampler = SamplerSettings.Default,
            Pruner = PrunerSettings.Default,
            Seed = 1,
            Jobs = 2,
            TrialsRequested = trials,
            CreatedAt = DateTimeOffset.UtcNow,
        };
        Assert.NotNull(await workbench.Get<StudyStore>().InsertAsync(study, [], []));
        await workbench.Studies.WakeAllAsync();
    }
}
