using Hangfire;
using Hangfire.Common;
using Hangfire.Storage;
using Workbench.Core.Tracking;

namespace Workbench.Core.Studies;

/// <summary>Puts trials on the queue: at most one job for each parallel place of a study.</summary>
public sealed class TrialQueue(JobStorage storage)
{
    /// <summary>The Hangfire queue on which trials wait for a worker.</summary>
    public const string Name = "trials";

    /// <summary>The queue of trials that run a command: only processes that may run commands serve it.</summary>
    public const string Commands = "commands";

    // More jobs than this do not wait at any one time: every study has at most its number of places.
    private const int AllJobs = 10_000;

    private readonly BackgroundJobClient _client = new(storage);

    /// <summary>Queues the next trial for a place of a study.</summary>
    public void Enqueue(Place place)
    {
        var (studyId, slot, isCommand) = place;
        if (isCommand)
        {
            _client.Enqueue<TrialJob>(job => job.RunCommand(studyId, slot, null!, CancellationToken.None));
        }
        else
        {
            _client.Enqueue<TrialJob>(job => job.Run(studyId, slot, null!, CancellationToken.None));
        }
    }

    /// <summary>
    /// Makes sure that each of these places of studies has a job; one with a waiting job gets no second. Whether a job of it is being run
    /// would not do: that may be about to end, having found nothing to run a moment ago. Should a place get two jobs, the store lets only
    /// one run.
    /// </summary>
    /// <param name="places">The places that have no running trial, read after what there is to run was written.</param>
    public void Wake(IReadOnlyCollection<Place> places)
    {
        if (places.Count == 0)
        {
            return;
        }
        foreach (var place in places.Except(Waiting()))
        {
            Enqueue(place);
        }
    }

    private IEnumerable<Place> Waiting()
    {
        var monitor = storage.GetMonitoringApi();
        IEnumerable<Job?> jobs =
        [
            .. monitor.EnqueuedJobs(Name, 0, AllJobs).Select(pair => pair.Value?.Job),
            .. monitor.EnqueuedJobs(Commands, 0, AllJobs).Select(pair => pair.Value?.Job),
            .. monitor.ScheduledJobs(0, AllJobs).Select(pair => pair.Value?.Job),
        ];
        return jobs.Where(job => job?.Type == typeof(TrialJob)).Select(job => new Place((long)job!.Args[0], (int)job.Args[1], job.Method.Name == nameof(TrialJob.RunCommand)));
    }
}
