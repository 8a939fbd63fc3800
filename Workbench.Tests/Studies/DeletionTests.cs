using Hangfire;
using Hangfire.States;
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
    public async Task The_removal_of_a_deleted_study_waits_for_its_hour_as_a_job()
    {
        await using var workbench = await TestWorkbench.StartAsync(workers: 1);
        await workbench.Studies.LaunchAsync(new StudyRequest("study", Trials: 1, SearchSpace: TestWorkbench.Endless));
        var study = await workbench.Studies.DeleteAsync("study");
        var storage = workbench.Get<JobStorage>();
        var (id, removal) = Assert.Single(storage.GetMonitoringApi().ScheduledJobs(0, 10), job => job.Value.Job.Type == typeof(PurgeJob));
        Assert.InRange(removal.EnqueueAt - DateTime.UtcNow, new RetentionOptions().RestoreFor - TimeSpan.FromMinutes(1), new RetentionOptions().RestoreFor + TimeSpan.FromMinutes(2));

        // The hour is over.
        await using (var command = workbench.Get<Database>().Durable.CreateCommand("UPDATE studies SET deleted_at = deleted_at - interval '1 hour'"))
        {
            await command.ExecuteNonQueryAsync();
        }
        Assert.True(new BackgroundJobClient(storage).ChangeState(id, new EnqueuedState()));

        await UntilAsync(workbench, () => workbench.Get<StudyStore>().FindAsync(study.Id), found => found is null);
        await Assert.ThrowsAsync<NotFoundException>(() => workbench.Studies.RestoreAsync("study"));
    }

    private static Task<T> UntilAsync<T>(TestWorkbench workbench, Func<Task<T>> read, Func<T, bool> reached) =>
        workbench.Get<ChangeFeed>().UntilAsync(_ => true, read, reached, TimeSpan.Zero).WaitAsync(TestWorkbench.Limit);
}
