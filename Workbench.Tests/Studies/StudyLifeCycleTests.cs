using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Workbench.Core.Search;
using Workbench.Core.Studies;
using Workbench.Core.Tracking;
using Workbench.Core.Training;

namespace Workbench.Tests.Studies;

public class StudyLifeCycleTests
{
    // Trials of some milliseconds.
    private static readonly SearchSpace Quick = new(
        new FloatParameter("learning_rate", 1e-3, 1e-2, Log: true),
        new FixedParameter("l1", 0.0),
        new FixedParameter("l2", 0.0),
        new IntParameter("num_hidden", 8, 16),
        new FixedParameter("epochs", 2));

    [Fact]
    public async Task A_study_runs_exactly_its_trials_never_more_at_once_than_its_jobs_and_tracks_every_epoch()
    {
        await using var workbench = await TestWorkbench.StartAsync(workers: 4);
        await workbench.Studies.LaunchAsync(new StudyRequest("study", Trials: 6, Jobs: 2, Pipeline: PacedPipeline.PipelineName, Seed: 1, SearchSpace: Quick));

        var (study, counts, best) = await workbench.CompletedAsync("study");

        Assert.Equal(6, counts.Complete);
        var trials = await workbench.Queries.TrialsAsync(study.Id);
        Assert.Equal(Enumerable.Range(0, 6), trials.Select(trial => trial.Number!.Value));
        Assert.All(trials, trial => Assert.Equal((1, TrialState.Complete), (trial.Attempt, trial.State)));
        Assert.All(trials, trial => Assert.InRange(trial.Slot!.Value, 0, 1));
        Assert.All(Overlaps(trials), overlapping => Assert.InRange(overlapping, 1, 2));
        Assert.Equal(trials.Max(trial => trial.Value), best!.Value);
        var metrics = await workbench.Queries.MetricsAsync([.. trials.Select(trial => trial.Id)]);
        Assert.Equal(6 * 2 * 4, metrics.Count);
        Assert.All(metrics.Where(point => point.Key == "val_accuracy"), point => Assert.InRange(point.Value, 0.5, 1));
    }

    [Fact]
    public async Task A_stopped_study_ends_its_trials_and_resumed_it_finishes_them_with_the_same_parameters()
    {
        await using var workbench = await TestWorkbench.StartAsync();
        var request = new StudyRequest("study", Trials: 2, Jobs: 2, Seed: 1, SearchSpace: TestWorkbench.Endless);
        await workbench.Studies.LaunchAsync(request);
        await workbench.UntilAsync("study", summary => summary.Counts.Running == 2);

        await workbench.Studies.StopAsync("study");
        var stopped = await workbench.UntilAsync("study", summary => summary.Counts.Stopped == 2);
        Assert.Equal(StudyState.Stopped, stopped.Study.State);
        await Assert.ThrowsAsync<ConflictException>(() => workbench.Studies.StopAsync("study"));
        await workbench.Studies.ResumeAsync("study");
        await workbench.UntilAsync("study", summary => summary.Counts.Running == 2);

        var trials = await workbench.Queries.TrialsAsync(stopped.Study.Id);
        Assert.Equal([0, 1], trials.Select(trial => trial.Number!.Value));
        Assert.All(trials, trial => Assert.Equal(2, trial.Attempt));
        await workbench.Studies.DeleteAsync("study");
    }

    [Fact]
    public async Task Launching_under_an_existing_name_adds_trials_to_it()
    {
        await using var workbench = await TestWorkbench.StartAsync();
        await workbench.Studies.LaunchAsync(new StudyRequest("study", Trials: 2, Jobs: 2, Pipeline: PacedPipeline.PipelineName, Seed: 1, SearchSpace: Quick));
        await workbench.CompletedAsync("study");

        var (launched, created) = await workbench.Studies.LaunchAsync(new StudyRequest("study", Trials: 3));
        var summary = await workbench.UntilAsync("study", s => s.Study.State == StudyState.Completed && s.Study.TrialsRequested == 5);

        Assert.False(created);
        Assert.Equal(5, summary.Counts.Complete);
        Assert.Equal(Enumerable.Range(0, 5), (await workbench.Queries.TrialsAsync(launched.Study.Id)).Select(trial => trial.Number!.Value));
    }

    [Fact]
    public async Task Another_configuration_under_an_existing_name_is_refused_with_both_values()
    {
        await using var workbench = await TestWorkbench.StartAsync(workers: 0);
        await workbench.Studies.LaunchAsync(new StudyRequest("study", Trials: 2, Seed: 1));

        var sampler = await Assert.ThrowsAsync<ConflictException>(
            () => workbench.Studies.LaunchAsync(new StudyRequest("study", Trials: 2, Sampler: new RandomSettings())));
        var seed = await Assert.ThrowsAsync<ConflictException>(() => workbench.Studies.LaunchAsync(new StudyRequest("study", Trials: 2, Seed: 2)));

        Assert.Contains("random", sampler.Message);
        Assert.Contains("tpe", sampler.Message);
        Assert.Contains("seed: 1, not 2", seed.Message);
        Assert.Equal(2, (await workbench.Queries.GetAsync("study")).Study.TrialsRequested);
    }

