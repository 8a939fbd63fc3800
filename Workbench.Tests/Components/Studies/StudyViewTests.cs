using Workbench.Components.Charts;
using Workbench.Components.Studies;
using Workbench.Core.Search;
using Workbench.Core.Tracking;
using Workbench.Tests.Tracking;

namespace Workbench.Tests.Components.Studies;

public sealed class StudyViewTests : IAsyncLifetime
{
    private TrackingFixture _store = default!;

    public async Task InitializeAsync() => _store = await TrackingFixture.CreateAsync();

    public async Task DisposeAsync() => await _store.DisposeAsync();

    [SkippableFact]
    public async Task There_is_no_view_of_a_study_that_does_not_exist() =>
        Assert.Null(await StudyView.OpenAsync(_store.Queries, "nothing", default));

    [SkippableFact]
    public async Task An_epoch_shows_in_the_curve_of_its_running_trial()
    {
        var study = await _store.StudyAsync(trials: 3);
        var view = (await StudyView.OpenAsync(_store.Queries, "study", default))!;
        var trial = _store.Claim(study, "job");
        _store.Runs.SetParams(trial.Lease, TrackingFixture.X(0.5));
        Assert.True(await view.ApplyAsync([new Change(ChangeKind.Run, study.Id, trial.Lease.RunId)], default));
        _store.Runs.Report(trial.Lease, 1, TrackingFixture.Accuracy(0.25));

        Assert.True(await view.ApplyAsync([new Change(ChangeKind.Progress, study.Id, trial.Lease.RunId)], default));

        var curve = Assert.Single(view.Curves("val_accuracy"));
        Assert.Equal((0, CurveRole.Running), (curve.Number, curve.Role));
        Assert.Equal(0.25, Assert.Single(curve.Points).Value);
        Assert.Equal(1, view.Summary.Counts.Running);
    }

    [SkippableFact]
    public async Task Of_a_study_without_a_pipeline_the_objective_can_be_drawn_and_what_its_trials_report()
    {
        var study = await _store.StudyAsync(trials: 3);
        var view = (await StudyView.OpenAsync(_store.Queries, "study", default))!;
        Assert.Equal(["val_accuracy"], view.Metrics([]));
        var trial = _store.Claim(study, "job");
        _store.Runs.SetParams(trial.Lease, TrackingFixture.X(0.5));
        _store.Runs.Report(trial.Lease, 1, new Dictionary<string, double> { ["lr"] = 1, ["val_accuracy"] = 0.5 });
        Assert.True(await view.ApplyAsync([new Change(ChangeKind.Run, study.Id, trial.Lease.RunId)], default));

        Assert.Equal(["val_accuracy", "lr"], view.Metrics([]));
        Assert.Equal(["loss", "val_accuracy", "lr"], view.Metrics(["loss", "val_accuracy"]));
    }

    [SkippableFact]
    public async Task Trials_are_in_the_order_of_their_numbers_whatever_the_order_of_news()
    {
        var study = await _store.StudyAsync(trials: 3, jobs: 3);
        var view = (await StudyView.OpenAsync(_store.Queries, "study", default))!;
        var claimed = Enumerable.Range(0, 3).Select(i => _store.Claim(study, $"job-{i}", i)).ToList();

        foreach (var trial in Enumerable.Reverse(claimed))
        {
            await view.ApplyAsync([new Change(ChangeKind.Run, study.Id, trial.Lease.RunId)], default);
        }

        Assert.Equal([0, 1, 2], view.Trials.Select(t => t.Number!.Value));
        Assert.Equal(claimed[1].Lease.RunId, view.Trial(1)!.Id);
        Assert.Null(view.Trial(3));
    }

    [SkippableFact]
    public async Task The_best_trial_keeps_its_curve_and_a_chosen_one_gets_one()
    {
        var study = await _store.StudyAsync(trials: 20);
        var trials = Enumerable.Range(0, 20).Select(i => Finish(study, i, value: i == 0 ? 0.9 : 0.5)).ToList();
        var view = (await StudyView.OpenAsync(_store.Queries, "study", default))!;

        await view.ChooseAsync(trials[1], true, default);

        var roles = view.Curves("val_accuracy").ToDictionary(c => c.Number, c => c.Role);
        Assert.Equal(CurveRole.Best, roles[0]);
        Assert.Equal(CurveRole.Chosen, roles[1]);
        Assert.Equal(CurveRole.Recent, roles[19]);
        Assert.False(roles.ContainsKey(2));
        await view.ChooseAsync(trials[1], false, default);
        Assert.DoesNotContain(view.Curves("val_accuracy"), c => c.Number == 1);
    }

    [SkippableFact]
    public async Task A_deleted_study_is_gone_and_a_restored_one_is_back()
    {
        var study = await _store.StudyAsync(trials: 1);
        var view = (await StudyView.OpenAsync(_store.Queries, "study", default))!;

        await _store.Deleted.DeleteAsync(study.Id);
        Assert.False(await view.ApplyAsync([new Change(ChangeKind.Study, study.Id)], default));

        await _store.Deleted.RestoreAsync(study.Name);
        Assert.True(await view.ApplyAsync([new Change(ChangeKind.Study, study.Id)], default));
    }

    private long Finish(Study study, int number, double value)
    {
        var trial = _store.Claim(study, $"job-{number}");
        _store.Runs.SetParams(trial.Lease, TrackingFixture.X(0.5));
        _store.Runs.Report(trial.Lease, 1, TrackingFixture.Accuracy(value));
        _store.Runs.Finish(trial.Lease, TrialState.Complete, value);
        return trial.Lease.RunId;
    }
}
