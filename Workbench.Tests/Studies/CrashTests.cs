using Workbench.Core.Search;
using Workbench.Core.Studies;
using Workbench.Tests.Commands;

namespace Workbench.Tests.Studies;

public class CrashTests
{
    [Fact]
    public async Task A_process_killed_in_the_middle_of_a_study_costs_no_trial_and_runs_none_twice()
    {
        const int Trials = 8;
        await using var observer = await TestWorkbench.StartAsync(workers: 0);
        using var data = new TemporaryFolder();
        TestWorkbench.LinkFeatures(data.Path);
        var space = new SearchSpace(
            new FloatParameter("learning_rate", 1e-3, 1e-2, Log: true),
            new FixedParameter("l1", 0.0),
            new FixedParameter("l2", 0.0),
            new FixedParameter("num_hidden", 32),
            new FixedParameter("epochs", 12));
        await observer.Studies.LaunchAsync(new StudyRequest("study", Trials, Jobs: 2, Seed: 1, SearchSpace: space));
        string[] worker = ["worker", "--workers", "2", "--data", data.Path];
        (string, string)[] soon = [("Workbench__Jobs__TakeOverAfter", "00:00:10")];

        await using (var killed = WorkbenchProcess.Start(observer.ConnectionString, soon, worker))
        {
            await observer.UntilAsync("study", summary => summary.Counts is { Complete: >= 1, Running: 2 });
            await killed.KillAsync();
        }
        var interrupted = await observer.Queries.GetAsync("study");
        var before = (await observer.Queries.TrialsAsync(interrupted.Study.Id)).ToDictionary(trial => trial.Number!.Value);
        await using var successor = WorkbenchProcess.Start(observer.ConnectionString, soon, worker);
        var (study, counts, _) = await observer.CompletedAsync("study");

        Assert.Equal(Trials, counts.Complete);
        var trials = await observer.Queries.TrialsAsync(study.Id);
        Assert.Equal(Enumerable.Range(0, Trials), trials.Select(trial => trial.Number!.Value));
        var orphans = before.Values.Where(trial => trial.State == TrialState.Running).ToList();
        Assert.NotEmpty(orphans);
        Assert.All(orphans, orphan =>
        {
            var after = trials[orphan.Number!.Value];
            Assert.Equal(2, after.Attempt);
            // It may have been killed between claiming its number and sampling its parameters.
            Assert.Equal(orphan.Params ?? after.Params, after.Params);
        });
        Assert.All(
            before.Values.Except(orphans),
            finished => Assert.Equal((1, finished.FinishedAt), (trials[finished.Number!.Value].Attempt, trials[finished.Number!.Value].FinishedAt)));
        Assert.All(
            (await observer.Queries.MetricsAsync([.. trials.Select(trial => trial.Id)])).GroupBy(point => (point.RunId, point.Key)),
            curve => Assert.Equal(Enumerable.Range(1, 12), curve.Select(point => (int)point.Step)));
    }

    [Fact]
    public async Task A_worker_that_is_asked_to_stop_gives_its_trials_back_at_once()
    {
        await using var observer = await TestWorkbench.StartAsync(workers: 0);
        using var data = new TemporaryFolder();
        TestWorkbench.LinkFeatures(data.Path);
        var space = new SearchSpace(
            new FixedParameter("learning_rate", 1e-3),
            new FixedParameter("l1", 0.0),
            new FixedParameter("l2", 0.0),
            new FixedParameter("num_hidden", 8),
            new FixedParameter("epochs", 1_000_000));
        await observer.Studies.LaunchAsync(new StudyRequest("study", Trials: 1, Jobs: 1, SearchSpace: space));
        string[] worker = ["worker", "--workers", "1", "--data", data.Path];

        await using (var first = WorkbenchProcess.Start(observer.ConnectionString, worker))
        {
            await observer.UntilAsync("study", summary => summary.Counts.Running == 1);
            Assert.Equal(0, await first.InterruptAsync());
            Assert.Empty(first.Errors);
        }
        await using var second = WorkbenchProcess.Start(observer.ConnectionString, worker);
        var id = (await observer.Queries.GetAsync("study")).Study.Id;
        await observer.UntilAsync("study", _ => observer.Queries.TrialsAsync(id).Result is [{ Attempt: 2 }]);
        await observer.Studies.DeleteAsync("study");
    }
}
