using Workbench.Core.Tracking.Filters;

namespace Workbench.Core.Tracking.Mirrors;

/// <content>The statements: what is to be sent is what differs from what was.</content>
public sealed partial class MirrorStore
{
    private const string OpenSql =
        """
        WITH opened AS (
            INSERT INTO mirrors (address, is_itself) VALUES (@address, false) ON CONFLICT (address) DO UPDATE SET address = excluded.address RETURNING id),
        experiments AS (UPDATE mirrored_experiments x SET error = NULL FROM opened WHERE x.mirror_id = opened.id AND error IS NOT NULL),
        runs AS (UPDATE mirrored_runs x SET error = NULL FROM opened WHERE x.mirror_id = opened.id AND error IS NOT NULL),
        models AS (UPDATE mirrored_models x SET error = NULL FROM opened WHERE x.mirror_id = opened.id AND error IS NOT NULL),
        versions AS (UPDATE mirrored_versions x SET error = NULL FROM opened WHERE x.mirror_id = opened.id AND error IS NOT NULL)
        SELECT id FROM opened
        """;

    private const string StateSql =
        """
        WITH changed AS (
            UPDATE mirrors SET is_itself = @itself, trouble = @trouble, trouble_since = CASE WHEN @trouble IS NOT NULL THEN coalesce(trouble_since, now()) END
            WHERE id = @mirror AND (trouble, is_itself) IS DISTINCT FROM (@trouble, @itself))
        SELECT pg_notify('workbench', 'Mirror 0 0')
        """;

    private const string Experiments =
        $"""
        FROM experiments e JOIN studies s ON s.id = e.id
        CROSS JOIN LATERAL (SELECT e.tags || jsonb_strip_nulls(jsonb_build_object('{SearchTables.NoteTag}', e.note)) AS tags) wanted
        LEFT JOIN mirrored_experiments x ON x.experiment_id = e.id AND x.mirror_id = @mirror
        """;

    private const string ExperimentWaits = "e.deleted_at IS NULL AND x.error IS NULL AND (x.remote_id IS NULL OR x.name <> e.name OR x.tags <> wanted.tags)";

    private const string ExperimentsSql =
        $"""
        SELECT e.uuid, e.name, wanted.tags, jsonb_strip_nulls(jsonb_build_object(
                'workbench.pipeline', s.pipeline, 'workbench.dataset', s.dataset, 'workbench.metric', s.metric, 'workbench.direction', s.direction)),
            e.id, x.remote_id, coalesce(x.is_adopted, false), x.name, coalesce(x.tags, jsonb_build_object())
        {Experiments}
        WHERE (@studies::bigint[] IS NULL OR e.id = ANY(@studies)) AND (e.id = @id OR @id IS NULL AND {ExperimentWaits})
        ORDER BY e.id
        """;

    private const string Runs =
        $"""
        FROM runs r JOIN experiments e ON e.id = r.experiment_id JOIN studies s ON s.id = e.id
        LEFT JOIN mirrored_experiments x ON x.experiment_id = e.id AND x.mirror_id = @mirror
        LEFT JOIN mirrored_runs m ON m.run_id = r.id AND m.mirror_id = @mirror
        CROSS JOIN LATERAL (SELECT
            r.tags || jsonb_strip_nulls(jsonb_build_object('{SearchTables.NoteTag}', r.note, '{SearchTables.NameTag}', r.name)) AS tags,
            CASE WHEN r.state <> 'running' THEN {SearchTables.Status} WHEN e.deleted_at IS NOT NULL THEN 'KILLED' END AS status) wanted
        """;

    // Without parameters a trial may still be withdrawn; a build that waits for its worker starts later than it says. What was deleted here
    // is not begun there, and what was begun there ends.
    private const string RunWaits =
        """
        r.kind <> 'tracked' AND r.attempt > 0 AND (r.params IS NOT NULL OR r.state <> 'running') AND m.error IS NULL AND x.error IS NULL
        AND (e.deleted_at IS NULL OR m.remote_id IS NOT NULL)
        AND (m.remote_id IS NULL OR m.started_at <> r.started_at OR m.status IS DISTINCT FROM wanted.status OR m.tags <> wanted.tags OR r.params IS NOT NULL AND NOT m.has_params
            OR wanted.status IS NULL AND EXISTS (
                SELECT FROM latest_metrics l WHERE l.run_id = r.id AND ((m.steps ->> l.key) IS NULL OR l.step > (m.steps ->> l.key)::bigint)))
        """;

