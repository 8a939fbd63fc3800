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
public sealed record ClaimedTrial(Lease Lease, int Number, ParameterSet? Params);

/// <summary>
/// What a running trial or build writes, one round trip each, synchronously: training keeps to one thread. Everything but the end of a
/// run may be lost when the database server crashes, and is then done again; the end of a run is on disk when it returns.
/// </summary>
public sealed class RunStore(Database database)
{
    // One statement, so one moment: the trial this job was running when its process died; or one that was stopped; or a new number
    // within the budget. A new number waits for the study's row, which makes the count exact under any contention.
    private const string ClaimSql =
        """
        WITH mine AS (
            UPDATE runs SET attempt = attempt + 1, worker = @worker, activity = NULL, started_at = now(), heartbeat_at = now()
            WHERE study_id = @study AND job_id = @job AND state = 'running'
            RETURNING id, number, attempt, params),
        stopped AS (
            UPDATE runs SET state = 'running', attempt = attempt + 1, slot = @slot, job_id = @job, worker = @worker, activity = NULL,
                started_at = now(), heartbeat_at = now(), finished_at = NULL
            WHERE id = (SELECT r.id FROM runs r JOIN studies s ON s.id = r.study_id
                        WHERE r.study_id = @study AND r.state = 'stopped' AND r.kind = 'trial' AND s.state = 'running'
                          AND @slot < s.jobs AND NOT EXISTS (SELECT FROM mine)
                        ORDER BY r.number LIMIT 1 FOR UPDATE OF r SKIP LOCKED)
            RETURNING id, number, attempt, params),
        budget AS (
            UPDATE studies SET trials_claimed = trials_claimed + 1
            WHERE id = @study AND state = 'running' AND trials_claimed < trials_requested AND @slot < jobs
              AND NOT EXISTS (SELECT FROM mine) AND NOT EXISTS (SELECT FROM stopped)
            RETURNING trials_claimed - 1 AS number),
        fresh AS (
            INSERT INTO runs (study_id, kind, name, number, state, attempt, slot, job_id, worker, tags, started_at, heartbeat_at)
            SELECT @study, 'trial', 'trial-' || number, number, 'running', 1, @slot, @job, @worker, '{}', now(), now() FROM budget
            RETURNING id, number, attempt, params),
        claimed AS (SELECT * FROM mine UNION ALL SELECT * FROM stopped UNION ALL SELECT * FROM fresh),
        cleared AS (DELETE FROM metrics WHERE run_id IN (SELECT id FROM mine UNION ALL SELECT id FROM stopped))
        SELECT id, number, attempt, params, pg_notify('workbench', 'Run ' || @study || ' ' || id)::text FROM claimed
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
                state = CASE WHEN trials_finished + 1 >= trials_requested THEN 'completed' ELSE s.state END,
                ended_at = CASE WHEN trials_finished + 1 >= trials_requested THEN now() ELSE s.ended_at END
            FROM (SELECT study_id FROM runs WHERE id = @run AND attempt = @attempt AND state = 'running' FOR UPDATE) AS held
            WHERE s.id = held.study_id
            RETURNING s.id, s.trials_finished, s.state = 'running' AND s.trials_claimed < s.trials_requested AS more)
        UPDATE runs SET state = @state, value = @value, error = @error, activity = NULL, finished_at = now(), heartbeat_at = now(),
            finished_order = study.trials_finished
        FROM study WHERE runs.id = @run
        RETURNING study.more, pg_notify('workbench', 'Run ' || study.id || ' ' || runs.id)::text
        """;

    private const string EndSql =
        """
        UPDATE runs SET state = @state, value = @value, error = @error, activity = NULL, finished_at = now(), heartbeat_at = now()
        WHERE id = @run AND attempt = @attempt AND state = 'running'
        RETURNING false, pg_notify('workbench', 'Run ' || study_id || ' ' || id)::text
        """;

