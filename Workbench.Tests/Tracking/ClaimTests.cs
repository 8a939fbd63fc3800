using Workbench.Core.Search;
using Workbench.Core.Tracking;

namespace Workbench.Tests.Tracking;

public class ClaimTests
{
    [Fact]
    public async Task Under_sixteen_way_contention_every_number_of_the_budget_is_given_out_exactly_once()
    {
        const int Trials = 200;
        await using var store = await TrackingFixture.CreateAsync();
        var study = await store.StudyAsync(Trials, jobs: 16);

        var numbers = await Task.WhenAll(Enumerable.Range(0, 16).Select(slot => Task.Factory.StartNew(
            () => ClaimAll(store, study, slot).ToList(), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default)));

        Assert.Equal(Enumerable.Range(0, Trials), numbers.SelectMany(own => own).Order());
        var summary = await store.Queries.GetAsync(study.Name);
        Assert.Equal(StudyState.Completed, summary.Study.State);
        Assert.Equal((Trials, Trials), (summary.Study.TrialsClaimed, summary.Study.TrialsFinished));
    }

    [Fact]
    public async Task A_place_runs_one_trial_at_a_time()
    {
        await using var store = await TrackingFixture.CreateAsync();
        var study = await store.StudyAsync(trials: 5, jobs: 2);

        Assert.NotNull(store.Runs.Claim(study.Id, 0, "first", "test:1"));
        Assert.Null(store.Runs.Claim(study.Id, 0, "second", "test:1"));
        Assert.Equal(1, store.Runs.Claim(study.Id, 1, "third", "test:1")!.Number);
    }

    [Fact]
    public async Task A_place_beyond_the_studys_jobs_gets_nothing()
    {
        await using var store = await TrackingFixture.CreateAsync();
        var study = await store.StudyAsync(trials: 5, jobs: 2);

        Assert.Null(store.Runs.Claim(study.Id, 2, "job", "test:1"));
    }

    [Fact]
    public async Task A_job_that_is_run_again_takes_up_its_trial_with_its_parameters_and_without_its_metrics()
    {
        await using var store = await TrackingFixture.CreateAsync();
        var study = await store.StudyAsync(trials: 5);
        var first = store.Claim(study, "job");
        store.Runs.SetParams(first.Lease, TrackingFixture.X(0.25));
        store.Runs.Report(first.Lease, 1, TrackingFixture.Accuracy(0.5));

        var again = store.Claim(study, "job");

        Assert.Equal((first.Number, first.Lease.RunId, 2), (again.Number, again.Lease.RunId, again.Lease.Attempt));
        Assert.Equal(TrackingFixture.X(0.25), again.Params);
        Assert.Empty(await store.Queries.MetricsAsync([again.Lease.RunId]));
    }

    [Fact]
    public async Task A_process_that_was_only_thought_dead_can_no_longer_write_to_its_trial()
    {
        await using var store = await TrackingFixture.CreateAsync();
        var study = await store.StudyAsync(trials: 5);
        var slow = store.Claim(study, "job").Lease;
        var successor = store.Claim(study, "job").Lease;

        Assert.Null(store.Runs.SetParams(slow, TrackingFixture.X(0.5)));
        Assert.Null(store.Runs.Report(slow, 1, TrackingFixture.Accuracy(0.1)));
        Assert.Null(store.Runs.Finish(slow, TrialState.Complete, 0.1));
        Assert.Equal(StudyState.Running, store.Runs.SetParams(successor, TrackingFixture.X(0.5)));
        Assert.Equal(StudyState.Running, store.Runs.Report(successor, 1, TrackingFixture.Accuracy(0.9)));
        // Its answer may have been lost.
        Assert.Equal(StudyState.Running, store.Runs.Report(successor, 1, TrackingFixture.Accuracy(0.9)));
        Assert.True(store.Runs.Finish(successor, TrialState.Complete, 0.9));
        Assert.Equal(0.9, (await store.Queries.GetAsync(study.Name)).Best!.Value);
    }

    [Fact]
    public async Task A_job_run_again_after_its_trial_finished_goes_on_with_the_next_number()
    {
        await using var store = await TrackingFixture.CreateAsync();
        var study = await store.StudyAsync(trials: 2);
        store.Runs.Finish(store.Claim(study, "job").Lease, TrialState.Complete, 0.5);

        Assert.Equal(1, store.Claim(study, "job").Number);
    }

