using System.Text.Json;
using Npgsql;
using NpgsqlTypes;
using Workbench.Core.Search;

namespace Workbench.Core.Tracking;

/// <summary>
/// The right to write to a run. It is lost when the run is taken up by another process (its attempt rises) or deleted; then every write
/// is refused, so a process that was only thought dead can't spoil the run of its successor.
/// </summary>
/// <param name="RunId">The run.</param>
/// <param name="StudyId">The study it belongs to.</param>
/// <param name="Attempt">The attempt that holds the right.</param>
public readonly record struct Lease(long RunId, long StudyId, int Attempt);

/// <summary>A trial that this process may run now.</summary>
/// <param name="Lease">The right to write to it.</param>
/// <param name="Number">Its number in the study, from 0 on.</param>
/// <param name="Params">Its parameters when an earlier attempt had sampled them already; otherwise null.</param>
/// <param name="Given">What a person gave of its parameters by enqueueing them; null when all are to be sampled.</param>
public sealed record ClaimedTrial(Lease Lease, int Number, ParameterSet? Params, ParameterSet? Given);

/// <summary>
/// What a running trial or build writes, one round trip each, synchronously: training keeps to one thread. Everything but the end of a
/// run may be lost when the database server crashes, and is then done again; the end of a run is on disk when it returns.
/// </summary>
public sealed partial class RunStore(Database database)
{
    /// <summary>Claims a trial for a job: the one it was running before, a stopped one, or the next number of the budget.</summary>
    /// <param name="studyId">The study.</param>
    /// <param name="slot">Which of the study's parallel places it is for.</param>
    /// <param name="jobId">The background job's identity; the same job gets the same trial again.</param>
    /// <param name="worker">Who runs it.</param>
    /// <returns>Null when there is nothing to run: the budget is spent, the study isn't running or is deleted, or the place is taken.</returns>
    public ClaimedTrial? Claim(long studyId, int slot, string jobId, string worker)
    {
        using var command = database.Relaxed.CreateCommand(ClaimSql);
        command.Parameters.AddWithValue("study", studyId);
        command.Parameters.AddWithValue("slot", slot);
        command.Parameters.AddWithValue("job", jobId);
        command.Parameters.AddWithValue("worker", worker);
        try
        {
            using var reader = command.ExecuteReader();
            return reader.Read()
                ? new ClaimedTrial(
                    new Lease(reader.GetInt64(0), studyId, reader.GetInt32(2)),
                    reader.GetInt32(1),
                    ReadJson<ParameterSet>(reader, 3),
                    ReadJson<ParameterSet>(reader, 4))
                : null;
        }
        catch (PostgresException exception) when (exception.ConstraintName == WorkbenchDb.SlotIndex)
        {
            return null;
        }
    }

    /// <summary>Takes up a production build: the first time, or again after its process died. Its earlier metrics are cleared.</summary>
    /// <returns>Null when the run has ended or is deleted.</returns>
    public Lease? TakeUp(long runId, string jobId, string worker)
    {
        using var command = database.Relaxed.CreateCommand(TakeUpSql);
        command.Parameters.AddWithValue("run", runId);
        command.Parameters.AddWithValue("job", jobId);
        command.Parameters.AddWithValue("worker", worker);
        using var reader = command.ExecuteReader();
        return reader.Read() ? new Lease(reader.GetInt64(0), reader.GetInt64(1), reader.GetInt32(2)) : null;
    }

    /// <summary>Writes down the parameters that were sampled for a trial.</summary>
    /// <returns>The study's state; null when the lease is lost.</returns>
    public StudyState? SetParams(Lease lease, ParameterSet parameters) =>
        Update(lease, JsonSerializer.Serialize(parameters, JsonSerializerOptions.Web), null, ChangeKind.Run);

    /// <summary>Says what the run is doing; the next report clears it.</summary>
    /// <returns>The study's state; null when the lease is lost.</returns>
    public StudyState? SetActivity(Lease lease, string activity) => Update(lease, null, activity, ChangeKind.Progress);