    private const string RunsSql =
        $"""
        SELECT r.id, r.uuid, wanted.tags, jsonb_strip_nulls(jsonb_build_object(
                'workbench.kind', r.kind, 'workbench.trial', r.number::text, 'workbench.attempt', r.attempt::text,
                'workbench.state', CASE r.state WHEN 'pruned' THEN r.state END, 'workbench.error', r.error)),
            coalesce((SELECT a.actor FROM audit_events a WHERE a.study_id = e.id AND a.action = 'studyLaunched' ORDER BY a.id LIMIT 1), 'workbench'),
            'workbench: ' || s.pipeline || coalesce(' on ' || s.dataset, ''), r.params, r.started_at, wanted.status,
            CASE WHEN wanted.status IS NOT NULL THEN coalesce(r.finished_at, e.deleted_at, now()) END, s.metric, r.value,
            e.id, x.remote_id, x.is_adopted, x.name, x.tags,
            m.run_id IS NOT NULL, m.remote_id, m.started_at, m.has_params, m.steps, m.values, m.tags, m.status
        {Runs}
        WHERE (@studies::bigint[] IS NULL OR r.study_id = ANY(@studies) OR r.id = ANY(@runs)) AND x.remote_id IS NOT NULL AND {RunWaits}
        ORDER BY r.id LIMIT @most
        """;

    // By the metrics' last values the index of the histories is read where the new values begin, and not from their start. A step may be
    // any number: the bound is none that can't be counted beyond.
    private const string MetricsSql =
        """
        SELECT m.key, m.value, m.timestamp, m.step FROM latest_metrics l JOIN metrics m ON m.run_id = l.run_id AND m.key = l.key
        WHERE l.run_id = @run AND m.step >= CASE
                WHEN @steps ->> l.key IS NULL THEN '-9223372036854775808'::bigint ELSE least((@steps ->> l.key)::bigint, 9223372036854775806) + 1 END
            AND (m.key, m.step, m.timestamp, m.value) > (@key, @step, @timestamp, @value)
        ORDER BY m.key, m.step, m.timestamp, m.value LIMIT @most
        """;

    private const string Versions =
        """
        FROM versions v JOIN models o ON o.id = v.model_id JOIN runs r ON r.id = v.run_id AND r.kind = 'production'
        JOIN mirrored_runs m ON m.run_id = r.id AND m.mirror_id = @mirror AND m.status = 'FINISHED'
        LEFT JOIN mirrored_models n ON n.model_id = o.id AND n.mirror_id = @mirror
        LEFT JOIN mirrored_versions w ON w.model_id = v.model_id AND w.version = v.version AND w.mirror_id = @mirror
        WHERE v.state = 'ready' AND v.artifact_prefix IS NOT NULL AND v.deleted_at IS NULL AND o.deleted_at IS NULL
            AND n.error IS NULL AND w.error IS NULL AND w.remote_version IS NULL
        """;

    private const string VersionsSql =
        $"SELECT v.model_id, v.version, o.uuid, o.name, n.remote_name, coalesce(n.aliases, jsonb_build_object()), v.artifact_prefix, v.manifest, m.remote_id {Versions} ORDER BY v.model_id, v.version LIMIT 1";

    private const string Aliases =
        """
        FROM mirrored_models n JOIN models o ON o.id = n.model_id
        CROSS JOIN LATERAL (
            SELECT coalesce(jsonb_object_agg(a.alias, w.remote_version), jsonb_build_object()) AS aliases
            FROM aliases a JOIN mirrored_versions w ON w.model_id = a.model_id AND w.version = a.version AND w.mirror_id = @mirror
            WHERE a.model_id = n.model_id AND w.remote_version IS NOT NULL) wanted
        WHERE n.mirror_id = @mirror AND n.remote_name IS NOT NULL AND n.error IS NULL AND o.deleted_at IS NULL AND n.aliases <> wanted.aliases
        """;

    private const string AliasesSql = $"SELECT n.model_id, n.remote_name, n.aliases, wanted.aliases {Aliases} ORDER BY n.model_id";

