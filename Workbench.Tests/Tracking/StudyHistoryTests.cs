using Workbench.Core.Search;

namespace Workbench.Tests.Tracking;

public class StudyHistoryTests
{
    [Fact]
    public async Task Finished_trials_come_in_the_order_of_finishing_then_the_running_ones_but_not_the_one_that_asks()
    {
        await using var store = await TrackingFixture.CreateAsync();
        var study = await store.StudyAsync(trials: 10, jobs: 4);
        var trials = Enumerable.Range(0, 4).Select(slot => store.Claim(study, $"job-{slot}", slot)).ToList();
        trials.ForEach(trial => store.Runs.SetParams(trial.Lease, TrackingFixture.X(trial.Number / 10.0)));
        store.Runs.Finish(trials[2].Lease, TrialState.Complete, 0.7);
        store.Runs.Finish(trials[0].Lease, TrialState.Pruned, 0.3);

        var history = store.History.Read(study.Id, except: 3);

        Assert.Equal([2, 0, 1], history.Select(trial => trial.Number));
        Assert.Equal([TrialState.Complete, TrialState.Pruned, TrialState.Running], history.Select(trial => trial.State));
        Assert.Equal([0.7, 0.3, null], history.Select(trial => trial.Value));
        Assert.Equal(TrackingFixture.X(0.2), history[0].Params);
    }

    [Fact]
    public async Task A_trial_carries_the_objective_of_each_of_its_epochs()
    {
        await using var store = await TrackingFixture.CreateAsync();
        var study = await store.StudyAsync(trials: 10, jobs: 2);
        var (done, running) = (store.Claim(study, "a"), store.Claim(study, "b", slot: 1));
        foreach (var trial in new[] { done, running })
        {
            store.Runs.SetParams(trial.Lease, TrackingFixture.X(0.5));
            store.Runs.Report(trial.Lease, 1, TrackingFixture.Accuracy(0.25));
            store.Runs.Report(trial.Lease, 2, TrackingFixture.Accuracy(0.75));
        }
        store.Runs.Finish(done.Lease, TrialState.Complete, 0.75);

        var history = store.History.Read(study.Id, except: -1);

        Assert.All(history, trial => Assert.Equal([new StepValue(1, 0.25), new StepValue(2, 0.75)], trial.Intermediate));
    }

    [Fact]
    public async Task Each_look_brings_what_finished_since_the_last_one_and_keeps_the_rest()
    {
        await using var store = await TrackingFixture.CreateAsync();
        var study = await store.StudyAsync(trials: 10);
        store.Runs.Finish(store.Claim(study, "a").Lease, TrialState.Complete, 0.1);
        var first = store.History.Read(study.Id, except: -1);
        store.Runs.Finish(store.Claim(study, "b").Lease, TrialState.Failed, null, "NaN");

        var second = store.History.Read(study.Id, except: -1);

        Assert.Equal([0, 1], second.Select(trial => trial.Number));
        Assert.Same(first[0], second[0]);
    }
}
