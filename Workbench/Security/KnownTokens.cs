using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using Workbench.Core.Access;
using Workbench.Core.Tracking;

namespace Workbench.Security;

/// <summary>Judges tokens and sign-ins. It holds all tokens in memory, as hashes, and the change feed keeps it current: what another process
/// revokes is refused here as soon as the database has told.</summary>
internal sealed partial class KnownTokens : IDisposable
{
    private static readonly TimeSpan UseInterval = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan RetryDelay = TimeSpan.FromSeconds(1);

    private readonly FirstToken _first;
    private readonly FailedAttempts _attempts;
    private readonly TokenStore _store;
    private readonly TimeProvider _clock;
    private readonly ILogger<KnownTokens> _logger;
    private readonly IDisposable _changes;
    private readonly SemaphoreSlim _reading = new(1);
    private readonly ConcurrentDictionary<Watch, Grant> _watches = [];
    private volatile Tokens? _known;

    public KnownTokens(
        FirstToken first, FailedAttempts attempts, TokenStore store, ChangeFeed feed, TimeProvider clock, ILogger<KnownTokens> logger)
    {
        (_first, _attempts, _store, _clock, _logger) = (first, attempts, store, clock, logger);
        _changes = feed.Subscribe(change => change.Kind == ChangeKind.Token, _ => FollowAsync(), TimeSpan.Zero);
    }

    /// <summary>What a token grants; null for a wrong one.</summary>
    /// <param name="secret">The token.</param>
    /// <param name="from">Where it comes from: wrong ones are counted by address.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="TooManyAttemptsException">Too many wrong ones came from there.</exception>
    public async ValueTask<Grant?> JudgeAsync(string secret, IPAddress? from, CancellationToken cancellationToken)
    {
        // One that was issued can't be guessed, so that those who have it are let in although others at the same address try theirs;
        // a person may have chosen a first token that can be.
        if (!TokenSecret.IsCreated(secret) && _attempts.Wait(from) is { } wait)
        {
            throw new TooManyAttemptsException(wait);
        }
        var hash = TokenSecret.Hash(secret);
        if (_first.Is(hash))
        {
            return _first.Grant;
        }
        if (await FindAsync(Convert.ToHexString(hash), secret, from, cancellationToken) is { } token && IsGood(token))
        {
            await UsedAsync(token);
            return new Grant(token.Name, token.Scope, Key(token), ExpiresAt: token.ExpiresAt);
        }
        return _attempts.Add(from) is { } longer ? throw new TooManyAttemptsException(longer) : null;
    }

    /// <summary>Whether what was granted once still holds: its token is there, and its sign-in was not ended.</summary>
    public async ValueTask<bool> StillHoldsAsync(Grant grant, CancellationToken cancellationToken) =>
        StillHolds(grant, await KnownAsync(cancellationToken));

    /// <summary>Calls back, once, when a grant ends to hold.</summary>
    /// <param name="grant">The grant.</param>
    /// <param name="ended">What to do then.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>Ends the watch.</returns>
    public async ValueTask<IDisposable> WatchAsync(Grant grant, Action ended, CancellationToken cancellationToken)
    {
        var watch = new Watch(this, ended);
        _watches[watch] = grant;
        if (grant.ExpiresAt - _clock.GetUtcNow() is { } left && left < TimeSpan.FromDays(30))
        {
            watch.EndAfter(left > TimeSpan.Zero ? left : TimeSpan.Zero, _clock);
        }
        // It may have ended between the judgement and now.
        if (!await StillHoldsAsync(grant, cancellationToken))
        {
            watch.End();
        }
        return watch;
    }

    /// <summary>Ends a sign-in, in this process before it returns.</summary>
    /// <param name="session">Its key.</param>
    /// <param name="until">When its cookie expires at the latest.</param>
    public async Task EndSessionAsync(string session, DateTimeOffset until)
    {
        await _store.EndSessionAsync(session, until);
        await ReadAsync(CancellationToken.None);
    }

    public void Dispose()
    {
        _changes.Dispose();
        _reading.Dispose();
    }

    // One that was issued a moment ago, maybe by another process, may come before the change feed's word of it.
    private async ValueTask<AccessToken?> FindAsync(string hash, string secret, IPAddress? from, CancellationToken cancellationToken) =>
        (await KnownAsync(cancellationToken)).ByHash.GetValueOrDefault(hash)
        ?? (TokenSecret.IsCreated(secret) && _attempts.Wait(from) is null ? (await ReadAsync(cancellationToken)).ByHash.GetValueOrDefault(hash) : null);

    private bool StillHolds(Grant grant, Tokens known) =>
        (grant.Token is null || grant.Token == _first.Grant.Token || (known.ByKey.GetValueOrDefault(grant.Token) is { } token && IsGood(token)))
        && (grant.Session is null || !known.EndedSessions.Contains(grant.Session));

    private bool IsGood(AccessToken token) => token.ExpiresAt is null || token.ExpiresAt > _clock.GetUtcNow();

    private static string Key(AccessToken token) => token.Id.ToString(CultureInfo.InvariantCulture);

    private async ValueTask<Tokens> KnownAsync(CancellationToken cancellationToken) => _known ?? await ReadAsync(cancellationToken);

    private async Task<Tokens> ReadAsync(CancellationToken cancellationToken)
    {
        // One at a time: what is read later is kept later.
        await _reading.WaitAsync(cancellationToken);
        try
        {
            var tokens = await _store.ListAsync(cancellationToken);
            var known = new Tokens(
                tokens.ToDictionary(token => Convert.ToHexString(token.Hash)),
                tokens.ToDictionary(Key),
                (await _store.EndedSessionsAsync(cancellationToken)).ToHashSet());
            _known = known;
            foreach (var (watch, grant) in _watches)
            {
                if (!StillHolds(grant, known))
                {
                    watch.End();
                }
            }
            return known;
        }
        finally
        {
            _reading.Release();
        }
    }

    // A revocation must not be missed because the database was away in that moment.
    private async Task FollowAsync()
    {
        while (true)
        {
            try
            {
                await ReadAsync(CancellationToken.None);
                return;
            }
            catch (Exception exception) when (DatabaseOutage.Explain(exception) is not null)
            {
                LogUnread(exception);
                await Task.Delay(RetryDelay, _clock);
            }
        }
    }

    private async Task UsedAsync(AccessToken token)
    {
        var now = _clock.GetUtcNow();
        if (now - token.LastUsedAt < UseInterval)
        {
            return;
        }
        token.LastUsedAt = now;
        try
        {
            await _store.UsedAsync(token.Id);
        }
        catch (Exception exception) when (DatabaseOutage.Explain(exception) is not null)
        {
            // The request that it was used for tells.
            LogUnread(exception);
        }
    }

    [LoggerMessage(LogLevel.Debug, "The tokens could not be read or written.")]
    private partial void LogUnread(Exception exception);

    private sealed record Tokens(
        Dictionary<string, AccessToken> ByHash, Dictionary<string, AccessToken> ByKey, HashSet<string> EndedSessions);

    private sealed class Watch(KnownTokens tokens, Action ended) : IDisposable
    {
        private ITimer? _timer;

        public void EndAfter(TimeSpan time, TimeProvider clock) => _timer = clock.CreateTimer(_ => End(), null, time, Timeout.InfiniteTimeSpan);

        public void End()
        {
            if (tokens._watches.TryRemove(this, out _))
            {
                ended();
            }
        }

        public void Dispose()
        {
            tokens._watches.TryRemove(this, out _);
            _timer?.Dispose();
        }
    }
}
