using Hangfire;
using Workbench.Components.Parts;
using Workbench.Core.Artifacts;
using Workbench.Core.Platform;
using Workbench.Core.Serving;
using Workbench.Core.Studies;
using Workbench.Core.Tracking;

namespace Workbench.Components.Layout;

/// <summary>What the status bar shows. Null is: not known yet.</summary>
/// <param name="DatabaseReachable">Whether PostgreSQL answers.</param>
/// <param name="StoreFault">Why the artifact store can't be used; empty when it can.</param>
/// <param name="Workers">How many trials all processes together can run at the same time.</param>
/// <param name="CommandWorkers">How many of these run commands, too.</param>
/// <param name="RunningTrials">How many trials run now.</param>
/// <param name="Production">The model that answers predictions.</param>
/// <param name="Memory">Of this process, in bytes.</param>
/// <param name="Cpu">Of this process, as a share of all cores.</param>
internal sealed record Status(
    bool? DatabaseReachable = null,
    string? StoreFault = null,
    int? Workers = null,
    int? CommandWorkers = null,
    int? RunningTrials = null,
    (string Model, int Version)? Production = null,
    long Memory = 0,
    double Cpu = 0);

/// <summary>
/// Keeps one status for all circuits: ten open tabs ask the machine, the database and the store no more often than one,
/// and nothing is asked while no tab is open.
/// </summary>
internal sealed partial class StatusFeed : BackgroundService
{
    // What goes up and down while trials run is shown together and at most so often: each change is a frame to draw for every open page.
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(3);
    // Every third look at it is one at database, store and workers, too.
    private const int HealthEvery = 3;

    private readonly StudyQueries _studies;
    private readonly Predictor _predictor;
    private readonly Database _database;
    private readonly IArtifactStore _artifacts;
    private readonly JobStorage _jobs;
    private readonly TimeProvider _clock;
    private readonly ILogger<StatusFeed> _logger;
    private readonly CpuMeter _cpu = new();
    private readonly IDisposable _changes;
    private volatile bool _trialsChanged;

    public StatusFeed(
        ChangeFeed feed, StudyQueries studies, Predictor predictor, Database database, IArtifactStore artifacts, JobStorage jobs,
        TimeProvider clock, ILogger<StatusFeed> logger)
    {
        (_studies, _predictor, _database, _artifacts, _jobs, _clock, _logger) = (studies, predictor, database, artifacts, jobs, clock, logger);
        _changes = feed.Subscribe(
            change => change.Kind is ChangeKind.Run or ChangeKind.Study or ChangeKind.Model,
            async changes =>
            {
                _trialsChanged = true;
                if (Changed is not null && changes.Any(change => change.Kind is ChangeKind.Model or ChangeKind.Everything))
                {
                    await ReadModelAsync();
                }
            },
            LiveComponent.Interval);
    }

    /// <summary>Raised, on any thread, after <see cref="Now"/> has changed.</summary>
    public event Action? Changed;

    /// <summary>The latest status; as old as the last circuit that watched it.</summary>
    public Status Now { get; private set; } = new();

    /// <summary>Reads everything now; for a circuit that has just begun to watch.</summary>
    public async Task RefreshAsync()
    {
        _trialsChanged = true;
        await ReadUseAsync();
        await ReadHealthAsync();
        await ReadModelAsync();
    }

    public override void Dispose()
    {
        _changes.Dispose();
        base.Dispose();
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Interval, _clock);
        for (var tick = 1; await timer.WaitForNextTickAsync(stoppingToken); tick++)
        {
            if (Changed is not null)
            {
                await ReadUseAsync();
                if (tick % HealthEvery == 0)
                {
                    await ReadHealthAsync();
                }
            }
        }
    }

    private async Task ReadHealthAsync()
    {
        var reachable = await _database.IsReachableAsync();
        var fault = "";
        try
        {
            await _artifacts.CheckAsync();
        }
        catch (ArtifactStoreException exception)
        {
            fault = exception.Message;
        }
        var (workers, commandWorkers) = (Now.Workers, Now.CommandWorkers);
        if (reachable)
        {
            try
            {
                var servers = _jobs.GetMonitoringApi().Servers();
                (workers, commandWorkers) = (Workers(TrialQueue.Name), Workers(TrialQueue.Commands));

                int Workers(string queue) => servers.Where(server => server.Queues.Contains(queue)).Sum(server => server.WorkersCount);
            }
            catch (Exception exception)
            {
                LogUnread(exception);
            }
        }
        Update(Now with { DatabaseReachable = reachable, StoreFault = fault, Workers = workers, CommandWorkers = commandWorkers });
    }

    private async Task ReadUseAsync()
    {
        var running = Now.RunningTrials;
        if (_trialsChanged)
        {
            _trialsChanged = false;
            try
            {
                running = await _studies.RunningTrialsAsync();
            }
            catch (Exception exception)
            {
                // The database is away for a moment: asked again the next time.
                _trialsChanged = true;
                LogUnread(exception);
            }
        }
        Update(Now with { RunningTrials = running, Memory = Machine.ProcessMemory, Cpu = _cpu.Read() });
    }

    private async Task ReadModelAsync()
    {
        try
        {
            var production = await _predictor.DefaultAsync();
            Update(Now with { Production = production });
        }
        catch (Exception exception)
        {
            // The database is away for a moment: its health tells, and when it is back everything has changed.
            LogUnread(exception);
        }
    }

    private void Update(Status status)
    {
        if (Now != status)
        {
            Now = status;
            Changed?.Invoke();
        }
    }

    [LoggerMessage(LogLevel.Debug, "The status could not be read.")]
    private partial void LogUnread(Exception exception);
}