    // Nothing is left to try: the budget shrinks to what has been given out.
    private const string WithdrawSql =
        """
        WITH gone AS (
            DELETE FROM runs WHERE id = @run AND attempt = @attempt AND state = 'running' RETURNING id, study_id, number)
        UPDATE studies s SET trials_claimed = trials_claimed - 1, trials_requested = least(trials_requested, gone.number),
            state = CASE WHEN trials_finished >= least(trials_requested, gone.number) THEN 'completed' ELSE s.state END,
            ended_at = CASE WHEN trials_finished >= least(trials_requested, gone.number) THEN now() ELSE s.ended_at END
        FROM gone WHERE s.id = gone.study_id
        RETURNING false, pg_notify('workbench', 'Run ' || s.id || ' ' || gone.id)::text
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
                    reader.IsDBNull(3) ? null : JsonSerializer.Deserialize<ParameterSet>(reader.GetString(3), JsonSerializerOptions.Web))
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
        using var command = Command(database.Relaxed, ReportSql, lease);
        command.Parameters.AddWithValue("step", step);
        command.Parameters.AddWithValue("keys", metrics.Keys.ToArray());
        command.Parameters.AddWithValue("values", metrics.Values.ToArray());
        return ReadState(command);
    }

    /// <summary>Ends a trial as complete, pruned or failed: it counts against the budget from now on.</summary>
    /// <returns>Whether the study has more trials to claim; null when the lease is lost, and nothing was written.</returns>
    public bool? Finish(Lease lease, TrialState state, double? value, string? error = null) =>
        End(lease, FinishTrialSql, state, value, error);

    /// <summary>Ends a build, or ends a trial as stopped: it will be taken up again when the study is resumed.</summary>
    /// <returns>False when the lease is lost, and nothing was written.</returns>
    public bool EndUncounted(Lease lease, TrialState state, double? value = null, string? error = null) =>
        End(lease, EndSql, state, value, error) is not null;

    /// <summary>Gives a claimed trial back because its sampler has nothing left to try; the study's budget shrinks to what it has tried.</summary>
    public void Withdraw(Lease lease)
    {
        using var command = Command(database.Durable, WithdrawSql, lease);
        command.ExecuteNonQuery();
    }

    private StudyState? Update(Lease lease, string? parameters, string? activity, ChangeKind kind)
    {
        using var command = Command(database.Relaxed, UpdateSql, lease);
        command.Parameters.Add(new NpgsqlParameter("params", NpgsqlDbType.Jsonb) { Value = (object?)parameters ?? DBNull.Value });
        command.Parameters.Add(new NpgsqlParameter("activity", NpgsqlDbType.Text) { Value = (object?)activity ?? DBNull.Value });
        command.Parameters.AddWithValue("kind", kind.ToString());
        return ReadState(command);
    }

    private bool? End(Lease lease, string sql, TrialState state, double? value, string? error)
    {
        using var command = Command(database.Durable, sql, lease);
        command.Parameters.AddWithValue("state", state.ToString().ToLowerInvariant());
        command.Parameters.Add(new NpgsqlParameter("value", NpgsqlDbType.Double) { Value = (object?)value ?? DBNull.Value });
        command.Parameters.Add(new NpgsqlParameter("error", NpgsqlDbType.Text) { Value = (object?)error ?? DBNull.Value });
        using var reader = command.ExecuteReader();
        return reader.Read() ? reader.GetBoolean(0) : null;
    }

    private static NpgsqlCommand Command(NpgsqlDataSource source, string sql, Lease lease)
    {
        var command = source.CreateCommand(sql);
        command.Parameters.AddWithValue("run", lease.RunId);
        command.Parameters.AddWithValue("attempt", lease.Attempt);
        return command;
    }

    private static StudyState? ReadState(NpgsqlCommand command)
    {
        using var reader = command.ExecuteReader();
        return reader.Read() ? Enum.Parse<StudyState>(reader.GetString(0), true) : null;
    }
}
