using Workbench.Core.Search;
using Workbench.Core.Tracking;

namespace Workbench.Tests.Tracking;

public class StoppingTests
{
    [Fact]
    public async Task Under_sixteen_way_contention_the_rule_holds_at_one_finished_trial_and_none_is_claimed_after_it()
    {
        const int Jobs = 16;
        await using var store = await TrackingFixture.CreateAsync();
        var study = await store.StudyAsync(trials: 1000, jobs: Jobs, stopping: new() { Patience = 40 });

        await Task.WhenAll(Enumerable.Range(0, Jobs).Select(slot => Task.Factory.StartNew(
            () => RunAll(store, study, slot), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default)));

        // The first one brings the value that the next 40 don't better; those that ran at that moment, at most 15, run to their end.
        var (after, counts, _) = await store.Queries.GetAsync(study.Name);
        Assert.Equal((StudyState.Completed, "40 trials in a row brought no improvement on 0.5, after 41 of 1000 trials."), (after.State, after.StopReason));
        Assert.InRange(counts.Complete, 41, 41 + Jobs - 1);
        Assert.Equal((counts.Complete, counts.Complete, counts.Complete), (after.TrialsClaimed, after.TrialsFinished, after.TrialsRequested));
        Assert.Equal((0, 0), (counts.Running, counts.Stopped));
    }

    [Fact]
    public async Task A_target_completes_the_study_while_the_trials_that_run_go_to_their_end()
    {
        await using var store = await TrackingFixture.CreateAsync();
        var study = await store.StudyAsync(trials: 10, jobs: 3, stopping: new() { Target = 0.9 });
        var (hit, other) = (store.Claim(study, "hit"), store.Claim(study, "other", slot: 1));
        store.Runs.SetParams(other.Lease, TrackingFixture.X(0.5));

        Assert.False(store.Runs.Finish(hit.Lease, TrialState.Complete, 0.95));

        Assert.Null(store.Runs.Claim(study.Id, 2, "late", "test:1"));
        Assert.Equal(StudyState.Completed, store.Runs.Report(other.Lease, 1, TrackingFixture.Accuracy(0.99)));
        Assert.False(store.Runs.Finish(other.Lease, TrialState.Complete, 0.99));
        var (after, counts, best) = await store.Queries.GetAsync(study.Name);
        Assert.Equal("The target 0.9 was reached with 0.95, after 1 of 10 trials.", after.StopReason);
        Assert.Equal((StudyState.Completed, 2, 2, 0.99), (after.State, counts.Complete, after.TrialsRequested, best!.Value));
        var last = (await store.Queries.TrialsAsync(study.Id)).Max(trial => trial.FinishedAt);
        Assert.Equal(last, after.EndedAt);
    }

    [Theory]
    [InlineData(Direction.Maximize, 0.9)]
    [InlineData(Direction.Minimize, 0.1)]
    public async Task What_is_better_depends_on_the_direction_and_only_complete_trials_with_a_number_bring_it(Direction direction, double better)
    {
        await using var store = await TrackingFixture.CreateAsync();
        var study = await store.StudyAsync(trials: 100, stopping: new() { Patience = 3 }, direction: direction);

        Assert.True(Finish(TrialState.Failed, null));
        Assert.True(Finish(TrialState.Failed, null));
        Assert.True(Finish(TrialState.Complete, double.NaN));
        Assert.True(Finish(TrialState.Complete, 0.5));
        Assert.True(Finish(TrialState.Pruned, better));
        Assert.True(Finish(TrialState.Complete, 1 - better));
        Assert.True(Finish(TrialState.Complete, better));
        Assert.True(Finish(TrialState.Failed, null));
        Assert.True(Finish(TrialState.Complete, 0.5));
        Assert.False(Finish(TrialState.Complete, better));

        bool? Finish(TrialState state, double? value) => store.Runs.Finish(store.Claim(study, "job").Lease, state, value);
    }

