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
    private static readonly int[] Delays = [1, 5, 15, 30];

    private readonly AutomaticRetryAttribute _outage = Retry(int.MaxValue);
    private readonly AutomaticRetryAttribute _fault = Retry(Delays.Length);

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
    private static AutomaticRetryAttribute Retry(int attempts) => new() { Attempts = attempts, DelaysInSeconds = Delays, LogEvents = false };
}