    [Fact]
    public async Task A_trial_that_throws_is_recorded_and_logged_with_its_reason_and_stack_trace_and_the_search_goes_on()
    {
        var log = new KeptLog<TrialJob>();
        await using var workbench = await TestWorkbench.StartAsync(more: services => services.AddSingleton<ILogger<TrialJob>>(log));
        var space = new SearchSpace(
            new FixedParameter("learning_rate", 1e30),
            new FixedParameter("l1", 0.0),
            new FixedParameter("l2", 0.0),
            new FixedParameter("num_hidden", 8),
            new FixedParameter("epochs", 2));
        await workbench.Studies.LaunchAsync(new StudyRequest("study", Trials: 3, Jobs: 1, SearchSpace: space));

        var (study, counts, best) = await workbench.CompletedAsync("study");

        Assert.Equal((3, null), (counts.Failed, best));
        foreach (var trial in await workbench.Queries.TrialsAsync(study.Id))
        {
            Assert.Contains("loss", trial.Error);
            var detail = await workbench.Get<RunQueries>().FailureAsync(trial.Id);
            Assert.StartsWith($"{typeof(TrainingException).FullName}: {trial.Error}", detail);
            Assert.Contains("   at Workbench.Core.Training.", detail);
            Assert.Contains(log.Lines, line => line.Message == $"Trial {trial.Number} of study study failed (run {trial.Id})." && line.Exception is TrainingException);
        }
    }

    [Fact]
    public async Task A_pruned_trial_counts_and_keeps_its_last_value()
    {
        await using var workbench = await TestWorkbench.StartAsync();
        var space = new SearchSpace(
            new CategoricalParameter("learning_rate", [1e-7, 3e-3]),
            new FixedParameter("l1", 0.0),
            new FixedParameter("l2", 0.0),
            new FixedParameter("num_hidden", 16),
            new FixedParameter("epochs", 9));
        await workbench.Studies.LaunchAsync(
            new StudyRequest("study", Trials: 12, Jobs: 1, Pipeline: PacedPipeline.PipelineName, Seed: 3, SearchSpace: space, Sampler: new RandomSettings(), Pruner: new HyperbandSettings()));

        var (study, counts, _) = await workbench.CompletedAsync("study");

        var trials = await workbench.Queries.TrialsAsync(study.Id);
        Assert.Empty(trials.Select(trial => trial.Error).OfType<string>());
        Assert.Equal(12, counts.Complete + counts.Pruned);
        Assert.True(counts.Pruned > 0);
        Assert.All(trials.Where(trial => trial.State == TrialState.Pruned), trial => Assert.InRange(trial.Value!.Value, 0, 1));
    }

    [Fact]
    public async Task Several_processes_share_one_search()
    {
        await using var first = await TestWorkbench.StartAsync(workers: 1);
        await using var second = await TestWorkbench.StartAsync(workers: 1, first.ConnectionString);
        await first.Studies.LaunchAsync(new StudyRequest("study", Trials: 8, Jobs: 4, Pipeline: PacedPipeline.PipelineName, Seed: 1, SearchSpace: Quick));

        var summary = await second.CompletedAsync("study");

        Assert.Equal(8, summary.Counts.Complete);
        Assert.Equal(8, (await first.Queries.TrialsAsync(summary.Study.Id)).Count);
    }

    [Fact]
    public async Task A_grid_that_is_exhausted_completes_its_study_short_of_the_budget()
    {
        await using var workbench = await TestWorkbench.StartAsync();
        var space = new SearchSpace(
            new CategoricalParameter("learning_rate", [1e-3, 1e-2]),
            new FixedParameter("l1", 0.0),
            new FixedParameter("l2", 0.0),
            new FixedParameter("num_hidden", 8),
            new FixedParameter("epochs", 1));
        await workbench.Studies.LaunchAsync(
            new StudyRequest("study", Trials: 10, Jobs: 2, Pipeline: PacedPipeline.PipelineName, SearchSpace: space, Sampler: new GridSettings()));

        var summary = await workbench.CompletedAsync("study");

        Assert.Equal(2, summary.Counts.Finished);
        Assert.Equal(2, summary.Study.TrialsRequested);
    }

    private static IEnumerable<int> Overlaps(IReadOnlyList<Run> trials) =>
        trials.Select(at => trials.Count(other => other.StartedAt <= at.StartedAt && other.FinishedAt > at.StartedAt));
}