    /// <summary>Writes one epoch's metrics, with a sign of life.</summary>
    /// <param name="lease">The right to do so.</param>
    /// <param name="step">The epoch, from 1 on.</param>
    /// <param name="metrics">Values by metric name.</param>
    /// <returns>The study's state, by which a trial learns that it was stopped; null when the lease is lost.</returns>
    public StudyState? Report(Lease lease, int step, IReadOnlyDictionary<string, double> metrics)
    {
        using var command = WithLease(database.Relaxed.CreateCommand(ReportSql), lease);
        command.Parameters.AddWithValue("step", step);
        command.Parameters.AddWithValue("keys", metrics.Keys.ToArray());
        command.Parameters.AddWithValue("values", metrics.Values.ToArray());
        return ReadState(command);
    }

    /// <summary>
    /// Ends a trial as complete, pruned or failed: it counts against the budget from now on. At the same moment the study's stopping rule
    /// is asked; when it says so, the study is completed, and no trial is claimed any more.
    /// </summary>
    /// <returns>Whether the study has more trials to claim; null when the lease is lost, and nothing was written.</returns>
    public bool? Finish(Lease lease, TrialState state, double? value, string? error = null)
    {
        using var connection = database.Durable.OpenConnection();
        using var transaction = connection.BeginTransaction();
        bool more;
        string? reason;
        using (var command = WithLease(new NpgsqlCommand(FinishTrialSql, connection), lease))
        {
            command.Parameters.AddWithValue("state", state.ToString().ToLowerInvariant());
            command.Parameters.Add(new NpgsqlParameter("value", NpgsqlDbType.Double) { Value = (object?)value ?? DBNull.Value });
            command.Parameters.Add(new NpgsqlParameter("error", NpgsqlDbType.Text) { Value = (object?)error ?? DBNull.Value });
            using var reader = command.ExecuteReader();
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
            command.Parameters.AddWithValue("study", lease.StudyId);
            command.Parameters.AddWithValue("reason", reason);
            command.ExecuteNonQuery();
        }
        transaction.Commit();
        return more && reason is null;
    }

    /// <summary>Ends a trial as stopped: it will be taken up again when the study is resumed.</summary>
    /// <returns>The study's state; null when the lease is lost, and nothing was written.</returns>
    public StudyState? Stop(Lease lease)
    {
        using var command = WithLease(database.Durable.CreateCommand(StopSql), lease);
        command.Parameters.AddWithValue("study", lease.StudyId);
        return ReadState(command);
    }

    /// <summary>Gives a claimed trial back because its sampler has nothing left to try; the study's budget shrinks to what it has tried.</summary>
    public void Withdraw(Lease lease)
    {
        using var command = WithLease(database.Durable.CreateCommand(WithdrawSql), lease);
        command.ExecuteNonQuery();
    }

    private StudyState? Update(Lease lease, string? parameters, string? activity, ChangeKind kind)
    {
        using var command = WithLease(database.Relaxed.CreateCommand(UpdateSql), lease);
        command.Parameters.Add(new NpgsqlParameter("params", NpgsqlDbType.Jsonb) { Value = (object?)parameters ?? DBNull.Value });
        command.Parameters.Add(new NpgsqlParameter("activity", NpgsqlDbType.Text) { Value = (object?)activity ?? DBNull.Value });
        command.Parameters.AddWithValue("kind", kind.ToString());
        return ReadState(command);
    }

    private static NpgsqlCommand WithLease(NpgsqlCommand command, Lease lease)
    {
        command.Parameters.AddWithValue("run", lease.RunId);
        command.Parameters.AddWithValue("attempt", lease.Attempt);
        return command;
    }

    private static StudyState? ReadState(NpgsqlCommand command)
    {
        using var reader = command.ExecuteReader();
        return reader.Read() ? Enum.Parse<StudyState>(reader.GetString(0), true) : null;
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
