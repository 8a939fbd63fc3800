using Hangfire;
using Workbench.Core.Tracking;

namespace Workbench.Core.Studies;

/// <summary>Removes deleted studies for good when they can be restored no longer.</summary>
public sealed class PurgeJob(DeletedStudies deleted)
{
    // The clocks of two machines may differ by that much.
    private static readonly TimeSpan Margin = TimeSpan.FromMinutes(1);

    /// <summary>Removes all whose time is over.</summary>
    /// <param name="cancellationToken">Filled in by Hangfire.</param>
    [Queue(TrialQueue.Name)]
    [JobDisplayName("Removal of deleted studies")]
    public Task RunAsync(CancellationToken cancellationToken) => deleted.PurgeAsync(cancellationToken);

    /// <summary>Plans the removal of a study that is about to be deleted. Before, not after it: should the process die in between, a job
    /// finds nothing to do; the other way round, the study would stay for ever.</summary>
    internal static void Schedule(JobStorage storage, TimeSpan grace) =>
        new BackgroundJobClient(storage).Schedule<PurgeJob>(job => job.RunAsync(CancellationToken.None), grace + Margin);
}
