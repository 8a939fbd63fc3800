using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using System.Threading.Channels;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Npgsql;
using Workbench.Core.Tracking;
using Workbench.Core.Tracking.Mirrors;

namespace Workbench.Core.Mirroring;

/// <summary>
/// Sends studies, trials and builds to the tracking server that is set, in one of the processes on the database at a time. What changes is
/// told by the change feed; what a process that died, or a server that was away, has missed is found by comparing.
/// </summary>
internal sealed partial class StudyMirror(
    IOptions<MirrorOptions> options, Database database, MirrorStore store, ServerClient server, ExperimentSender experiments, Pass pass, ChangeFeed feed,
    IHostApplicationLifetime lifetime, TimeProvider clock, ILogger<StudyMirror> logger)
    : BackgroundService
{
    // How often changes lead to a pass at most.
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    // All is compared so often, should something have been overlooked.
    private static readonly TimeSpan Thorough = TimeSpan.FromMinutes(10);

    // Another process that has ended is replaced within this time.
    private static readonly TimeSpan TurnPause = TimeSpan.FromSeconds(5);

    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan LongestWished = TimeSpan.FromHours(1);
    private static readonly TimeSpan LogPause = TimeSpan.FromSeconds(30);

    // Holds one: changes that come during a pass lead to one more, however many they are.
    private readonly Channel<bool> _woken = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
    private readonly Lock _gate = new();
    private Changed _changed = new();
    private NpgsqlConnection? _turn;
    private long _mirror;
    private int _failures;
    private DateTimeOffset _told;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (options.Value.Unusable is { } unusable)
        {
            LogUnusable(unusable);
        }
        if (options.Value.Server is null)
        {
            return;
        }
        try
        {
            // The server that is asked may be this process, which listens by then.
            await StartedAsync(stoppingToken);
            using var subscription = feed.Subscribe(Changed.Concerns, AddAsync, Interval);
            while (await StepAsync(stoppingToken))
            {
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The rest is sent by another process, or after the next start.
        }
        finally
        {
            await EndTurnAsync();
        }
    }

    /// <returns>False when there is nothing to be sent, ever.</returns>
    private async Task<bool> StepAsync(CancellationToken stoppingToken)
    {
        var taken = Take();
        try
        {
            if (!await HasTurnAsync(taken, stoppingToken))
            {
                await Task.Delay(TurnPause, clock, stoppingToken);
                return true;
            }
            await pass.RunAsync(_mirror, taken, stoppingToken);
            await RecoverAsync(stoppingToken);
            await WokenAsync(stoppingToken);
            return true;
        }
        catch (ItselfException)
        {
            LogItself(server.Server);
            await store.SetStateAsync(_mirror, null, isItself: true, stoppingToken);
            return false;
        }
        catch (Exception exception) when (!stoppingToken.IsCancellationRequested)
        {
            Add(taken);
            await SufferAsync(exception, stoppingToken);
            return true;
        }
    }

    // Held by a connection of its own: it ends with the process, however that ends.
    private async Task<bool> HasTurnAsync(Changed taken, CancellationToken stoppingToken)
    {
        if (_turn is not null)
        {
            await using var alive = new NpgsqlCommand("SELECT 1", _turn);
            await alive.ExecuteNonQueryAsync(stoppingToken);
            return true;
        }
        var address = server.Server.AbsoluteUri;
        server.Origin ??= await store.OwnAsync(stoppingToken);
        _turn = await database.TryLockAsync(BinaryPrimitives.ReadInt64LittleEndian(SHA256.HashData(Encoding.UTF8.GetBytes(address))), stoppingToken);
        if (_turn is null)
        {
            return false;
        }
        // What another process has left is not known.
        taken.Add(Changed.All);
        experiments.ForgetSeen();
        try
        {
            _mirror = await store.OpenAsync(address, stoppingToken);
            return true;
        }
        catch
        {
            await EndTurnAsync();
            throw;
        }
    }

    private async Task EndTurnAsync()
    {
        if (_turn is { } turn)
        {
            _turn = null;
            await turn.DisposeAsync();
        }
    }

    private async Task RecoverAsync(CancellationToken stoppingToken)
    {
        if (_failures > 0)
        {
            LogBack(server.Server);
        }
        _failures = 0;
        await store.SetStateAsync(_mirror, null, isItself: false, stoppingToken);
    }

    private async Task SufferAsync(Exception exception, CancellationToken stoppingToken)
    {
        if (DatabaseOutage.Caused(exception))
        {
            // Others that need the database say that it is away.
            LogWaits(exception.Message);
            await EndTurnAsync();
        }
        else
        {
            // Another may answer at this address from now on.
            experiments.ForgetSeen();
            Tell(exception);
            await NoteAsync(exception is AwayException ? exception.Message : $"Its answer can't be used: {exception.Message}", stoppingToken);
        }
        var pause = Pause(_failures++);
        await Task.Delay(Wished(exception) is { } wished && wished > pause ? wished : pause, clock, stoppingToken);
    }

    private async Task NoteAsync(string trouble, CancellationToken stoppingToken)
    {
        try
        {
            await store.SetStateAsync(_mirror, trouble, isItself: false, stoppingToken);
        }
        catch (Exception exception) when (DatabaseOutage.Caused(exception))
        {
            LogWaits(exception.Message);
        }
    }

    // As long as the server asks for, within reason.
    private TimeSpan? Wished(Exception exception) =>
        exception is not AwayException { RetryAfter: { } after } ? null
        : (after.Delta ?? (after.Date - clock.GetUtcNow())) is { } wished && wished < LongestWished ? wished
        : LongestWished;

    // A quarter of a second, then twice as long each time.
    private static TimeSpan Pause(int failures) => TimeSpan.FromSeconds(Math.Min(LongestPause.TotalSeconds, Math.Pow(2, failures - 2)));

    // Once in half a minute, whatever it is.
    private void Tell(Exception exception)
    {
        var now = clock.GetUtcNow();
        if (now < _told + LogPause)
        {
            return;
        }
        _told = now;
        if (exception is AwayException)
        {
            LogAway(server.Server, exception.Message);
        }
        else
        {
            LogFailed(exception, server.Server);
        }
    }

    private async Task StartedAsync(CancellationToken stoppingToken)
    {
        var started = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var registration = lifetime.ApplicationStarted.Register(started.SetResult);
        await started.Task.WaitAsync(stoppingToken);
    }

    private async Task WokenAsync(CancellationToken stoppingToken)
    {
        using var timer = new CancellationTokenSource(Thorough, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timer.Token, stoppingToken);
        try
        {
            await _woken.Reader.ReadAsync(either.Token);
        }
        catch (OperationCanceledException) when (!stoppingToken.IsCancellationRequested)
        {
            Add(Changed.All);
        }
    }

    private Task AddAsync(IReadOnlyCollection<Change> changes)
    {
        var added = new Changed();
        foreach (var change in changes)
        {
            added.Add(change);
        }
        Add(added);
        return Task.CompletedTask;
    }

    private void Add(Changed changed)
    {
        lock (_gate)
        {
            _changed.Add(changed);
        }
        _woken.Writer.TryWrite(true);
    }

    private Changed Take()
    {
        lock (_gate)
        {
            var taken = _changed;
            _changed = new Changed();
            return taken;
        }
    }

    [LoggerMessage(LogLevel.Warning, "MLFLOW_TRACKING_URI is '{Address}': studies are mirrored only to servers at http:// or https://. Workbench:Mirror:Uri=off says that none is meant.")]
    private partial void LogUnusable(string address);

    [LoggerMessage(LogLevel.Warning, "The tracking server {Server} is this very workbench: nothing is mirrored.")]
    private partial void LogItself(Uri server);

    [LoggerMessage(LogLevel.Warning, "Studies can't be mirrored to {Server} just now. {Reason} What it misses is sent later.")]
    private partial void LogAway(Uri server, string reason);

    [LoggerMessage(LogLevel.Information, "The tracking server {Server} has everything.")]
    private partial void LogBack(Uri server);

    [LoggerMessage(LogLevel.Error, "Studies can't be mirrored to {Server} just now: its answer can't be used.")]
    private partial void LogFailed(Exception exception, Uri server);

    [LoggerMessage(LogLevel.Debug, "The mirror waits for the database: {Reason}")]
    private partial void LogWaits(string reason);
}