    // A server that has lost the study has lost its models, too.
    private const string ForgetSql =
        """
        WITH models AS (DELETE FROM mirrored_models n USING studies s WHERE s.id = @id AND n.model_id = s.model_id AND n.mirror_id = @mirror)
        DELETE FROM mirrored_experiments WHERE experiment_id = @id AND mirror_id = @mirror
        """;

    private const string SaveExperimentSql =
        """
        INSERT INTO mirrored_experiments (experiment_id, mirror_id, remote_id, is_adopted, name, tags) VALUES (@id, @mirror, @remote, @adopted, @name, @tags)
        ON CONFLICT (experiment_id, mirror_id) DO UPDATE SET remote_id = excluded.remote_id, is_adopted = excluded.is_adopted, name = excluded.name,
            tags = excluded.tags, error = NULL
        """;

    private const string SaveRunSql =
        """
        INSERT INTO mirrored_runs (run_id, mirror_id, experiment_id, remote_id, started_at, has_params, steps, values, tags, status)
        VALUES (@id, @mirror, @experiment, @remote, @started, @params, @steps, @values, @tags, @status)
        ON CONFLICT (run_id, mirror_id) DO UPDATE SET remote_id = excluded.remote_id, started_at = excluded.started_at, has_params = excluded.has_params,
            steps = excluded.steps, values = excluded.values, tags = excluded.tags, status = excluded.status, error = NULL
        """;

    private const string SaveModelSql =
        """
        INSERT INTO mirrored_models (model_id, mirror_id, remote_name, aliases) VALUES (@id, @mirror, @name, @aliases)
        ON CONFLICT (model_id, mirror_id) DO UPDATE SET remote_name = excluded.remote_name, aliases = excluded.aliases, error = NULL
        """;

    private const string SaveVersionSql =
        """
        INSERT INTO mirrored_versions (model_id, version, mirror_id, remote_version) VALUES (@id, @version, @mirror, @remote)
        ON CONFLICT (model_id, version, mirror_id) DO UPDATE SET remote_version = excluded.remote_version, error = NULL
        """;

    private const string RefuseExperimentSql =
        """
        INSERT INTO mirrored_experiments (experiment_id, mirror_id, is_adopted, error) VALUES (@id, @mirror, false, @error)
        ON CONFLICT (experiment_id, mirror_id) DO UPDATE SET error = excluded.error
        """;

    private const string RefuseRunSql = "UPDATE mirrored_runs SET error = @error WHERE run_id = @id AND mirror_id = @mirror";

    private const string RefuseModelSql =
        """
        INSERT INTO mirrored_models (model_id, mirror_id, error) VALUES (@id, @mirror, @error)
        ON CONFLICT (model_id, mirror_id) DO UPDATE SET error = excluded.error
        """;

    private const string RefuseVersionSql =
        """
        INSERT INTO mirrored_versions (model_id, version, mirror_id, error) VALUES (@id, @version, @mirror, @error)
        ON CONFLICT (model_id, version, mirror_id) DO UPDATE SET error = excluded.error
        """;

    private const string StatusSql =
        $"""
        SELECT is_itself, trouble, trouble_since,
            (SELECT count(*) {Experiments} WHERE {ExperimentWaits}) + (SELECT count(*) {Runs} WHERE {RunWaits})
            + (SELECT count(*) {Versions}) + (SELECT count(*) {Aliases})
        FROM mirrors WHERE id = @mirror
        """;

    private const string RefusedSql =
        """
        SELECT 'study ' || e.name, x.error FROM mirrored_experiments x JOIN experiments e ON e.id = x.experiment_id WHERE x.mirror_id = @mirror AND x.error IS NOT NULL
        UNION ALL
        SELECT r.name || ' of ' || e.name, x.error FROM mirrored_runs x JOIN runs r ON r.id = x.run_id JOIN experiments e ON e.id = r.experiment_id
        WHERE x.mirror_id = @mirror AND x.error IS NOT NULL
        UNION ALL
        SELECT 'model ' || o.name, x.error FROM mirrored_models x JOIN models o ON o.id = x.model_id WHERE x.mirror_id = @mirror AND x.error IS NOT NULL
        UNION ALL
        SELECT o.name || ' version ' || x.version, x.error FROM mirrored_versions x JOIN models o ON o.id = x.model_id
        WHERE x.mirror_id = @mirror AND x.error IS NOT NULL
        LIMIT @most
        """;
}
