using Workbench.Core.Search;
using Workbench.Core.Studies;
using Workbench.Core.Tracking;

namespace Workbench.Tests.Studies;

public class DeletionTests
{
    [Fact]
    public async Task A_running_study_that_is_deleted_stops_and_runs_on_when_it_is_restored()
    {
        await using var workbench = await TestWorkbench.StartAsync();
        await workbench.Studies.LaunchAsync(new StudyRequest("study", Trials: 2, Jobs: 2, Seed: 1, SearchSpace: TestWorkbench.Endless));
        var study = (await workbench.UntilAsync("study", summary => summary.Counts.Running == 2)).Study;

        await workbench.Studies.DeleteAsync("study");
        var stopped = await UntilAsync(
            workbench, () => workbench.Queries.TrialsAsync(study.Id), trials => trials.All(trial => trial.State == TrialState.Stopped));
        await workbench.Studies.RestoreAsync("study");
        await workbench.UntilAsync("study", summary => summary.Counts.Running == 2);

        var trials = await workbench.Queries.TrialsAsync(study.Id);
        Assert.Equal(stopped.Select(trial => (trial.Id, trial.Params)), trials.Select(trial => (trial.Id, trial.Params)));
        Assert.All(trials, trial => Assert.Equal(2, trial.Attempt));
        await workbench.Studies.DeleteAsync("study");
    }

    [Fact]
    public async Task A_process_with_workers_removes_deleted_studies_whose_time_is_over()
    {
        await using var workbench = await TestWorkbench.StartAsync(workers: 1);
        await workbench.Studies.LaunchAsync(new StudyRequest("study", Trials: 1, SearchSpace: TestWorkbench.Endless));
        var study = await workbench.Studies.DeleteAsync("study");

        await using (var command = workbench.Get<Database>().Durable.CreateCommand("UPDATE experiments SET deleted_at = deleted_at - interval '30 days'"))
        {
            await command.ExecuteNonQueryAsync();
        }

        await UntilAsync(workbench, () => workbench.Get<StudyStore>().FindAsync(study.Id), found => found is null);
        await Assert.ThrowsAsync<NotFoundException>(() => workbench.Studies.RestoreAsync("study"));
    }

    private static Task<T> UntilAsync<T>(TestWorkbench workbench, Func<Task<T>> read, Func<T, bool> reached) =>
        workbench.Get<ChangeFeed>().UntilAsync(_ => true, read, reached, TimeSpan.Zero).WaitAsync(TestWorkbench.Limit);
}
