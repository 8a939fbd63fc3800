namespace Workbench.Core.Tracking;

/// <content>The statements.</content>
public sealed partial class RunStore
{
    // One statement, so one moment: the trial this job was running when its process died, or the one of its place that has lost its job;
    // or one that was stopped; or a new number within the budget, with what was enqueued first. A new number waits for the study's row,
    // which makes the count exact under any contention, and gives each enqueued set out once: one that another claim took meanwhile is
    // passed over (FOR UPDATE).
    private const string ClaimSql =
        """
        WITH mine AS (
            UPDATE runs SET attempt = attempt + 1, job_id = @job, worker = @worker, activity = NULL, started_at = now(), heartbeat_at = now()
            WHERE study_id = @study AND state = 'running' AND (job_id = @job OR (job_id IS NULL AND slot = @slot AND kind = 'trial'))
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
            RETURNING next_number - 1 AS number, @slot AS slot),
        """ + NextSql;

    // As above, for clients, which have no places. One that is silent is taken for dead; the study's own row says how long that takes.
    private const string AskSql =
        """
        WITH mine AS (
            UPDATE runs SET attempt = attempt + 1, job_id = @job, worker = @worker, activity = NULL, started_at = now(), heartbeat_at = now()
            WHERE id = coalesce(
                (SELECT id FROM runs WHERE job_id = @job AND study_id = @study AND state = 'running' AND kind = 'trial' FOR UPDATE),
                (SELECT r.id FROM runs r JOIN studies s ON s.id = r.study_id
                 WHERE r.study_id = @study AND r.state = 'running' AND r.kind = 'trial' AND r.heartbeat_at < now() - s.silence AND s.state = 'running'
                 ORDER BY r.number LIMIT 1 FOR UPDATE OF r SKIP LOCKED))
            RETURNING id, number, attempt, params, given),
        stopped AS (
            UPDATE runs SET state = 'running', attempt = attempt + 1, job_id = @job, worker = @worker, activity = NULL,
                started_at = now(), heartbeat_at = now(), finished_at = NULL
            WHERE id = (SELECT r.id FROM runs r JOIN studies s ON s.id = r.study_id
                        WHERE r.study_id = @study AND r.state = 'stopped' AND r.kind = 'trial' AND s.state = 'running'
                          AND NOT EXISTS (SELECT FROM mine)
                        ORDER BY r.number LIMIT 1 FOR UPDATE OF r SKIP LOCKED)
            RETURNING id, number, attempt, params, given),
        budget AS (
            UPDATE studies SET trials_claimed = trials_claimed + 1, next_number = next_number + 1
            WHERE id = @study AND state = 'running' AND silence IS NOT NULL AND trials_claimed < trials_requested
              AND NOT EXISTS (SELECT FROM mine) AND NOT EXISTS (SELECT FROM stopped)
            RETURNING next_number - 1 AS number, NULL::int AS slot),
        """ + NextSql;

    // The end of a claim: gives a number of the budget its run, and a run that begins again no metrics. A client's is told of with its parameters.
    private const string NextSql =
        """

        enqueued AS (
            DELETE FROM enqueued_sets
            WHERE id = (SELECT id FROM enqueued_sets WHERE study_id = @study AND EXISTS (SELECT FROM budget) ORDER BY id LIMIT 1 FOR UPDATE)
            RETURNING params),
        fresh AS (
            INSERT INTO runs (experiment_id, study_id, kind, name, number, state, attempt, slot, job_id, worker, tags, given, started_at, heartbeat_at)
            SELECT @study, @study, 'trial', 'trial-' || number, number, 'running', 1, slot, @job, @worker, '{}', (SELECT params FROM enqueued),
                now(), now()
            FROM budget
            RETURNING id, number, attempt, params, given),
        claimed AS (SELECT *, true AS taken_over FROM mine UNION ALL SELECT *, false FROM stopped UNION ALL SELECT *, false FROM fresh),
        cleared AS (DELETE FROM metrics WHERE run_id IN (SELECT id FROM mine UNION ALL SELECT id FROM stopped)),
        latest_cleared AS (DELETE FROM latest_metrics WHERE run_id IN (SELECT id FROM mine UNION ALL SELECT id FROM stopped))
        SELECT id, number, attempt, params, given, (SELECT state FROM studies WHERE id = @study), taken_over,
            CASE WHEN @commit = 'on' THEN pg_notify('workbench', 'Run ' || @study || ' ' || id)::text END,
            set_config('synchronous_commit', @commit, true)
        FROM claimed
        """;

    private const string TakeUpSql =
        """
        WITH mine AS (
            UPDATE runs SET attempt = attempt + 1, job_id = @job, worker = @worker, activity = NULL, started_at = now(), heartbeat_at = now()
            WHERE id = @run AND state = 'running' AND kind = 'production'
            RETURNING id, study_id, attempt),
        cleared AS (DELETE FROM metrics WHERE run_id IN (SELECT id FROM mine)),
        latest_cleared AS (DELETE FROM latest_metrics WHERE run_id IN (SELECT id FROM mine))
        SELECT id, study_id, attempt, pg_notify('workbench', 'Run ' || study_id || ' ' || id)::text FROM mine
        """;

    private const string SupersededSql = "SELECT EXISTS (SELECT FROM runs WHERE id = @run AND state = 'running' AND attempt > @attempt)";

