using Workbench.Core.Audit;
using Workbench.Core.Search;
using Workbench.Core.Tracking;

namespace Workbench.Tests.Tracking;

public class TrackedRunsTests
{
    [Fact]
    public async Task What_was_deleted_is_removed_for_good_when_its_time_is_over_and_what_was_not_stays()
    {
        await using var store = await TrackingFixture.CreateAsync();
        Actor.Current = new("ana", Way.Api);
        var runs = new TrackedRuns(store.Database, store.Clock);
        var experiments = new ExperimentStore(store, store.Notes, store.Clock);
        var queries = new TrackedRunQueries(store.Database);
        var (gone, kept) = (await experiments.CreateAsync("gone", null, new Dictionary<string, string>()), await experiments.CreateAsync("kept", null, new Dictionary<string, string>()));
        var (inGone, deleted, stays) = (await RunAsync(gone), await RunAsync(kept), await RunAsync(kept));
        await runs.SetDeletedAsync(deleted, true);
        await experiments.DeleteAsync(gone);

        store.Clock.Pass(store.Deleted.Grace - TimeSpan.FromMinutes(1));
        await store.Purge.RunAsync();
        Assert.True((await queries.GetAsync(deleted)).IsDeleted);
        store.Clock.Pass(TimeSpan.FromMinutes(2));
        await store.Purge.RunAsync();

        await Assert.ThrowsAsync<NotFoundException>(() => queries.GetAsync(deleted));
        await Assert.ThrowsAsync<NotFoundException>(() => queries.GetAsync(inGone));
        await Assert.ThrowsAsync<NotFoundException>(() => experiments.RestoreAsync(gone));
        Assert.Equal([new LoggedMetric("m", 1, 1, 1)], (await queries.GetAsync(stays)).Metrics);

        async Task<Guid> RunAsync(long experiment)
        {
            var run = await runs.CreateAsync(experiment, "run", null, null, new Dictionary<string, string>());
            await runs.LogAsync(run, new LoggedBatch { Metrics = [new("m", 1, 1, 1)] });
            return run;
        }
    }

    [Fact]
    public async Task Clients_that_log_into_one_run_at_the_same_moment_lose_nothing_and_agree_on_the_last_value()
    {
        await using var store = await TrackingFixture.CreateAsync();
        Actor.Current = new("ana", Way.Api);
        var runs = new TrackedRuns(store.Database, store.Clock);
        var run = await runs.CreateAsync(Experiment.Default, "run", null, null, new Dictionary<string, string>());

        await Task.WhenAll(Enumerable.Range(0, 8).Select(client => runs.LogAsync(run, new LoggedBatch
        {
            Metrics = [.. Enumerable.Range(0, 50).Select(step => new LoggedMetric(step % 2 == 0 ? "a" : "b", client, client, step))],
            Params = new Dictionary<string, string> { [$"p{client}"] = "1" },
            Tags = new Dictionary<string, string> { [$"t{client}"] = "1" },
        })));

        var read = await new TrackedRunQueries(store.Database).GetAsync(run);
        Assert.Equal([new LoggedMetric("a", 7, 7, 48), new LoggedMetric("b", 7, 7, 49)], read.Metrics);
        Assert.Equal((8, 8), (read.Params.Count, read.Tags.Count));
        Assert.Equal(200, (await new MetricHistories(store.Database).ReadAsync(run, "a", null, null)).Count);
    }

    [Fact]
    public async Task A_trial_reports_a_step_once_however_often_it_says_so()
    {
        await using var store = await TrackingFixture.CreateAsync();
        var study = await store.StudyAsync(trials: 1);
        var trial = store.Claim(study, "job");
        foreach (var value in new[] { 0.25, 0.25, 0.5 })
        {
            store.Runs.Report(trial.Lease, value < 0.5 ? 1 : 2, TrackingFixture.Accuracy(value));
        }

        Assert.Equal(4, (await store.Queries.MetricsAsync([trial.Lease.RunId])).Count);
        store.Runs.Finish(trial.Lease, TrialState.Complete, 0.5);
        var read = Assert.Single((await new TrackedRunQueries(store.Database).SearchAsync([study.Id], "metrics.val_accuracy = 0.5", DeletionView.Active, 10, [], null)).Items);
        Assert.Equal((RunKind.Trial, "trial-0"), (read.Kind, read.Name));
    }
}
