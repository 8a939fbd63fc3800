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

    // Of more values than these the steps are not gone through.
    private const int MostCounted = 20_000;

    private const string CountSql =
        """
        SELECT count(*) FROM (
            SELECT FROM metrics
            WHERE key = @key AND run_id IN (SELECT id FROM runs WHERE uuid = ANY(@uuids)) AND step BETWEEN @from AND @to LIMIT @most) AS few
        """;

    // The same steps of all runs, so that they can be compared: of all there are as many as are asked for, evenly by their rank, and where a run
    // begins or ends. A run that has no more than are asked for is whole.
    private const string CommonSql =
        """
        WITH steps AS MATERIALIZED (
            SELECT DISTINCT run_id, step FROM metrics
            WHERE key = @key AND run_id IN (SELECT id FROM runs WHERE uuid = ANY(@uuids)) AND step BETWEEN @from AND @to),
        spans AS MATERIALIZED (SELECT run_id, min(step) AS first, max(step) AS last, count(*) AS count FROM steps GROUP BY run_id),
        ranked AS (
            SELECT step, row_number() OVER (ORDER BY step) - 1 AS place, count(*) OVER () AS count FROM (SELECT DISTINCT step FROM steps) AS distinct_steps),
        common AS (
            SELECT step FROM ranked WHERE (place * @most + count - 1) / count * count / @most = place
            UNION SELECT first FROM spans UNION SELECT last FROM spans)
        SELECT r.uuid, m.timestamp, m.step, m.value, true
        FROM spans JOIN runs r ON r.id = spans.run_id
        JOIN metrics m ON m.run_id = spans.run_id AND m.key = @key AND m.step BETWEEN @from AND @to
        WHERE spans.count <= @most OR m.step IN (SELECT step FROM common)
        ORDER BY 1, 3, 2, 4
        """;

    // Of a run with more values than wanted, the step at or above each of so many places between its first and its last: as many looks into the
    // index, however long the history is.
    private const string SampleSql =
        """
        WITH found AS (
            SELECT r.id, r.uuid, (
                SELECT count(*) FROM (
                    SELECT FROM metrics WHERE run_id = r.id AND key = @key AND step BETWEEN @from AND @to LIMIT @most + 1) AS few) <= @most AS is_whole,
                (SELECT min(step) FROM metrics WHERE run_id = r.id AND key = @key AND step BETWEEN @from AND @to) AS first,
                (SELECT max(step) FROM metrics WHERE run_id = r.id AND key = @key AND step BETWEEN @from AND @to) AS last
            FROM runs r WHERE r.uuid = ANY(@uuids)),
        chosen AS (
            SELECT DISTINCT found.id, found.uuid, next.step
            FROM found CROSS JOIN generate_series(0, @most - 1) AS place CROSS JOIN LATERAL (
                SELECT step FROM metrics
                WHERE run_id = found.id AND key = @key AND step >= (first + (last::numeric - first) * place / greatest(@most - 1, 1))::bigint
                ORDER BY step LIMIT 1) AS next
            WHERE NOT found.is_whole)
        SELECT found.uuid, m.timestamp, m.step, m.value, true
        FROM found JOIN metrics m ON m.run_id = found.id AND m.key = @key AND m.step BETWEEN @from AND @to WHERE found.is_whole
        UNION ALL
        SELECT c.uuid, m.timestamp, m.step, m.value, false
        FROM chosen c JOIN metrics m ON m.run_id = c.id AND m.key = @key AND m.step = c.step
        ORDER BY 1, 3, 2, 4
        """;

    // Of all steps between the two, as many as are asked for, evenly by their rank, and always the first and the last of each run.
    private const string RankedSql =
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
        SELECT c.uuid, m.timestamp, m.step, m.value, true FROM chosen c JOIN metrics m ON m.run_id = c.run_id AND m.key = @key AND m.step = c.step
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
    /// values at these, and always the first and the last; by run, as they are given.</summary>
    public async Task<IReadOnlyList<(Guid Run, LoggedMetric Metric)>> SampleAsync(
        IReadOnlyList<Guid> runs, string key, long from, long to, int most, CancellationToken cancellationToken = default)
    {
        await using var count = Command(CountSql, runs, key, from, to, MostCounted + 1);
        var sample = (long)(await count.ExecuteScalarAsync(cancellationToken))! <= MostCounted
            ? (await SampleAsync(CommonSql, runs, key, from, to, most, cancellationToken)).ConvertAll(value => (value.Run, value.Metric))
            : await SampleEachAsync(runs, key, from, to, most, cancellationToken);
        var places = runs.Select((run, place) => (run, place)).ToDictionary();
        return [.. sample.OrderBy(value => places[value.Run])];
    }

    private async Task<IReadOnlyList<(Guid Run, LoggedMetric Metric)>> SampleEachAsync(
        IReadOnlyList<Guid> runs, string key, long from, long to, int most, CancellationToken cancellationToken)
    {
        var sample = await SampleAsync(SampleSql, runs, key, from, to, most, cancellationToken);
        // Steps with wide gaps between them: most places have the same step above them.
        var uneven = sample.Where(value => !value.IsWhole).GroupBy(value => value.Run)
            .Where(run => run.Select(value => value.Metric.Step).Distinct().Count() < most / 2).Select(run => run.Key).ToHashSet();
        var ranked = uneven.Count == 0 ? [] : await SampleAsync(RankedSql, uneven, key, from, to, most, cancellationToken);
        return [.. sample.Where(value => !uneven.Contains(value.Run)).Concat(ranked).Select(value => (value.Run, value.Metric))];
    }

    private async Task<List<(Guid Run, LoggedMetric Metric, bool IsWhole)>> SampleAsync(
        string sql, IReadOnlyCollection<Guid> runs, string key, long from, long to, int most, CancellationToken cancellationToken)
    {
        await using var command = Command(sql, runs, key, from, to, most);
        return await TrackedRunQueries.ReadAsync(command, row => (row.GetGuid(0), Value(row, key).Metric, row.GetBoolean(4)), cancellationToken);
    }

    private NpgsqlCommand Command(string sql, IReadOnlyCollection<Guid> runs, string key, long from, long to, long most)
    {
        var command = database.Durable.CreateCommand(sql);
        command.Parameters.AddWithValue("uuids", runs.ToArray());
        command.Parameters.AddWithValue("key", key);
        command.Parameters.AddWithValue("from", from);
        command.Parameters.AddWithValue("to", to);
        command.Parameters.AddWithValue("most", most);
        return command;
    }

    private static (Guid Run, LoggedMetric Metric) Value(NpgsqlDataReader row, string key) =>
        (row.GetGuid(0), new LoggedMetric(key, row.GetDouble(3), row.GetInt64(1), row.GetInt64(2)));
}
