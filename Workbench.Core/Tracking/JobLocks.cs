using Npgsql;

namespace Workbench.Core.Tracking;

/// <summary>
/// The locks of the job queue. Hangfire.PostgreSql keeps them as rows, which outlive the session that wrote them: after a kill no process
/// could take such a lock for ten minutes. So each row names its holder, and every process releases those whose holder is gone.
/// </summary>
public sealed class JobLocks(Database database)
{
    /// <summary>How long a holder may be silent before its lock is released.</summary>
    public static readonly TimeSpan Silence = TimeSpan.FromSeconds(20);

    // Rows of before the upgrade have no holder, and wait for Hangfire's own limit. Only a missing column is added: that takes the table
    // for itself. Hangfire names the columns it fills, so these defaults are evaluated in the session that takes the lock, and that keeps
    // its connection until it has released it.
    internal const string Prepare =
        """
        DO $$ BEGIN
            IF NOT EXISTS (SELECT FROM pg_attribute WHERE attrelid = 'hangfire.lock'::regclass AND attname = 'holder') THEN
                ALTER TABLE hangfire.lock ADD COLUMN holder integer, ADD COLUMN taken_at timestamptz;
                ALTER TABLE hangfire.lock ALTER COLUMN holder SET DEFAULT pg_backend_pid(),
                    ALTER COLUMN taken_at SET DEFAULT clock_timestamp();
            END IF;
        END $$
        """;

    // A session that has been idle all this time, though it holds a lock, is that of a machine that has vanished or a process that was
    // frozen, or it went back to its pool when the release failed; one that is only slow is not idle. Behind a pooler such as PgBouncer
    // sessions are not the clients' own (the server's process is another than the one the client was told), and only the age tells.
    private const string ReleaseSql =
        """
        DELETE FROM hangfire.lock l
        WHERE l.holder IS NOT NULL AND CASE
            WHEN pg_backend_pid() = @own THEN NOT EXISTS (
                SELECT FROM pg_stat_activity a
                WHERE a.pid = l.holder AND a.backend_start <= l.taken_at
                  AND NOT (a.state = 'idle' AND a.state_change < clock_timestamp() - @silence))
            ELSE l.taken_at < clock_timestamp() - @silence END
        """;

    /// <summary>Releases the locks whose holder is gone, or has been silent for <see cref="Silence"/>.</summary>
    /// <returns>How many.</returns>
    public Task<int> ReleaseAsync(CancellationToken cancellationToken = default) => ReleaseAsync(Silence, cancellationToken);

    internal async Task<int> ReleaseAsync(TimeSpan silence, CancellationToken cancellationToken = default)
    {
        await using var connection = await database.Durable.OpenConnectionAsync(cancellationToken);
        await using var command = new NpgsqlCommand(ReleaseSql, connection);
        command.Parameters.AddWithValue("own", connection.ProcessID);
        command.Parameters.AddWithValue("silence", silence);
        return await command.ExecuteNonQueryAsync(cancellationToken);
    }
}
