using System.Diagnostics;
using Microsoft.EntityFrameworkCore;
using Npgsql;

namespace Workbench.Core.Tracking;

/// <summary>How a database stands.</summary>
/// <param name="Version">The server's version.</param>
/// <param name="RoundTrip">How long an answer takes.</param>
/// <param name="ClockSkew">How far its clock is ahead of this machine's.</param>
/// <param name="Connections">How many are open, from all programs.</param>
/// <param name="MostConnections">How many the server allows for us and all others.</param>
/// <param name="Pending">Migrations that the next start of this release applies.</param>
/// <param name="Unknown">Migrations of a newer release.</param>
/// <param name="Workers">Processes that run jobs and gave a sign of life lately.</param>
/// <param name="Waiting">Jobs that wait for a worker.</param>
/// <param name="Standstill">What does not move, in a sentence; null when all does.</param>
public sealed record DatabaseReport(
    Version Version, TimeSpan RoundTrip, TimeSpan ClockSkew, long Connections, int MostConnections,
    IReadOnlyList<string> Pending, IReadOnlyList<string> Unknown, long Workers, long Waiting, string? Standstill)
{
    // Of now() in one statement; the job queue's tables may not be there yet.
    private const string ServerSql =
        $"SELECT clock_timestamp(), ({DatabaseStart.ConnectionsSql}), (SELECT count(*) FROM pg_stat_activity WHERE backend_type = 'client backend'), to_regclass('hangfire.server') IS NOT NULL";

    private const string QueueSql =
        """
        SELECT (SELECT count(*) FROM hangfire.server WHERE lastheartbeat > now() - interval '30 seconds'),
            (SELECT count(*) FROM hangfire.jobqueue WHERE fetchedat IS NULL)
        """;

    /// <summary>Reads it; changes nothing.</summary>
    /// <exception cref="NpgsqlException">The database does not answer.</exception>
    public static async Task<DatabaseReport> ReadAsync(string connectionString, CancellationToken cancellationToken)
    {
        await using var database = new Database(connectionString);
        await using var connection = await database.Durable.OpenConnectionAsync(cancellationToken);
        var (asked, started) = (DateTimeOffset.UtcNow, Stopwatch.GetTimestamp());
        var server = await ReadRowAsync(connection, ServerSql, cancellationToken);
        var roundTrip = Stopwatch.GetElapsedTime(started);
        var skew = new DateTimeOffset((DateTime)server[0]) - (asked + roundTrip / 2);
        await using var db = database.CreateContext();
        List<string> known = [.. db.Database.GetMigrations()], applied = [.. await db.Database.GetAppliedMigrationsAsync(cancellationToken)];
        List<string> pending = [.. known.Except(applied)], unknown = [.. applied.Except(known)];
        var hasQueue = (bool)server[3];
        var queue = hasQueue ? await ReadRowAsync(connection, QueueSql, cancellationToken) : [0L, 0L];
        var standstill = hasQueue && pending is [] ? await new WaitingWork(database).StandstillAsync(cancellationToken) : null;
        return new DatabaseReport(
            connection.PostgreSqlVersion, roundTrip, skew, (long)server[2], (int)server[1], pending, unknown, (long)queue[0], (long)queue[1], standstill);
    }

    private static async Task<object[]> ReadRowAsync(NpgsqlConnection connection, string sql, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        await reader.ReadAsync(cancellationToken);
        var row = new object[reader.FieldCount];
        reader.GetValues(row);
        return row;
    }
}
