using Hangfire;

namespace Workbench.Core.Studies;

/// <summary>Removes deleted studies for good when they can be restored no longer, as release 0.1.0 has planned it for its own; now it is
/// part of what every process with workers does all the time.</summary>
public sealed class PurgeJob(Purge purge)
{
    /// <summary>Removes all whose time is over.</summary>
    /// <param name="cancellationToken">Filled in by Hangfire.</param>
    [Queue(TrialQueue.Name)]
    [JobDisplayName("Removal of deleted studies")]
    public Task RunAsync(CancellationToken cancellationToken) => purge.RunAsync(cancellationToken);
}
