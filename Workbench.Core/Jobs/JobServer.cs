using Hangfire;
using Hangfire.Common;
using Hangfire.Server;
using Hangfire.States;
using Microsoft.Extensions.Hosting;
using Workbench.Core.Platform;
using Workbench.Core.Registry;
using Workbench.Core.Studies;
using Workbench.Core.Tracking;

namespace Workbench.Core.Jobs;

/// <summary>
/// Runs the queued jobs in this process. Hangfire's own hosted server would do but for one thing that can't be set there: after an outage of
/// the database its threads wait for up to five minutes before they look again.
/// </summary>
internal sealed class JobServer(
    JobStorage storage,
    AnnouncedQueue queue,
    ChangeFeed changes,
    JobActivator activator,
    IJobFilterProvider filters,
    IHostApplicationLifetime lifetime,
    int workers,
    bool runsCommands,
    TimeSpan takeOverAfter)
    : IHostedService, IDisposable
{
    private static readonly TimeSpan MostDelay = TimeSpan.FromSeconds(5);

    // Jobs that come one right after the other wake the workers once.
    private static readonly TimeSpan WakeInterval = TimeSpan.FromMilliseconds(50);

    private BackgroundProcessingServer? _server;
    private IDisposable? _announcements;

    /// <inheritdoc/>
    public Task StartAsync(CancellationToken cancellationToken)
    {
        // Not before all else has started: a job may need it.
        lifetime.ApplicationStarted.Register(Start);
        lifetime.ApplicationStopping.Register(() => _server?.SendStop());
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public Task StopAsync(CancellationToken cancellationToken)
    {
        _server?.SendStop();
        return _server?.WaitForShutdownAsync(cancellationToken) ?? Task.CompletedTask;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _announcements?.Dispose();
        _server?.Dispose();
    }

    private void Start()
    {
        _announcements = changes.Subscribe(change => change.Kind == ChangeKind.Job, _ => Wake(), WakeInterval);
        var (performer, states) = (new BackgroundJobPerformer(filters, activator), new BackgroundJobStateChanger(filters));
        _server = new BackgroundProcessingServer(
            storage,
            [
                new Worker([TrialQueue.Name], performer, states).UseBackgroundPool(workers),
                // Builds have a worker of their own: a promotion need not wait for a long trial.
                new Worker([ModelRegistry.Queue], performer, states).UseBackgroundPool(1),
                // Commands are no load of this process. One of them must not keep the trials of others waiting.
                .. runsCommands ? [new Worker([TrialQueue.Commands], performer, states).UseBackgroundPool(workers)] : Array.Empty<IBackgroundProcessDispatcherBuilder>(),
                new DelayedJobScheduler(TimeSpan.FromSeconds(1), states).UseBackgroundPool(1),
            ],
            new Dictionary<string, object>
            {
                // As pages read it: the workers that trials have.
                ["Queues"] = runsCommands ? [TrialQueue.Name, TrialQueue.Commands, ModelRegistry.Queue] : new[] { TrialQueue.Name, ModelRegistry.Queue },
                ["WorkerCount"] = workers,
            },
            new BackgroundProcessingServerOptions
            {
                ServerName = Machine.WorkerName,
                HeartbeatInterval = takeOverAfter / 5,
                ServerTimeout = takeOverAfter,
                ServerCheckInterval = takeOverAfter,
                RestartDelay = MostDelay,
                RetryDelay = attempt => attempt < MostDelay.TotalSeconds ? TimeSpan.FromSeconds(attempt) : MostDelay,
            });
    }

    private Task Wake()
    {
        // All of them, and the one for builds.
        queue.Wake((runsCommands ? 2 * workers : workers) + 1);
        return Task.CompletedTask;
    }
}
