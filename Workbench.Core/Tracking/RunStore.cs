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
public sealed class RunStore(Database database)
{
    // One statement, so one moment: the trial this job was running when its process died; or one that was stopped; or a new number
    // within the budget, with what was enqueued first. A new number waits for the study's row, which makes the count exact under any
    // contention, and gives each enqueued set out once: one that another claim took meanwhile is passed over (FOR UPDATE).
    private const string ClaimSql =
        """
        WITH mine AS (
            UPDATE runs SET attempt = attempt + 1, worker = @worker, activity = NULL, started_at = now(), heartbeat_at = now()
            WHERE study_id = @study AND job_id = @job AND state = 'running'
            RETURNING id, number, attempt, params, given),
        stopped AS (
            UPDATE runs SET state = 'running', attempt = attempt + 1, slot = @slot, job_id = @job, worker = @worker, activity = NULL,
                started_at = now(), heartbeat_at = now(), finished_at = NULL
            WHERE id = (SELECT r.id FROM runs r JOIN studies s ON s.id = r.study_id
                        WHERE r.study_id = @study AND r.state = 'stopped' AND r.kind = 'trial' AND s.state = 'running'
                          AND @slot < s.jobs AND NOT EXISTS (SELECT FROM mine)
                        ORDER BY r.number LIMIT 1 FOR UPDATE OF r SKIP LOCKED)
            RETURNING id, number, attempt, params, given),
        budget AS (
            UPDATE studies SET trials_claimed = trials_claimed + 1, next_number = next_number + 1
            WHERE id = @study AND state = 'running' AND trials_claimed < trials_requested AND @slot < jobs
              AND NOT EXISTS (SELECT FROM mine) AND NOT EXISTS (SELECT FROM stopped)
            RETURNING next_number - 1 AS number),
        enqueued AS (
            DELETE FROM enqueued_sets
            WHERE id = (SELECT id FROM enqueued_sets WHERE study_id = @study AND EXISTS (SELECT FROM budget) ORDER BY id LIMIT 1 FOR UPDATE)
            RETURNING params),
        fresh AS (
            INSERT INTO runs (study_id, kind, name, number, state, attempt, slot, job_id, worker, tags, given, started_at, heartbeat_at)
            SELECT @study, 'trial', 'trial-' || number, number, 'running', 1, @slot, @job, @worker, '{}', (SELECT params FROM enqueued),
                now(), now()
            FROM budget
            RETURNING id, number, attempt, params, given),
        claimed AS (SELECT * FROM mine UNION ALL SELECT * FROM stopped UNION ALL SELECT * FROM fresh),
        cleared AS (DELETE FROM metrics WHERE run_id IN (SELECT id FROM mine UNION ALL SELECT id FROM stopped))
        SELECT id, number, attempt, params, given, pg_notify('workbench', 'Run ' || @study || ' ' || id)::text FROM claimed
        """;

    private const string TakeUpSql =
        """
        WITH mine AS (
            UPDATE runs SET attempt = attempt + 1, job_id = @job, worker = @worker, activity = NULL, started_at = now(), heartbeat_at = now()
            WHERE id = @run AND state = 'running'
            RETURNING id, study_id, attempt),
        cleared AS (DELETE FROM metrics WHERE run_id IN (SELECT id FROM mine))
        SELECT id, study_id, attempt, pg_notify('workbench', 'Run ' || study_id || ' ' || id)::text FROM mine
        """;

    private const string ReportSql =
        """
        WITH lease AS (
            UPDATE runs SET heartbeat_at = now(), activity = NULL
            WHERE id = @run AND attempt = @attempt AND state = 'running'
            RETURNING id, study_id),
        written AS (
            INSERT INTO metrics (run_id, key, step, value, recorded_at)
            SELECT lease.id, m.key, @step, m.value, now() FROM lease, unnest(@keys, @values) AS m (key, value))
        SELECT s.state, pg_notify('workbench', 'Progress ' || s.id || ' ' || lease.id)::text FROM studies s JOIN lease ON s.id = lease.study_id
        """;

