using Workbench.Core.Search;
using Workbench.Core.Tracking;

namespace Workbench.Tests.Tracking;

public sealed class StudyOverviewTests : IAsyncLifetime
{
    private TrackingFixture _store = default!;
    private StudyOverview _overview = default!;

    public async Task InitializeAsync()
    {
        _store = await TrackingFixture.CreateAsync();
        _overview = new StudyOverview(_store);
    }

    public async Task DisposeAsync() => await _store.DisposeAsync();

    [SkippableFact]
    public async Task Only_trials_better_than_all_before_them_are_improvements()
    {
        var (study, other) = (await _store.StudyAsync(trials: 9), await _store.StudyAsync(trials: 9, name: "other"));
        Finish(study, 0.5, 0.4, 0.7, 0.7, double.NaN, 0.9);
        Finish(other, 0.2);
        Finish(study, TrialState.Pruned, 0.99);

        var improvements = await _overview.ImprovementsAsync([study.Id]);

        Assert.Equal([new(study.Id, 0, 0.5), new(study.Id, 2, 0.7), new(study.Id, 5, 0.9)], Assert.Single(improvements));
    }

    [SkippableFact]
    public async Task Where_less_is_better_improvements_go_down()
    {
        var study = await _store.StudyAsync(trials: 3, direction: Direction.Minimize);
        Finish(study, 0.5, 0.6, 0.4);

        Assert.Equal([0.5, 0.4], (await _overview.ImprovementsAsync([study.Id]))[study.Id].Select(step => step.Value));
    }

    [SkippableFact]
    public async Task Times_are_of_complete_trials_of_the_same_pipeline_and_data_the_latest_first()
    {
        var study = await _store.StudyAsync(trials: 9, jobs: 3);
        Finish(study, 0.1, 0.2, 0.3);
        Finish(study, TrialState.Pruned, 0.4);

        var times = await _overview.TimesAsync("transfer", "mnist", 2);

        Assert.Equal([2.0, 1.0], times.Select(t => t.Params.Double("x")));
        Assert.All(times, time => Assert.Equal(("study", 3), (time.Study, time.Jobs)));
        Assert.All(times, time => Assert.True(time.FinishedAt >= time.StartedAt));
        Assert.Empty(await _overview.TimesAsync("cnn", "mnist", 2));
        Assert.Equal(2, (await _overview.TimesAsync("transfer", "mnist", 2, "study")).Count);
        Assert.Empty(await _overview.TimesAsync("transfer", "mnist", 2, "another"));
    }

    private void Finish(Study study, params double[] values) => Finish(study, TrialState.Complete, values);

    private void Finish(Study study, TrialState state, params double[] values)
    {
        for (var i = 0; i < values.Length; i++)
        {
            var trial = _store.Claim(study, $"{study.Id}-{state}-{i}");
            _store.Runs.SetParams(trial.Lease, TrackingFixture.X(i));
            _store.Runs.Finish(trial.Lease, state, values[i]);
        }
    }
}
