using Hangfire;
using Hangfire.Common;
using Hangfire.Logging;
using Hangfire.States;

namespace Workbench.Core.Tracking;

/// <summary>
/// Has a job run again for as long as it takes. What it does is written down to be done: given up, it would only be queued anew. To be used
/// with <c>AutomaticRetry(Attempts = 0)</c>, which keeps Hangfire's own default away.
/// </summary>
/// <param name="outages">Exceptions that pass by themselves, besides those of an outage of the database. They are not logged here: an outage
/// is said once, where it is noticed.</param>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class RetriedAttribute(params Type[] outages) : JobFilterAttribute, IElectStateFilter
{
    private static readonly ILog Log = LogProvider.For<RetriedAttribute>();

    // The last delay is kept: a job that met one outage after the other must be there soon after the last.
    private readonly AutomaticRetryAttribute _outage = Retry(1, 2, 5, 10);
    private readonly AutomaticRetryAttribute _fault = Retry(1, 5, 15, 30);

    /// <inheritdoc/>
    public void OnStateElection(ElectStateContext context)
    {
        if (context.CandidateState is not FailedState { Exception: var exception })
        {
            return;
        }
        var passes = Passes(exception);
        if (!passes)
        {
            Log.ErrorException($"The job {context.BackgroundJob.Id} ({context.BackgroundJob.Job}) failed and will be run again.", exception);
        }
        (passes ? _outage : _fault).OnStateElection(context);
    }

    private bool Passes(Exception exception) =>
        DatabaseOutage.Caused(exception) || outages.Any(outage => outage.IsInstanceOfType(exception));

    private static AutomaticRetryAttribute Retry(params int[] delays) => new() { Attempts = int.MaxValue, DelaysInSeconds = delays, LogEvents = false };
}
