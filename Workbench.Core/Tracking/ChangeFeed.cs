using System.Threading.Channels;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace Workbench.Core.Tracking;

/// <summary>
/// Tells this process what any process has committed: one connection listens (PostgreSQL <c>LISTEN</c>), and every subscriber gets the
/// changes that concern it, gathered, at most once in its interval.
/// </summary>
public sealed partial class ChangeFeed(Database database, TimeProvider clock, ILogger<ChangeFeed> logger) : BackgroundService
{
    /// <summary>How often a subscriber hears at most, unless it says otherwise: twice a second.</summary>
    public static readonly TimeSpan DefaultInterval = TimeSpan.FromMilliseconds(500);

    private static readonly TimeSpan ReconnectDelay = TimeSpan.FromSeconds(1);
    // A silent peer (a pulled cable) must be noticed: the server is asked for a sign of life this often.
    private static readonly TimeSpan KeepAlive = TimeSpan.FromSeconds(10);

    private readonly TimeProvider _clock = clock;
    private bool _isLost;
    private readonly Lock _gate = new();
    private readonly HashSet<Subscription> _subscriptions = [];
    private readonly TaskCompletionSource _listening = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Done once the feed listens for the first time: no change after that is missed.</summary>
    public Task Listening => _listening.Task;

    /// <summary>How many subscriptions are held now.</summary>
    public int SubscriptionCount
    {
        get
        {
            lock (_gate)
            {
                return _subscriptions.Count;
            }
        }
    }

    /// <summary>Calls <paramref name="handler"/> with the changes that <paramref name="filter"/> lets through, until disposed.</summary>
    /// <param name="filter">Which changes concern the subscriber. <see cref="ChangeKind.Everything"/> always does.</param>
    /// <param name="handler">Gets what has changed since its last call, each change once. Never called twice at the same time. What it
    /// throws is logged, and the subscription goes on.</param>
    /// <param name="interval">The least time between two calls; the first change after a pause is handed on at once.</param>
    public IDisposable Subscribe(Func<Change, bool> filter, Func<IReadOnlyCollection<Change>, Task> handler, TimeSpan? interval = null)
    {
        var subscription = new Subscription(this, filter, handler, interval ?? DefaultInterval);
        lock (_gate)
        {
            _subscriptions.Add(subscription);
        }
        // Not on the caller's synchronization context: a Blazor circuit has one.
        var ended = subscription.Ended;
        _ = Task.Run(() => subscription.PumpAsync(ended), CancellationToken.None);
        return subscription;
    }

    /// <summary>Reads something now, and again after the changes that may concern it, until it is as wanted.</summary>
    /// <param name="filter">Which changes may concern it.</param>
    /// <param name="read">Reads it. What it throws ends the wait; only a database that is away is asked again.</param>
    /// <param name="reached">Whether it is as wanted.</param>
    /// <param name="interval">The least time between two looks.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>What was read last: it is as wanted.</returns>
    public async Task<T> UntilAsync<T>(
        Func<Change, bool> filter,
        Func<Task<T>> read,
        Func<T, bool> reached,
        TimeSpan? interval = null,
        CancellationToken cancellationToken = default)
    {
        // Holds one: changes that come during a look lead to one more, however many they are.
        var changed = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
        using var subscription = Subscribe(filter, _ => changed.Writer.WriteAsync(true).AsTask(), interval);
        while (true)
        {
            try
            {
                var now = await read();
                if (reached(now))
                {
                    return now;
                }
                await changed.Reader.ReadAsync(cancellationToken);
            }
            catch (Exception exception) when (DatabaseOutage.Caused(exception))
            {
                await Task.Delay(ReconnectDelay, _clock, cancellationToken);
            }
        }
    }

    /// <summary>Ends all subscriptions: what their handlers need goes away with the process.</summary>
    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        List<Subscription> left;
        lock (_gate)
        {
            left = [.. _subscriptions];
        }
        left.ForEach(subscription => subscription.Dispose());
    }

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var first = true;
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await ListenAsync(!first, stoppingToken);
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }
            catch (Exception exception) when (DatabaseOutage.Explain(exception) is { } outage)
            {
                // Once, not with each attempt.
                if (!_isLost)
                {
                    LogLost(outage);
                }
                _isLost = true;
            }
            first = false;
            await Task.Delay(ReconnectDelay, _clock, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task ListenAsync(bool again, CancellationToken stoppingToken)
    {
        await using var connection = await database.OpenDirectAsync(stoppingToken);
        connection.Notification += (_, notification) => Publish(Change.Parse(notification.Payload));
        await using (var listen = new NpgsqlCommand($"LISTEN {Change.Channel}", connection))
        {
            await listen.ExecuteNonQueryAsync(stoppingToken);
        }
        _isLost = false;
        _listening.TrySetResult();
        if (again)
        {
            Publish(default);
        }
        while (true)
        {
            if (!await connection.WaitAsync(KeepAlive, stoppingToken))
            {
                await using var ping = new NpgsqlCommand("SELECT 1", connection);
                await ping.ExecuteNonQueryAsync(stoppingToken);
            }
        }
    }

    private void Publish(Change change)
    {
        lock (_gate)
        {
            foreach (var subscription in _subscriptions)
            {
                subscription.Offer(change);
            }
        }
    }

    [LoggerMessage(LogLevel.Warning, "The change feed lost its connection and tries again: {Reason}")]
    private partial void LogLost(string reason);

    [LoggerMessage(LogLevel.Error, "A subscriber of the change feed failed.")]
    private partial void LogSubscriberFailed(Exception exception);

    [LoggerMessage(LogLevel.Debug, "A subscriber of the change feed waits for the database: {Reason}")]
    private partial void LogSubscriberWaits(string reason);

    private sealed class Subscription(
        ChangeFeed feed, Func<Change, bool> filter, Func<IReadOnlyCollection<Change>, Task> handler, TimeSpan interval) : IDisposable
    {
        private readonly Channel<Change> _changes =
            Channel.CreateUnbounded<Change>(new UnboundedChannelOptions { SingleReader = true });
        private readonly CancellationTokenSource _ended = new();

        public void Offer(Change change)
        {
            if (change.Kind == ChangeKind.Everything || filter(change))
            {
                _changes.Writer.TryWrite(change);
            }
        }

        public CancellationToken Ended => _ended.Token;

        public async Task PumpAsync(CancellationToken ended)
        {
            var gathered = new HashSet<Change>();
            while (await _changes.Reader.WaitToReadAsync(CancellationToken.None))
            {
                while (_changes.Reader.TryRead(out var change))
                {
                    gathered.Add(change);
                }
                try
                {
                    await handler([.. gathered]);
                }
                catch (Exception exception) when (DatabaseOutage.Caused(exception))
                {
                    // When the feed is back it tells that everything may have changed.
                    feed.LogSubscriberWaits(exception.Message);
                }
                catch (Exception exception)
                {
                    if (!ended.IsCancellationRequested)
                    {
                        feed.LogSubscriberFailed(exception);
                    }
                }
                gathered.Clear();
                await Task.Delay(interval, feed._clock, ended).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }

        public void Dispose()
        {
            lock (feed._gate)
            {
                if (!feed._subscriptions.Remove(this))
                {
                    return;
                }
            }
            _changes.Writer.TryComplete();
            _ended.Cancel();
            _ended.Dispose();
        }
    }
}