    private const string UpdateSql =
        """
        WITH lease AS (
            UPDATE runs SET heartbeat_at = now(), params = coalesce(@params, params), activity = @activity
            WHERE id = @run AND attempt = @attempt AND state = 'running'
            RETURNING id, study_id)
        SELECT s.state, pg_notify('workbench', @kind || ' ' || s.id || ' ' || lease.id)::text FROM studies s JOIN lease ON s.id = lease.study_id
        """;

    // The study's row is locked from here to the commit, so the order of finishing is the order in which it becomes visible:
    // a reader that asks for "all after n" misses none.
    private const string FinishTrialSql =
        """
        WITH study AS (
            UPDATE studies s SET trials_finished = trials_finished + 1,
                best_value = CASE WHEN held.improves THEN @value ELSE s.best_value END,
                since_best = CASE WHEN held.improves THEN 0 ELSE s.since_best + 1 END,
                state = CASE WHEN trials_finished + 1 >= trials_requested THEN 'completed' ELSE s.state END,
                ended_at = CASE WHEN trials_finished + 1 >= trials_requested OR s.state = 'completed' THEN now() ELSE s.ended_at END
            FROM (
                SELECT r.study_id, s.best_value, @state = 'complete' AND @value <> 'NaN' AND CASE
                    WHEN s.best_value IS NULL THEN true WHEN s.direction = 'minimize' THEN @value < s.best_value ELSE @value > s.best_value
                    END AS improves
                FROM runs r JOIN studies s ON s.id = r.study_id
                WHERE r.id = @run AND r.attempt = @attempt AND r.state = 'running' FOR UPDATE) AS held
            WHERE s.id = held.study_id
            RETURNING s.*, held.best_value AS best_before)
        UPDATE runs SET state = @state, value = @value, error = @error, activity = NULL, finished_at = now(), heartbeat_at = now(),
            finished_order = study.trials_finished
        FROM study WHERE runs.id = @run
        RETURNING study.state = 'running' AND study.trials_claimed < study.trials_requested,
            CASE WHEN study.state = 'running' THEN study.stopping END, study.direction, study.trials_finished, study.trials_requested,
            study.best_value, study.best_before, study.since_best, extract(epoch FROM clock_timestamp() - study.running_since)::float8,
            pg_notify('workbench', 'Run ' || study.id || ' ' || runs.id)::text
        """;

    // As with a grid that is exhausted, the budget shrinks to what was begun: trials added later are added to that.
    private const string EndStudySql =
        """
        UPDATE studies SET state = 'completed', stop_reason = @reason, trials_requested = trials_claimed, ended_at = now() WHERE id = @study
        RETURNING pg_notify('workbench', 'Study ' || id || ' 0')::text
        """;

    // Against the lock of the study's row whoever resumes it either sees this trial stopped, or is seen here.
    private const string StopSql =
        """
        WITH study AS (SELECT id, state FROM studies WHERE id = @study FOR SHARE)
        UPDATE runs SET state = 'stopped', activity = NULL, finished_at = now(), heartbeat_at = now()
        FROM study WHERE runs.id = @run AND runs.study_id = study.id AND attempt = @attempt AND runs.state = 'running'
        RETURNING study.state, pg_notify('workbench', 'Run ' || study_id || ' ' || runs.id)::text
        """;

    // Nothing is left to try: the budget shrinks to what has been given out. A number in between stays unused.
    private const string WithdrawSql =
        """
        WITH gone AS (
            DELETE FROM runs WHERE id = @run AND attempt = @attempt AND state = 'running' RETURNING id, study_id, number)
        UPDATE studies s SET trials_claimed = trials_claimed - 1, trials_requested = least(trials_requested, trials_claimed - 1),
            next_number = CASE WHEN next_number = gone.number + 1 THEN gone.number ELSE next_number END,
            state = CASE WHEN trials_finished >= least(trials_requested, trials_claimed - 1) THEN 'completed' ELSE s.state END,
            ended_at = CASE WHEN trials_finished >= least(trials_requested, trials_claimed - 1) THEN now() ELSE s.ended_at END
        FROM gone WHERE s.id = gone.study_id
        RETURNING pg_notify('workbench', 'Run ' || s.id || ' ' || gone.id)::text
        """;

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
