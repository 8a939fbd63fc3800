using Microsoft.EntityFrameworkCore;
using Workbench.Components.Trials;
using Workbench.Core.Search;
using Workbench.Core.Tracking;
using Workbench.Tests.Tracking;
using Workbench.Tests.Training;

namespace Workbench.Tests.Components.Trials;

public sealed class TrialListTests : IAsyncLifetime
{
    private TrackingFixture _store = default!;
    private Study _study = default!;
    private TrialList _list = default!;

    public async Task InitializeAsync()
    {
        _store = await TrackingFixture.CreateAsync();
        _study = await _store.StudyAsync(trials: 5, jobs: 5);
        _list = new TrialList(new RunQueries(_store), Samples.Pipelines, TimeProvider.System);
    }

    public async Task DisposeAsync() => await _store.DisposeAsync();

    [SkippableFact]
    public async Task A_running_trial_is_read_again_and_one_that_has_ended_is_not()
    {
        var (ended, running) = (_store.Claim(_study, "a"), _store.Claim(_study, "b", 1));
        _store.Runs.Report(ended.Lease, 1, TrackingFixture.Accuracy(0.5));
        _store.Runs.Finish(ended.Lease, TrialState.Complete, 0.5);
        await RefreshAsync();

        await using var db = _store.CreateDbContext();
        await db.Metrics.ExecuteUpdateAsync(set => set.SetProperty(metric => metric.Value, 0.75));
        _store.Runs.Report(running.Lease, 1, TrackingFixture.Accuracy(0.25));
        await RefreshAsync();

        Assert.Equal([(1, 0.25), (0, 0.5)], _list.Shown.Select(row => (row.Run.Number!.Value, row.Metrics["val_accuracy"])));
    }

    [SkippableFact]
    public async Task A_trial_that_has_ended_since_is_read_once_more()
    {
        var trial = _store.Claim(_study, "a");
        await RefreshAsync();
        _store.Runs.Report(trial.Lease, 1, TrackingFixture.Accuracy(0.5));
        _store.Runs.Finish(trial.Lease, TrialState.Complete, 0.5);

        await RefreshAsync();

        Assert.Equal(0.5, _list.Shown[0].Metrics["val_accuracy"]);
    }

    [SkippableFact]
    public async Task A_metric_nobody_knew_becomes_a_field()
    {
        var trial = _store.Claim(_study, "a");
        _store.Runs.Report(trial.Lease, 1, new Dictionary<string, double> { ["f1"] = 0.5 });
        await RefreshAsync();

        _list.Filter("f1 = 0.5");

        Assert.Null(_list.Fault);
        Assert.Single(_list.Shown);
    }

    [SkippableFact]
    public async Task What_is_known_is_not_read()
    {
        var (known, other) = (_store.Claim(_study, "a"), _store.Claim(_study, "b", 1));
        _store.Runs.Report(known.Lease, 1, TrackingFixture.Accuracy(0.25));
        _store.Runs.Report(other.Lease, 1, TrackingFixture.Accuracy(0.5));

        await RefreshAsync(id => id == known.Lease.RunId ? TrackingFixture.Accuracy(0.75) : null);

        Assert.Equal([(1, 0.5), (0, 0.75)], _list.Shown.Select(row => (row.Run.Number!.Value, row.Metrics["val_accuracy"])));
    }

    [SkippableFact]
    public async Task A_filter_that_is_not_right_changes_nothing()
    {
        _store.Claim(_study, "a");
        _store.Claim(_study, "b", 1);
        await RefreshAsync();
        _list.Filter("number = 1");

        _list.Filter("numbr = 0");

        Assert.Equal("number", _list.Fault!.Better);
        Assert.Equal("number = 1", _list.FilterText);
        Assert.Equal(1, Assert.Single(_list.Shown).Run.Number);
        _list.Filter("");
        Assert.Null(_list.Fault);
        Assert.Equal(2, _list.Shown.Count);
    }

    private async Task RefreshAsync(Func<long, IReadOnlyDictionary<string, double>?>? known = null)
    {
        _list.Take(_study, await _store.Queries.TrialsAsync(_study.Id));
        await _list.ReadMetricsAsync(known ?? (_ => null));
    }
}
