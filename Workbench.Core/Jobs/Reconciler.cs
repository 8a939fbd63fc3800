using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Workbench.Core.Datasets;
using Workbench.Core.Registry;
using Workbench.Core.Studies;
using Workbench.Core.Tracking;

namespace Workbench.Core.Jobs;

/// <summary>
/// Brings the queue into line with what is written down, every few seconds, in every process that runs jobs: whatever process died at
/// whatever moment, those that live go on with its work.
/// </summary>
internal sealed partial class Reconciler(
    JobLocks locks,
    WaitingWork waiting,
    StudyService studies,
    ModelRegistry registry,
    IdempotentRequests requests,
    DatasetRemover datasets,
    Purge purge,
    IOptions<JobOptions> jobs,
    TimeProvider clock,
    ILogger<Reconciler> logger)
    : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(5);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Interval, clock);
        do
        {
            // Each for itself: one that fails must not keep the others from being done.
            await TryAsync(locks.ReleaseAsync, stoppingToken);
            await TryAsync(RequeueAsync, stoppingToken);
            await TryAsync(waiting.ReleaseAbandonedAsync, stoppingToken);
            await TryAsync(waiting.EndSilentAsync, stoppingToken);
            await TryAsync(studies.WakeAllAsync, stoppingToken);
            await TryAsync(registry.WakeAllAsync, stoppingToken);
            await TryAsync(requests.ForgetAsync, stoppingToken);
            await TryAsync(datasets.PurgeAsync, stoppingToken);
            await TryAsync(purge.RunAsync, stoppingToken);
        }
        while (await timer.WaitForNextTickAsync(stoppingToken));
    }

    private Task RequeueAsync(CancellationToken stoppingToken) => waiting.RequeueAsync(jobs.Value.TakeOverAfter, stoppingToken);

    private async Task TryAsync(Func<CancellationToken, Task> step, CancellationToken stoppingToken)
    {
        try
        {
            await step(stoppingToken);
        }
        catch (Exception exception) when (DatabaseOutage.Caused(exception))
        {
            LogOutage(step.Method.Name, exception.Message);
        }
        catch (Exception exception) when (exception is not OperationCanceledException)
        {
            LogFailed(exception, step.Method.Name);
        }
    }

    // Others that need the database say that it is away.
    [LoggerMessage(LogLevel.Debug, "{Step} waits for the database: {Reason}")]
    private partial void LogOutage(string step, string reason);

    [LoggerMessage(LogLevel.Error, "{Step} failed.")]
    private partial void LogFailed(Exception exception, string step);
}
