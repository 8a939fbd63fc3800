using System.Text.Json;
using Npgsql;
using NpgsqlTypes;
using Workbench.Core.Search;
using Workbench.Core.Text;

namespace Workbench.Core.Tracking;

/// <summary>How a trial ends.</summary>
/// <param name="Lease">The right to end it.</param>
/// <param name="State">Complete, pruned or failed.</param>
/// <param name="Value">The objective, where it has one.</param>
/// <param name="Error">Why it failed.</param>
/// <param name="Record">What it reported; null for a trial that failed.</param>
internal sealed record TrialEnd(Lease Lease, TrialState State, double? Value, string? Error = null, TrialRecord? Record = null);

/// <content>The end of a trial.</content>
public sealed partial class RunStore
{
    /// <summary>
    /// Ends a trial as complete, pruned or failed: it counts against the budget from now on. At the same moment the study's stopping rule
    /// is asked; when it says so, the study is completed, and no trial is claimed any more.
    /// </summary>
    /// <param name="lease">The right to do so.</param>
    /// <param name="state">How it ended.</param>
    /// <param name="value">The objective, where it has one.</param>
    /// <param name="error">Why it failed.</param>
    /// <param name="detail">What was thrown, as <see cref="Failure.Describe"/> has it; null when nothing was.</param>
    /// <param name="record">What it reported; whatever of it a crash of the server has lost is written again. Null for a trial that failed.</param>
    /// <returns>Whether the study has more trials to claim; null when the lease is lost, and nothing was written.</returns>
    /// <param name="durable">Whether it is on disk when it returns; otherwise it is after <see cref="FlushAsync"/>.</param>
    public bool? Finish(
        Lease lease, TrialState state, double? value, string? error = null, string? detail = null, TrialRecord? record = null, bool durable = true)
    {
        // Nearly always: in one round trip, so that the study's row is locked only while the server works.
        var end = new TrialEnd(lease, state, value, error, record);
        if (record?.HeldOut is null && detail is null && FinishWithoutRule([end], durable)[0] is { } without)
        {
            return without;
        }
        try
        {
            using var connection = database.Durable.OpenConnection();
            using var transaction = connection.BeginTransaction();
            if (record is not null)
            {
                using var complete = new NpgsqlBatch(connection) { BatchCommands = { CompleteCommand(lease, record) } };
                complete.ExecuteNonQuery();
            }
            var more = Finish(connection, end, durable);
            if (more is not null && record?.HeldOut is { } heldOut)
            {
                using var keep = new NpgsqlCommand(KeepHeldOutSql, connection);
                keep.Parameters.AddWithValue("run", lease.RunId);
                keep.Parameters.AddWithValue("answers", NpgsqlDbType.Json, JsonSerializer.Serialize(heldOut, JsonSerializerOptions.Web));
                keep.ExecuteNonQuery();
            }
            if (more is not null && detail is not null)
            {
                using var keep = WithLease(new NpgsqlCommand(KeepFailureSql, connection), lease);
                keep.Parameters.AddWithValue("detail", detail);
                keep.ExecuteNonQuery();
            }
            transaction.Commit();
            return more;
        }
        catch (PostgresException refusal)
        {
            database.Durable.Forget(refusal);
            throw;
        }
    }

    /// <summary>Ends trials of a study without a stopping rule in one round trip. They are on disk after <see cref="FlushAsync"/>.</summary>
    /// <returns>In the order given, whether the study has more trials to claim; null where the lease is lost, or the study has a stopping rule: nothing
    /// was written.</returns>
    internal IReadOnlyList<bool?> Finish(IEnumerable<TrialEnd> ends) => FinishWithoutRule(ends, durable: false);

    private List<bool?> FinishWithoutRule(IEnumerable<TrialEnd> ends, bool durable) => database.Durable.Execute(
        // That which completes has no rows to give.
        ends.SelectMany(end => (IEnumerable<NpgsqlBatchCommand>)(end.Record is { } record
            ? [CompleteCommand(end.Lease, record), FinishCommand(FinishWithoutRuleSql, end, durable)]
            : [FinishCommand(FinishWithoutRuleSql, end, durable)])),
        reader => reader.Read() ? reader.GetBoolean(0) : (bool?)null);

    private static bool? Finish(NpgsqlConnection connection, TrialEnd end, bool durable)
    {
        bool more;
        string? reason;
        using (var batch = new NpgsqlBatch(connection) { BatchCommands = { FinishCommand(FinishTrialSql, end, durable) } })
        {
            using var reader = batch.ExecuteReader();
            if (!reader.Read())
            {
                return null;
            }
            more = reader.GetBoolean(0);
            reason = ReadJson<StoppingRule>(reader, 1)?.Reached(ReadProgress(reader), Enum.Parse<Direction>(reader.GetString(2), true));
        }
        if (reason is not null)
        {
            using var command = new NpgsqlCommand(EndStudySql, connection);
            command.Parameters.AddWithValue("study", end.Lease.StudyId);
            command.Parameters.AddWithValue("reason", reason);
            command.ExecuteNonQuery();
        }
        return more && reason is null;
    }

    private static NpgsqlBatchCommand FinishCommand(string sql, TrialEnd end, bool durable) => new(sql)
    {
        Parameters =
        {
            new("run", end.Lease.RunId),
            new("attempt", end.Lease.Attempt),
            new("state", end.State.ToString().ToLowerInvariant()),
            new("commit", durable ? "on" : "off"),
            new("value", NpgsqlDbType.Double) { Value = (object?)end.Value ?? DBNull.Value },
            new("error", NpgsqlDbType.Text) { Value = (object?)TextRule.Storable(end.Error) ?? DBNull.Value },
        },
    };

    private static NpgsqlBatchCommand CompleteCommand(Lease lease, TrialRecord record)
    {
        var values = record.Epochs.SelectMany(epoch => epoch.Metrics.Select(metric => (epoch.Step, metric.Key, metric.Value))).ToList();
        return new(CompleteSql)
        {
            Parameters =
            {
                new("run", lease.RunId),
                new("attempt", lease.Attempt),
                new("params", NpgsqlDbType.Jsonb) { Value = record.Params is null ? DBNull.Value : JsonSerializer.Serialize(record.Params, JsonSerializerOptions.Web) },
                new("steps", values.ConvertAll(value => value.Step)),
                new("keys", values.ConvertAll(value => value.Key)),
                new("values", values.ConvertAll(value => value.Value)),
            },
        };
    }

    private static SearchProgress ReadProgress(NpgsqlDataReader reader) => new(
        Finished: reader.GetInt32(3),
        Requested: reader.GetInt32(4),
        Best: reader.IsDBNull(5) ? null : reader.GetDouble(5),
        BestBefore: reader.IsDBNull(6) ? null : reader.GetDouble(6),
        SinceBest: reader.GetInt32(7),
        Elapsed: TimeSpan.FromSeconds(reader.GetDouble(8)));

    private static T? ReadJson<T>(NpgsqlDataReader reader, int column)
        where T : class =>
        reader.IsDBNull(column) ? null : JsonSerializer.Deserialize<T>(reader.GetString(column), JsonSerializerOptions.Web);
}