    private const string KeepHeldOutSql =
        "INSERT INTO held_out (run_id, answers) VALUES (@run, @answers) ON CONFLICT (run_id) DO UPDATE SET answers = excluded.answers";

    // It is written again at the end of the trial if it is lost: its commit need not wait for the disk. A step that the last value has
    // reached is there already, also when the statement that wrote it was not seen to end.
    private const string ReportSql =
        """
        WITH lease AS (
            UPDATE runs SET heartbeat_at = now(), activity = NULL
            WHERE id = @run AND attempt = @attempt AND state = 'running'
            RETURNING id, study_id),
        latest AS (
            INSERT INTO latest_metrics AS l (run_id, key, step, timestamp, value)
            SELECT lease.id, m.key, @step, (extract(epoch FROM now()) * 1000)::bigint, m.value
            FROM lease, unnest(@keys, @values) AS m (key, value)
            ON CONFLICT (run_id, key) DO UPDATE SET step = excluded.step, timestamp = excluded.timestamp, value = excluded.value
            WHERE l.step < excluded.step
            RETURNING run_id, key, step, timestamp, value),
        written AS (INSERT INTO metrics (run_id, key, step, timestamp, value) SELECT * FROM latest)
        SELECT s.state, pg_notify('workbench', 'Progress ' || s.id || ' ' || lease.id)::text,
            set_config('synchronous_commit', 'off', true)
        FROM studies s JOIN lease ON s.id = lease.study_id
        """;

    private const string UpdateSql =
        """
        WITH lease AS (
            UPDATE runs SET heartbeat_at = now(), params = coalesce(@params, params), activity = @activity
            WHERE id = @run AND attempt = @attempt AND state = 'running'
            RETURNING id, study_id)
        SELECT s.state, pg_notify('workbench', @kind || ' ' || s.id || ' ' || lease.id)::text,
            set_config('synchronous_commit', 'off', true)
        FROM studies s JOIN lease ON s.id = lease.study_id
        """;

    // Nearly always everything is there, and looking is all that happens.
    private const string CompleteSql =
        """
        WITH lease AS (SELECT id, params FROM runs WHERE id = @run AND attempt = @attempt AND state = 'running' FOR UPDATE),
        given AS (UPDATE runs SET params = @params FROM lease WHERE runs.id = lease.id AND lease.params IS NULL),
        missing AS (
            SELECT lease.id AS run_id, m.key, m.step::bigint AS step, (extract(epoch FROM now()) * 1000)::bigint AS timestamp, m.value
            FROM lease CROSS JOIN unnest(@steps, @keys, @values) AS m (step, key, value)
            WHERE (SELECT count(*) FROM metrics WHERE run_id = @run) < cardinality(@steps)
              AND NOT EXISTS (SELECT FROM metrics w WHERE w.run_id = @run AND w.key = m.key AND w.step = m.step)),
        written AS (INSERT INTO metrics (run_id, key, step, timestamp, value) SELECT * FROM missing)
        INSERT INTO latest_metrics AS l (run_id, key, step, timestamp, value)
        SELECT DISTINCT ON (key) * FROM missing ORDER BY key, step DESC
        ON CONFLICT (run_id, key) DO UPDATE SET step = excluded.step, timestamp = excluded.timestamp, value = excluded.value
        WHERE l.step < excluded.step
        """;

    // The study's row is locked from here to the commit, so the order of finishing is the order in which it becomes visible:
    // a reader that asks for "all after n" misses none. What a stopping rule says of the end belongs to the same transaction.
    private const string FinishTrialSql = FinishSql + FinishedSql;

    private const string FinishWithoutRuleSql = FinishSql + " AND s.stopping IS NULL" + FinishedSql;

    private const string FinishSql =
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
                WHERE r.id = @run AND r.attempt = @attempt AND r.state = 'running'
        """;

    private const string FinishedSql =
        """
         FOR UPDATE) AS held
            WHERE s.id = held.study_id
            RETURNING s.*, held.best_value AS best_before)
        UPDATE runs SET state = @state, value = @value, error = @error, activity = NULL, finished_at = now(), heartbeat_at = now(),
            finished_order = study.trials_finished
        FROM study WHERE runs.id = @run
        RETURNING study.state = 'running' AND study.trials_claimed < study.trials_requested,
            CASE WHEN study.state = 'running' THEN study.stopping END, study.direction, study.trials_finished, study.trials_requested,
            study.best_value, study.best_before, study.since_best, extract(epoch FROM clock_timestamp() - study.running_since)::float8,
            pg_notify('workbench', 'Run ' || study.id || ' ' || runs.id)::text, set_config('synchronous_commit', @commit, true)
        """;

    private const string KeepFailureSql = "INSERT INTO failures (run_id, detail) VALUES (@run, @detail)";

    // As with a grid that is exhausted, the budget shrinks to what was begun: trials added later are added to that.
    private const string EndStudySql =
        """
        UPDATE studies SET state = 'completed', stop_reason = @reason, trials_requested = trials_claimed, ended_at = now() WHERE id = @study
        RETURNING pg_notify('workbench', 'Study ' || id || ' 0')::text
        """;

    // Against the lock of the study's row a statement that resumes it either sees this trial stopped, or is seen here.
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
}
