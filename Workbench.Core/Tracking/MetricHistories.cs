using Npgsql;

namespace Workbench.Core.Tracking;

/// <summary>Reads the values of metrics, in the order of time, step and value.</summary>
public sealed class MetricHistories(Database database)
{
    // The page ends with a value, and the next begins after it, whatever is written meanwhile.
    private const string PageSql =
        """
        SELECT m.timestamp, m.step, m.value FROM metrics m JOIN runs r ON r.id = m.run_id
        WHERE r.uuid = @uuid AND m.key = @key AND (NOT @has_after OR (m.timestamp, m.step, m.value) > (@timestamp, @step, @value))
        ORDER BY m.timestamp, m.step, m.value LIMIT @limit
        """;

    private const string BulkSql =
        """
        SELECT r.uuid, m.timestamp, m.step, m.value FROM metrics m JOIN runs r ON r.id = m.run_id
        WHERE r.uuid = ANY(@uuids) AND m.key = @key ORDER BY r.uuid, m.timestamp, m.step, m.value LIMIT @limit
        """;

    // Of all steps between the two, as many as are asked for, evenly by their rank, and always the first and the last of each run.
    private const string SampleSql =
        """
        WITH steps AS (
            SELECT m.run_id, r.uuid, m.step, row_number() OVER w AS rank, count(*) OVER (PARTITION BY m.run_id) AS count
            FROM (SELECT DISTINCT run_id, step FROM metrics
                  WHERE key = @key AND run_id IN (SELECT id FROM runs WHERE uuid = ANY(@uuids)) AND step BETWEEN @from AND @to) AS m
            JOIN runs r ON r.id = m.run_id
            WINDOW w AS (PARTITION BY m.run_id ORDER BY m.step)),
        chosen AS (
            SELECT * FROM steps
            WHERE rank = 1 OR rank = count OR (rank * @most) / count <> ((rank - 1) * @most) / count)
        SELECT c.uuid, m.timestamp, m.step, m.value FROM chosen c JOIN metrics m ON m.run_id = c.run_id AND m.key = @key AND m.step = c.step
        ORDER BY c.uuid, m.step, m.timestamp, m.value
        """;

    /// <summary>Values of one metric of a run.</summary>
    /// <param name="run">The run.</param>
    /// <param name="key">The metric.</param>
    /// <param name="most">How many at most; null for all.</param>
    /// <param name="after">The last value of the page before; null for the first.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task<IReadOnlyList<LoggedMetric>> ReadAsync(Guid run, string key, int? most, LoggedMetric? after, CancellationToken cancellationToken = default)
    {
        await using var command = database.Durable.CreateCommand(PageSql);
        command.Parameters.AddWithValue("uuid", run);
        command.Parameters.AddWithValue("key", key);
        command.Parameters.AddWithValue("has_after", after is not null);
        command.Parameters.AddWithValue("timestamp", after?.Timestamp ?? 0);
        command.Parameters.AddWithValue("step", after?.Step ?? 0);
        command.Parameters.AddWithValue("value", after?.Value ?? 0);
        command.Parameters.AddWithValue("limit", most ?? long.MaxValue);
        return await TrackedRunQueries.ReadAsync(
            command, row => new LoggedMetric(key, row.GetDouble(2), row.GetInt64(0), row.GetInt64(1)), cancellationToken);
    }

    /// <summary>Values of one metric of some runs, by run.</summary>
    public async Task<IReadOnlyList<(Guid Run, LoggedMetric Metric)>> ReadAsync(
        IReadOnlyCollection<Guid> runs, string key, int most, CancellationToken cancellationToken = default)
    {
        await using var command = database.Durable.CreateCommand(BulkSql);
        command.Parameters.AddWithValue("uuids", runs.ToArray());
        command.Parameters.AddWithValue("key", key);
        command.Parameters.AddWithValue("limit", (long)most);
        return await TrackedRunQueries.ReadAsync(command, row => Value(row, key), cancellationToken);
    }

    /// <summary>A sample of the values of one metric of some runs between two steps: about so many steps of each run, evenly, with all the
    /// values at these.</summary>
    public async Task<IReadOnlyList<(Guid Run, LoggedMetric Metric)>> SampleAsync(
        IReadOnlyCollection<Guid> runs, string key, long from, long to, int most, CancellationToken cancellationToken = default)
    {
        await using var command = database.Durable.CreateCommand(SampleSql);
        command.Parameters.AddWithValue("uuids", runs.ToArray());
        command.Parameters.AddWithValue("key", key);
        command.Parameters.AddWithValue("from", from);
        command.Parameters.AddWithValue("to", to);
        command.Parameters.AddWithValue("most", (long)most);
        return await TrackedRunQueries.ReadAsync(command, row => Value(row, key), cancellationToken);
    }

    private static (Guid Run, LoggedMetric Metric) Value(NpgsqlDataReader row, string key) =>
        (row.GetGuid(0), new LoggedMetric(key, row.GetDouble(3), row.GetInt64(1), row.GetInt64(2)));
}
