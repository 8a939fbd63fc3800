using Hangfire;
using Hangfire.Common;
using Hangfire.States;

namespace Workbench.Core.Tracking;

/// <summary>
/// Has a job run again: as long as it takes while what it needs is away, and a few times for any other fault, which would come back each time.
/// To be used with <c>AutomaticRetry(Attempts = 0)</c>, which logs the fault of a job that is given up, and keeps Hangfire's own default away.
/// </summary>
/// <param name="outages">Exceptions, besides those of an outage of the database, that pass by themselves.</param>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class RetryOnOutageAttribute(params Type[] outages) : JobFilterAttribute, IElectStateFilter
{
    // The last delay is kept: a job that met one outage after the other must be there soon after the last.
    private static readonly int[] OutageDelays = [1, 2, 5, 10];
    private static readonly int[] FaultDelays = [1, 5, 15, 30];

    private readonly AutomaticRetryAttribute _outage = Retry(int.MaxValue, OutageDelays);
    private readonly AutomaticRetryAttribute _fault = Retry(FaultDelays.Length, FaultDelays);

    /// <inheritdoc/>
    public void OnStateElection(ElectStateContext context)
    {
        if (context.CandidateState is FailedState { Exception: var exception })
        {
            var passes = DatabaseOutage.Caused(exception) || outages.Any(outage => outage.IsInstanceOfType(exception));
            (passes ? _outage : _fault).OnStateElection(context);
        }
    }

    // Not logged one by one: an outage is said once where it is noticed, and a fault when the job is given up.
    private static AutomaticRetryAttribute Retry(int attempts, int[] delays) => new() { Attempts = attempts, DelaysInSeconds = delays, LogEvents = false };
}