    [Fact]
    public async Task A_study_that_is_not_running_gives_out_nothing()
    {
        await using var store = await TrackingFixture.CreateAsync();
        var study = await store.StudyAsync(trials: 5);
        await store.Studies.StopAsync(study.Id);

        Assert.Null(store.Runs.Claim(study.Id, 0, "job", "test:1"));
        Assert.Null(store.Runs.Claim(study.Id + 1, 0, "job", "test:1"));
    }

    [Fact]
    public async Task A_resumed_study_takes_up_its_stopped_trials_before_new_ones()
    {
        await using var store = await TrackingFixture.CreateAsync();
        var study = await store.StudyAsync(trials: 3);
        var stopped = store.Claim(study, "one");
        store.Runs.SetParams(stopped.Lease, TrackingFixture.X(0.75));
        await store.Studies.StopAsync(study.Id);
        Assert.Equal(StudyState.Stopped, store.Runs.Report(stopped.Lease, 1, TrackingFixture.Accuracy(0.5)));
        Assert.Equal(StudyState.Stopped, store.Runs.Stop(stopped.Lease));
        Assert.Equal(1, (await store.Queries.GetAsync(study.Name)).Counts.Stopped);

        await store.Studies.ResumeAsync(study.Id);
        var resumed = store.Claim(study, "two");

        Assert.Equal((stopped.Number, 2), (resumed.Number, resumed.Lease.Attempt));
        Assert.Equal(TrackingFixture.X(0.75), resumed.Params);
    }

    [Fact]
    public async Task A_trial_that_ends_as_stopped_when_its_study_was_resumed_already_says_so()
    {
        await using var store = await TrackingFixture.CreateAsync();
        var study = await store.StudyAsync(trials: 3);
        var trial = store.Claim(study, "one");
        await store.Studies.StopAsync(study.Id);
        await store.Studies.ResumeAsync(study.Id);

        Assert.Equal(StudyState.Running, store.Runs.Stop(trial.Lease));
        Assert.Null(store.Runs.Stop(trial.Lease));
        Assert.Equal(trial.Number, store.Claim(study, "two").Number);
    }

    [Fact]
    public async Task Withdrawing_a_trial_shrinks_the_budget_to_what_was_tried_and_completes_the_study()
    {
        await using var store = await TrackingFixture.CreateAsync();
        var study = await store.StudyAsync(trials: 10);
        store.Runs.Finish(store.Claim(study, "one").Lease, TrialState.Complete, 0.5);

        store.Runs.Withdraw(store.Claim(study, "two").Lease);

        var (after, counts, _) = await store.Queries.GetAsync(study.Name);
        Assert.Equal((StudyState.Completed, 1, 1), (after.State, after.TrialsRequested, after.TrialsClaimed));
        Assert.Equal(1, counts.Finished);
    }

    [Fact]
    public async Task A_trial_of_a_deleted_study_learns_at_its_next_report_that_it_shall_stop()
    {
        await using var store = await TrackingFixture.CreateAsync();
        var study = await store.StudyAsync(trials: 5);
        var trial = store.Claim(study, "job");

        await store.Deleted.DeleteAsync(study.Id);

        Assert.Equal(StudyState.Stopped, store.Runs.Report(trial.Lease, 1, TrackingFixture.Accuracy(0.5)));
        Assert.Equal(StudyState.Stopped, store.Runs.Stop(trial.Lease));
        Assert.Null(store.Runs.Claim(study.Id, 0, "another job", "test:1"));
    }

    [Fact]
    public async Task A_trial_of_a_study_that_is_gone_for_good_can_write_nothing_more()
    {
        await using var store = await TrackingFixture.CreateAsync();
        var study = await store.StudyAsync(trials: 5);
        var trial = store.Claim(study, "job");
        await store.Deleted.DeleteAsync(study.Id);
        store.Clock.Pass(store.Deleted.Grace);

        await store.Purge.RunAsync();

        Assert.Null(store.Runs.Report(trial.Lease, 1, TrackingFixture.Accuracy(0.5)));
        Assert.Null(store.Runs.Finish(trial.Lease, TrialState.Complete, 0.5));
    }

    private static IEnumerable<int> ClaimAll(TrackingFixture store, Study study, int slot)
    {
        for (var i = 0; store.Runs.Claim(study.Id, slot, $"{slot}-{i}", "test:1") is { } trial; i++)
        {
            store.Runs.SetParams(trial.Lease, TrackingFixture.X(0.5));
            store.Runs.Finish(trial.Lease, TrialState.Complete, 0.5);
            yield return trial.Number;
        }
    }
}
