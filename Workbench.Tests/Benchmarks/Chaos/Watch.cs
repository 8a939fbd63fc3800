using System.Security.Cryptography;
using Npgsql;

namespace Workbench.Benchmarks.Chaos;

/// <summary>Looks at the database from outside, all the while: does anything stand still, is anything lost or doubled?</summary>
internal sealed class Watch(Site site, ChaosReport report)
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan StandstillLimit = TimeSpan.FromSeconds(60);

    // What was told once is told again only when it has moved in between.
    private readonly HashSet<string> _told = [];
    private readonly HashSet<string> _wrong = [];
    private DateTime _excusedUntil = DateTime.UtcNow;
    private DateTime _storeExcusedUntil = DateTime.UtcNow;
    private volatile bool _isIdle;

    private const string StudiesSql =
        """
        SELECT e.name, s.state, s.trials_requested, s.trials_claimed, s.trials_finished,
            count(r.id), count(DISTINCT r.number), count(r.id) FILTER (WHERE r.state IN ('complete', 'pruned', 'failed')),
            count(r.id) FILTER (WHERE r.state = 'failed'), min(r.error),
            extract(epoch FROM clock_timestamp() - greatest(s.running_since, e.created_at, max(r.started_at), max(r.heartbeat_at), max(r.finished_at)))::float8
        FROM studies s JOIN experiments e ON e.id = s.id LEFT JOIN runs r ON r.study_id = s.id AND r.kind = 'trial' GROUP BY s.id, e.id ORDER BY s.id
        """;

    private const string VersionsSql =
        """
        SELECT m.name, v.version, v.state, r.error, extract(epoch FROM clock_timestamp() - greatest(v.created_at, r.started_at, r.heartbeat_at))::float8
        FROM versions v JOIN models m ON m.id = v.model_id LEFT JOIN runs r ON r.id = v.run_id ORDER BY m.id, v.version
        """;

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        while (!cancellationToken.IsCancellationRequested)
        {
            await LookAsync();
            await Task.Delay(Interval, CancellationToken.None);
        }
    }

    /// <summary>Waits until all that was asked for is done; what stands still is told meanwhile.</summary>
    public async Task DrainAsync(TimeSpan limit)
    {
        _isIdle = false;
        for (var end = DateTime.UtcNow + limit; !_isIdle && DateTime.UtcNow < end;)
        {
            await Task.Delay(Interval);
        }
        if (!_isIdle)
        {
            report.Violation($"not everything was done {limit.TotalMinutes} min after the last kill");
        }
    }

    public async Task CheckEndAsync(Load load)
    {
        await using var connection = await site.ConnectAsync();
        var studies = await ReadAsync(connection, StudiesSql, row => (Name: row.GetString(0), State: row.GetString(1), Runs: row.GetInt64(5), Finished: row.GetInt64(7)));
        foreach (var (name, trials) in load.Launched)
        {
            var (_, state, runs, finished) = studies.SingleOrDefault(study => study.Name == name);
            Require((state, runs, finished) == ("completed", trials, trials), $"{name} was to have {trials} trials; it is {state ?? "lost"} with {runs}, of which {finished} finished");
        }
        var gaps = await ReadAsync(
            connection,
            "SELECT e.name FROM experiments e JOIN runs r ON r.study_id = e.id AND r.kind = 'trial' GROUP BY e.id HAVING min(r.number) <> 0 OR max(r.number) <> count(*) - 1",
            row => row.GetString(0));
        Require(gaps.Count == 0, $"numbers are missing in {string.Join(", ", gaps)}");
        var curves = await ReadAsync(
            connection,
            """
            SELECT s.name || ' trial ' || r.number FROM runs r JOIN experiments s ON s.id = r.study_id LEFT JOIN metrics m ON m.run_id = r.id
            WHERE r.kind = 'trial' AND r.state = 'complete' GROUP BY s.name, r.id HAVING count(m.step) FILTER (WHERE m.key = 'val_accuracy') <> 2 OR max(m.step) <> 2
            """,
            row => row.GetString(0));
        Require(curves.Count == 0, $"metrics are missing or too many in {string.Join(", ", curves)}");
        await CheckVersionsAsync(connection, load);
    }

    private async Task CheckVersionsAsync(NpgsqlConnection connection, Load load)
    {
        var versions = (await ReadAsync(
                connection,
                "SELECT m.name, v.version, v.state, v.sha256 FROM versions v JOIN models m ON m.id = v.model_id",
                row => (Model: row.GetString(0), Version: row.GetInt32(1), State: row.GetString(2), Sha256: row.IsDBNull(3) ? null : row.GetString(3))))
            .ToDictionary(version => (version.Model, version.Version));
        var acknowledged = load.Promoted.ToHashSet();
        Require(acknowledged.Count == load.Promoted.Count, "a version was acknowledged twice");
        Require(versions.Keys.ToHashSet().SetEquals(acknowledged), $"versions are {versions.Count}, acknowledged were {acknowledged.Count}; "
            + $"lost {string.Join(", ", acknowledged.Except(versions.Keys))}; too many {string.Join(", ", versions.Keys.Except(acknowledged))}");
        foreach (var answered in load.Answered)
        {
            Require(versions.TryGetValue(answered, out var version) && version.State == "ready", $"{answered} answered and is not ready");
        }
        foreach (var version in versions.Values)
        {
            var file = version.State == "ready" ? await load.DownloadAsync(version.Model, version.Version) : null;
            Require(
                file is not null && Convert.ToHexStringLower(SHA256.HashData(file)) == version.Sha256,
                $"{version.Model} version {version.Version} is {version.State}, and its file {(file is null ? "cannot be had" : "is damaged")}");
        }
        var unnamed = await ReadAsync(
            connection, "SELECT m.name FROM models m WHERE NOT EXISTS (SELECT FROM aliases a WHERE a.model_id = m.id AND a.alias = 'production')", row => row.GetString(0));
        Require(unnamed.Count == 0, $"nothing is in production of {string.Join(", ", unnamed)}");
    }

    private async Task LookAsync()
    {
        var now = DateTime.UtcNow;
        if (!site.All.Any(victim => victim.Lives))
        {
            _excusedUntil = now;
        }
        if (!site.Store.IsUp)
        {
            _storeExcusedUntil = now;
        }
        try
        {
            await using var connection = await site.ConnectAsync();
            var isIdle = true;
            foreach (var row in await ReadAsync(connection, StudiesSql, StudyRow.Read))
            {
                Once(row.Runs <= row.Requested && row.Claimed <= row.Requested && row.Numbers == row.Runs, $"{row.Name} has {row.Runs} trials with {row.Numbers} numbers, {row.Claimed} claimed, of {row.Requested}");
                Once(row.Finished == row.Counted, $"{row.Name} counts {row.Counted} finished trials, and has {row.Finished}");
                Once(row.Failed == 0, $"{row.Name}: {row.Failed} trials failed: {row.Error}");
                isIdle &= row.State != "running";
                Stands(row.State == "running", row.Name, row.Quiet, now, _excusedUntil);
            }
            foreach (var (name, state, error, quiet) in await ReadAsync(
                connection, VersionsSql, row => ($"{row.GetString(0)} version {row.GetInt32(1)}", row.GetString(2), row.IsDBNull(3) ? null : row.GetString(3), row.GetDouble(4))))
            {
                Once(state != "failed", $"the build of {name} failed: {error}");
                isIdle &= state != "pending";
                Stands(state == "pending", $"the build of {name}", quiet, now, _excusedUntil > _storeExcusedUntil ? _excusedUntil : _storeExcusedUntil);
            }
            _isIdle = isIdle;
        }
        catch (Exception exception) when (exception is NpgsqlException or IOException or InvalidOperationException)
        {
            report.Write($"database: {exception.Message}");
            _isIdle = false;
            DatabaseIsAway(now);
        }
    }

    private DateTime? _awaySince;

    // Someone else's database is brought back by the driver; the private one has to be by the processes that live.
    private void DatabaseIsAway(DateTime now)
    {
        _awaySince = _awaySince is { } since && now - since < StandstillLimit * 4 ? since : now;
        Once(site.IsShared || now - _awaySince.Value < StandstillLimit, $"the private database is away for more than {StandstillLimit.TotalSeconds} s");
        if (site.IsShared)
        {
            _excusedUntil = now;
        }
    }

    private void Stands(bool isToMove, string what, double quietSeconds, DateTime now, DateTime excusedUntil)
    {
        _awaySince = null;
        var still = TimeSpan.FromSeconds(Math.Min(quietSeconds, (now - excusedUntil).TotalSeconds));
        if (!isToMove || still < StandstillLimit / 2)
        {
            _told.Remove(what);
            return;
        }
        if (still > report.LongestStandstill)
        {
            report.LongestStandstill = still;
            report.Write($"{what} stands still for {still.TotalSeconds:F0} s");
        }
        if (still > StandstillLimit && _told.Add(what))
        {
            report.Violation($"{what} stands still for {still.TotalSeconds:F0} s while {string.Join(", ", site.All.Where(victim => victim.Lives).Select(victim => victim.Name))} live");
        }
    }

    private void Once(bool isTrue, string otherwise)
    {
        if (!isTrue && _wrong.Add(otherwise))
        {
            report.Violation(otherwise);
        }
    }

    private void Require(bool isTrue, string otherwise)
    {
        if (!isTrue)
        {
            report.Violation(otherwise);
        }
    }

    private static async Task<List<T>> ReadAsync<T>(NpgsqlConnection connection, string sql, Func<NpgsqlDataReader, T> read)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        await using var reader = await command.ExecuteReaderAsync();
        var rows = new List<T>();
        while (await reader.ReadAsync())
        {
            rows.Add(read(reader));
        }
        return rows;
    }

    private sealed record StudyRow(string Name, string State, int Requested, int Claimed, int Counted, long Runs, long Numbers, long Finished, long Failed, string? Error, double Quiet)
    {
        public static StudyRow Read(NpgsqlDataReader row) => new(
            row.GetString(0), row.GetString(1), row.GetInt32(2), row.GetInt32(3), row.GetInt32(4), row.GetInt64(5), row.GetInt64(6), row.GetInt64(7), row.GetInt64(8),
            row.IsDBNull(9) ? null : row.GetString(9), row.GetDouble(10));
    }
}
