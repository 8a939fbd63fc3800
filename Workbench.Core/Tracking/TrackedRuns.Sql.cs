namespace Workbench.Core.Tracking;

/// <content>The statements.</content>
public sealed partial class TrackedRuns
{
    private const string CreateSql =
        """
        WITH experiment AS (SELECT id FROM experiments WHERE id = @experiment AND deleted_at IS NULL FOR SHARE),
        written AS (
            INSERT INTO runs (experiment_id, kind, name, user_name, state, attempt, tags, note, params, started_at, heartbeat_at)
            SELECT id, 'tracked', @name, @user, 'running', 1, @tags, @note, '{}', coalesce(@started, date_trunc('milliseconds', now())), now()
            FROM experiment
            RETURNING id, uuid, experiment_id)
        SELECT uuid, pg_notify('workbench', 'Run ' || experiment_id || ' ' || id)::text FROM written
        """;

    private const string UpdateSql =
        """
        UPDATE runs r SET state = coalesce(@state, state), name = coalesce(@name, r.name), heartbeat_at = now(),
            finished_at = CASE WHEN @state IN ('running', 'scheduled') THEN NULL ELSE coalesce(@finished, finished_at, CASE WHEN @state IS NOT NULL THEN now() END) END
        FROM experiments e
        WHERE r.uuid = @uuid AND r.kind = 'tracked' AND r.deleted_at IS NULL AND e.id = r.experiment_id AND e.deleted_at IS NULL
        RETURNING pg_notify('workbench', 'Run ' || r.experiment_id || ' ' || r.id)::text
        """;

    private const string FindSql =
        """
        SELECT r.id, r.kind, r.deleted_at IS NOT NULL OR e.deleted_at IS NOT NULL, e.name,
            r.kind = 'tracked' OR (r.state = 'running' AND s.command IS NOT NULL)
        FROM runs r JOIN experiments e ON e.id = r.experiment_id LEFT JOIN studies s ON s.id = r.study_id WHERE r.uuid = @uuid
        """;

    private const string LockSql = FindSql + " FOR ";

    // Those that are given with another value than they have, if there are any; otherwise all are written. What was searched stays as it was
    // sampled, whatever a command says of it.
    private const string ParamsSql =
        """
        WITH given AS (
            SELECT key, value FROM jsonb_each_text(@params)
            WHERE NOT EXISTS (SELECT FROM runs r JOIN studies s ON s.id = r.study_id WHERE r.id = @id AND s.search_space::jsonb ? key)),
        other AS (
            SELECT given.key, r.params ->> given.key AS value FROM runs r JOIN given ON r.params ->> given.key <> given.value
            WHERE r.id = @id ORDER BY given.key LIMIT 1),
        written AS (
            UPDATE runs SET params = coalesce(params, '{}') || (SELECT coalesce(jsonb_object_agg(key, value), '{}') FROM given), heartbeat_at = now() WHERE id = @id AND NOT EXISTS (SELECT FROM other))
        SELECT key, value FROM other
        """;

    private const string TagsSql =
        """
        UPDATE runs SET tags = tags || @tags, note = CASE WHEN @has_note THEN @note ELSE note END, heartbeat_at = now(),
            name = CASE WHEN kind = 'tracked' THEN coalesce(@name, name) ELSE name END
        WHERE id = @id
        """;

    private const string RemoveTagSql =
        """
        UPDATE runs SET tags = tags - @key WHERE id = @id AND tags ? @key
        RETURNING pg_notify('workbench', 'Note ' || experiment_id || ' ' || id)::text
        """;

    private const string RemoveNoteSql =
        """
        UPDATE runs SET note = NULL WHERE id = @id AND note IS NOT NULL AND @key <> ''
        RETURNING pg_notify('workbench', 'Note ' || experiment_id || ' ' || id)::text
        """;

    // Of several values of a metric the last one is told by step, time and value, within the batch as well as against what is there.
    private const string MetricsSql =
        """
        WITH given AS (
            SELECT DISTINCT key, step, timestamp, value FROM unnest(@keys, @steps, @times, @values) AS m (key, step, timestamp, value)),
        written AS (
            INSERT INTO metrics (run_id, key, step, timestamp, value) SELECT @id, key, step, timestamp, value FROM given
            ON CONFLICT DO NOTHING)
        INSERT INTO latest_metrics AS l (run_id, key, step, timestamp, value)
        SELECT DISTINCT ON (key) @id, key, step, timestamp, value FROM given ORDER BY key, step DESC, timestamp DESC, value DESC
        ON CONFLICT (run_id, key) DO UPDATE SET step = excluded.step, timestamp = excluded.timestamp, value = excluded.value
        WHERE (excluded.step, excluded.timestamp, excluded.value) > (l.step, l.timestamp, l.value)
        """;

    // Of a model that is not there nothing is written.
    private const string ModelMetricsSql =
        """
        INSERT INTO logged_model_metrics (model_id, run_id, key, step, timestamp, value, dataset_name, dataset_digest)
        SELECT l.id, @id, m.key, m.step, m.timestamp, m.value, m.name, m.digest
        FROM unnest(@models, @keys, @steps, @times, @values, @names, @digests) AS m (model, key, step, timestamp, value, name, digest)
        JOIN logged_models l ON l.id = m.model
        ON CONFLICT DO NOTHING
        """;

    private const string NotifySql = "SELECT pg_notify('workbench', @kind || ' ' || experiment_id || ' ' || id) FROM runs WHERE id = @id";

    private const string SetDeletedSql =
        """
        WITH written AS (
            UPDATE runs r SET deleted_at = CASE WHEN @at IS NULL THEN NULL ELSE coalesce(r.deleted_at, @at) END
            WHERE uuid = @uuid AND kind = 'tracked'
            RETURNING id, experiment_id, name),
        audited AS (
            INSERT INTO audit_events (actor, way, action, subject, study_id, details)
            SELECT @actor, @way, @action, (SELECT e.name FROM experiments e WHERE e.id = experiment_id) || '/' || name, experiment_id, '{}' FROM written)
        SELECT pg_notify('workbench', 'Run ' || experiment_id || ' ' || id)::text FROM written
        """;
}