    [Fact]
    public async Task A_time_that_is_up_completes_the_study_at_the_next_finished_trial()
    {
        await using var store = await TrackingFixture.CreateAsync();
        var hurried = await store.StudyAsync(trials: 10, stopping: new() { Seconds = 1e-6 });
        var patient = await store.StudyAsync(trials: 10, name: "patient", stopping: new() { Seconds = 3600 });

        Assert.False(store.Runs.Finish(store.Claim(hurried, "a").Lease, TrialState.Failed, null, "NaN"));
        Assert.True(store.Runs.Finish(store.Claim(patient, "b").Lease, TrialState.Failed, null, "NaN"));

        var after = (await store.Queries.GetAsync(hurried.Name)).Study;
        Assert.Equal("The time of 1E-06 s was up, after 1 of 10 trials.", after.StopReason);
        Assert.Equal((StudyState.Completed, 1), (after.State, after.TrialsRequested));
    }

    [Fact]
    public async Task Trials_added_are_added_to_what_was_begun_and_time_and_patience_count_anew()
    {
        await using var store = await TrackingFixture.CreateAsync();
        var study = await store.StudyAsync(trials: 100, stopping: new() { Patience = 2, Target = 0.5 });
        Assert.False(store.Runs.Finish(store.Claim(study, "a").Lease, TrialState.Complete, 0.7));

        await store.Studies.AddTrialsAsync(study.Id, 10, jobs: 1, []);
        var again = (await store.Queries.GetAsync(study.Name)).Study;
        Assert.Equal((StudyState.Running, 11, null, 0), (again.State, again.TrialsRequested, again.StopReason, again.SinceBest));
        Assert.True(again.RunningSince > study.RunningSince);

        // The target is behind us; better is better still, and two in a row that are not end it.
        Assert.True(store.Runs.Finish(store.Claim(study, "b").Lease, TrialState.Complete, 0.6));
        Assert.True(store.Runs.Finish(store.Claim(study, "c").Lease, TrialState.Complete, 0.8));
        Assert.True(store.Runs.Finish(store.Claim(study, "d").Lease, TrialState.Complete, 0.8));
        Assert.False(store.Runs.Finish(store.Claim(study, "e").Lease, TrialState.Complete, 0.7));
        Assert.Equal(
            "2 trials in a row brought no improvement on 0.8, after 5 of 11 trials.", (await store.Queries.GetAsync(study.Name)).Study.StopReason);
    }

    [Fact]
    public async Task A_budget_that_is_spent_needs_no_reason()
    {
        await using var store = await TrackingFixture.CreateAsync();
        var study = await store.StudyAsync(trials: 1, stopping: new() { Target = 0.5 });

        Assert.False(store.Runs.Finish(store.Claim(study, "a").Lease, TrialState.Complete, 0.7));

        var after = (await store.Queries.GetAsync(study.Name)).Study;
        Assert.Equal((StudyState.Completed, null), (after.State, after.StopReason));
    }

    [Fact]
    public async Task A_person_can_stop_the_last_trials_of_a_completed_study_and_resume_them()
    {
        await using var store = await TrackingFixture.CreateAsync();
        var study = await store.StudyAsync(trials: 10, jobs: 2, stopping: new() { Target = 0.5 });
        var (hit, other) = (store.Claim(study, "hit"), store.Claim(study, "other", slot: 1));
        store.Runs.Finish(hit.Lease, TrialState.Complete, 0.7);

        Assert.True(await store.Studies.StopAsync(study.Id));
        Assert.Equal(StudyState.Stopped, store.Runs.Report(other.Lease, 1, TrackingFixture.Accuracy(0.1)));
        store.Runs.Stop(other.Lease);
        Assert.False(await store.Studies.StopAsync(study.Id));

        Assert.True(await store.Studies.ResumeAsync(study.Id));
        Assert.Equal(other.Number, store.Claim(study, "again").Number);
        Assert.Null(store.Runs.Claim(study.Id, 1, "beyond", "test:1"));
    }

    private static void RunAll(TrackingFixture store, Study study, int slot)
    {
        for (var i = 0; store.Runs.Claim(study.Id, slot, $"{slot}-{i}", "test:1") is { } trial; i++)
        {
            store.Runs.SetParams(trial.Lease, TrackingFixture.X(0.5));
            store.Runs.Finish(trial.Lease, TrialState.Complete, 0.5);
        }
    }
}
