using Workbench.Core.Search;
using Workbench.Core.Tracking;

namespace Workbench.Tests.Tracking;

public class EnqueuedSetTests
{
    [Fact]
    public async Task Under_sixteen_way_contention_each_set_becomes_one_trial_in_the_order_given()
    {
        const int Sets = 150, Trials = 200;
        await using var store = await TrackingFixture.CreateAsync();
        var study = await store.StudyAsync(Trials, jobs: 16);
        await store.Studies.EnqueueAsync(study.Id, [.. Enumerable.Range(0, Sets / 2).Select(Given)]);
        await store.Studies.EnqueueAsync(study.Id, [.. Enumerable.Range(Sets / 2, Sets / 2).Select(Given)]);

        var claimed = await Task.WhenAll(Enumerable.Range(0, 16).Select(slot => Task.Factory.StartNew(
            () => ClaimAll(store, study, slot).ToList(), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default)));

        var trials = claimed.SelectMany(own => own).OrderBy(trial => trial.Number).ToList();
        Assert.Equal(Enumerable.Range(0, Trials), trials.Select(trial => trial.Number));
        Assert.Equal(
            [.. Enumerable.Range(0, Sets).Select(Given), .. Enumerable.Repeat<ParameterSet?>(null, Trials - Sets)],
            trials.Select(trial => trial.Given));
        Assert.Equal(0, (await store.Queries.GetAsync(study.Name)).Enqueued);

        static IEnumerable<ClaimedTrial> ClaimAll(TrackingFixture store, Study study, int slot)
        {
            for (var i = 0; store.Runs.Claim(study.Id, slot, $"{slot}-{i}", "test:1") is { } trial; i++)
            {
                store.Runs.Finish(trial.Lease, TrialState.Complete, 0.5);
                yield return trial;
            }
        }
    }

    [Fact]
    public async Task Sets_enqueued_while_trials_are_claimed_are_all_taken_once()
    {
        const int Sets = 100;
        await using var store = await TrackingFixture.CreateAsync();
        var study = await store.StudyAsync(trials: 10_000, jobs: 4);
        var enqueueing = Task.Run(async () =>
        {
            for (var i = 0; i < Sets; i++)
            {
                await store.Studies.EnqueueAsync(study.Id, [Given(i)]);
            }
        });

        var claimed = await Task.WhenAll(Enumerable.Range(0, 4).Select(slot => Task.Factory.StartNew(
            () => ClaimUntilEmpty(slot).ToList(), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default)));

        Assert.Equal(
            Enumerable.Range(0, Sets).Select(i => i / 1000.0),
            claimed.SelectMany(own => own).Where(trial => trial.Given is not null).Select(trial => trial.Given!.Double("x")).Order());

        IEnumerable<ClaimedTrial> ClaimUntilEmpty(int slot)
        {
            // One more look after the last set was enqueued, or else it could be missed.
            for (int i = 0, looks = 0; looks < 2; i++)
            {
                var over = enqueueing.IsCompleted;
                var trial = store.Claim(study, $"{slot}-{i}", slot);
                store.Runs.Finish(trial.Lease, TrialState.Complete, 0.5);
                looks += over && trial.Given is null ? 1 : 0;
                yield return trial;
            }
        }
    }

    [Fact]
    public async Task Enqueueing_raises_no_budget_so_that_sets_wait_for_trials_to_be_added()
    {
        await using var store = await TrackingFixture.CreateAsync();
        var study = await store.StudyAsync(trials: 1);
        await store.Studies.EnqueueAsync(study.Id, [Given(1), Given(2)]);

        var first = store.Claim(study, "a");
        store.Runs.Finish(first.Lease, TrialState.Complete, 0.5);
        Assert.Equal(Given(1), first.Given);
        Assert.Null(store.Runs.Claim(study.Id, 0, "b", "test:1"));
        Assert.Equal(1, (await store.Queries.GetAsync(study.Name)).Enqueued);

        await store.Studies.AddTrialsAsync(study.Id, 3, jobs: 1, [Given(3)]);
        Assert.Equal([Given(2), Given(3), null], Enumerable.Range(0, 3).Select(i =>
        {
            var trial = store.Claim(study, $"c-{i}");
            store.Runs.Finish(trial.Lease, TrialState.Complete, 0.5);
            return trial.Given;
        }));
    }

    [Fact]
    public async Task A_job_that_is_run_again_finds_what_was_given_and_the_trial_says_so_for_good()
    {
        await using var store = await TrackingFixture.CreateAsync();
        var study = await store.StudyAsync(trials: 2);
        await store.Studies.EnqueueAsync(study.Id, [Given(1), Given(2)]);
        store.Claim(study, "job");

        var again = store.Claim(study, "job");

        Assert.Equal((Given(1), null, 2), (again.Given, again.Params, again.Lease.Attempt));
        Assert.Equal(Given(1), (await store.Queries.RunAsync(again.Lease.RunId)).Given);
    }

    [Fact]
    public async Task A_deleted_study_takes_what_was_enqueued_with_it()
    {
        await using var store = await TrackingFixture.CreateAsync();
        var study = await store.StudyAsync(trials: 2);
        await store.Studies.EnqueueAsync(study.Id, [Given(1)]);

        await store.Deleted.DeleteAsync(study.Id);

        store.Clock.Pass(store.Deleted.Grace + TimeSpan.FromMinutes(1));
        await store.Purge.RunAsync();
        Assert.Null(await store.Studies.EnqueueAsync(study.Id, [Given(2)]));
        await using var db = store.CreateDbContext();
        Assert.Empty(db.EnqueuedSets);
    }

    [Fact]
    public async Task A_number_withdrawn_while_a_later_trial_runs_is_not_given_out_again()
    {
        await using var store = await TrackingFixture.CreateAsync();
        var study = await store.StudyAsync(trials: 10, jobs: 2);
        var exhausted = store.Claim(study, "a");
        await store.Studies.EnqueueAsync(study.Id, [Given(1)]);
        var enqueued = store.Claim(study, "b", slot: 1);

        store.Runs.Withdraw(exhausted.Lease);
        Assert.False(store.Runs.Finish(enqueued.Lease, TrialState.Complete, 0.5));

        var after = (await store.Queries.GetAsync(study.Name)).Study;
        Assert.Equal((StudyState.Completed, 1, 1), (after.State, after.TrialsRequested, after.TrialsFinished));
        await store.Studies.AddTrialsAsync(study.Id, 1, jobs: 2, []);
        Assert.Equal(2, store.Claim(study, "c").Number);
    }

    private static ParameterSet Given(int i) => TrackingFixture.X(i / 1000.0);
}
