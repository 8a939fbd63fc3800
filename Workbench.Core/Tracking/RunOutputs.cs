using Microsoft.EntityFrameworkCore;
using Workbench.Core.Text;

namespace Workbench.Core.Tracking;

/// <summary>What commands of runs have printed.</summary>
public sealed class RunOutputs(Database database, IDbContextFactory<WorkbenchDb> databases)
{
    // The next write brings what a crash of the server has lost.
    private const string WriteSql =
        """
        WITH lease AS (SELECT id, study_id FROM runs WHERE id = @run AND attempt = @attempt AND state = 'running'),
        written AS (
            INSERT INTO run_outputs (run_id, tail, bytes) SELECT id, @tail, @bytes FROM lease
            ON CONFLICT (run_id) DO UPDATE SET tail = excluded.tail, bytes = excluded.bytes)
        SELECT pg_notify('workbench', 'Output ' || study_id || ' ' || id)::text, set_config('synchronous_commit', 'off', true) FROM lease
        """;

    private const string KeepSql = "UPDATE runs SET artifact_prefix = @prefix WHERE id = @run AND attempt = @attempt AND state = 'running'";

    private const string SinceSql =
        "SELECT step, value FROM metrics WHERE run_id = @run AND key = @key AND step > @step ORDER BY step, timestamp";

    /// <summary>The end of what a run has printed; null when it has printed nothing.</summary>
    public async Task<RunOutput?> FindAsync(long runId, CancellationToken cancellationToken = default)
    {
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        return await db.RunOutputs.AsNoTracking().SingleOrDefaultAsync(output => output.RunId == runId, cancellationToken);
    }

    /// <summary>Writes down what was printed last. Nothing happens when the lease is lost.</summary>
    internal void Write(Lease lease, string tail, long bytes) => database.Durable.Execute(WriteSql, command =>
    {
        command.Parameters.AddWithValue("run", lease.RunId);
        command.Parameters.AddWithValue("attempt", lease.Attempt);
        command.Parameters.AddWithValue("tail", TextRule.Storable(tail));
        command.Parameters.AddWithValue("bytes", bytes);
        return command.ExecuteNonQuery();
    });

    /// <summary>Says where the files of a run are. Nothing happens when the lease is lost.</summary>
    internal void Keep(Lease lease, string prefix) => database.Durable.Execute(KeepSql, command =>
    {
        command.Parameters.AddWithValue("run", lease.RunId);
        command.Parameters.AddWithValue("attempt", lease.Attempt);
        command.Parameters.AddWithValue("prefix", prefix);
        return command.ExecuteNonQuery();
    });

    /// <summary>The values of a metric after a step, by whomever they were logged.</summary>
    internal IReadOnlyList<(int Step, double Value)> Since(long runId, string metric, long step) => database.Durable.Execute(SinceSql, command =>
    {
        command.Parameters.AddWithValue("run", runId);
        command.Parameters.AddWithValue("key", metric);
        command.Parameters.AddWithValue("step", step);
        var values = new List<(int, double)>();
        using var reader = command.ExecuteReader();
        while (reader.Read())
        {
            values.Add(((int)Math.Clamp(reader.GetInt64(0), 0, int.MaxValue), reader.GetDouble(1)));
        }
        return values;
    });
}
