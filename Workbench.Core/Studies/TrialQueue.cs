using Hangfire;
using Hangfire.Common;
using Hangfire.Storage;

namespace Workbench.Core.Studies;

/// <summary>Puts trials on the queue: at most one job for each parallel place of a study.</summary>
public sealed class TrialQueue(JobStorage storage)
{
    /// <summary>The Hangfire queue on which trials wait for a worker.</summary>
    public const string Name = "trials";

    // More jobs than this do not wait at any one time: every study has at most its number of places.
    private const int AllJobs = 10_000;

    private readonly BackgroundJobClient _client = new(storage);

    /// <summary>Queues the next trial for a place of a study.</summary>
    public void Enqueue(long studyId, int slot) =>
        _client.Enqueue<TrialJob>(job => job.Run(studyId, slot, null!, CancellationToken.None));

    /// <summary>
    /// Makes sure that each of a study's places has a job. A place that has one, also one whose process died and that will be taken up
    /// again, gets no second; should two processes do this at once and queue a job twice, the store lets only one run.
    /// </summary>
    public void Wake(long studyId, int slots)
    {
        var taken = Alive().Where(trial => trial.StudyId == studyId).Select(trial => trial.Slot).ToHashSet();
        foreach (var slot in Enumerable.Range(0, slots).Where(slot => !taken.Contains(slot)))
        {
            Enqueue(studyId, slot);
        }
    }

    private IEnumerable<(long StudyId, int Slot)> Alive()
    {
        var monitor = storage.GetMonitoringApi();
        IEnumerable<Job?> jobs =
        [
            .. monitor.EnqueuedJobs(Name, 0, AllJobs).Select(pair => pair.Value?.Job),
            .. monitor.FetchedJobs(Name, 0, AllJobs).Select(pair => pair.Value?.Job),
            .. monitor.ProcessingJobs(0, AllJobs).Select(pair => pair.Value?.Job),
            .. monitor.ScheduledJobs(0, AllJobs).Select(pair => pair.Value?.Job),
        ];
        return jobs.Where(job => job?.Type == typeof(TrialJob)).Select(job => ((long)job!.Args[0], (int)job.Args[1]));
    }
}
