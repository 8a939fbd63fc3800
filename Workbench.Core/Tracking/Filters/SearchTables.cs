namespace Workbench.Core.Tracking.Filters;

/// <summary>The fields of what clients of MLflow search. The aliases of the tables are those of the statements that use them.</summary>
internal static class SearchTables
{
    /// <summary>Tags that stand in columns of their own.</summary>
    public const string NoteTag = "mlflow.note.content";

    // By this clients tell prompts from models: what has no such tag is none.
    private const string PromptTag = "mlflow.prompt.is_prompt";

    /// <summary>The tag that holds a run's name.</summary>
    public const string NameTag = "mlflow.runName";

    /// <summary>Experiments, as <c>e</c>.</summary>
    public static SearchTable Experiments { get; } = new("Experiments", (kind, key, parameter) => (kind, key) switch
    {
        ("tag" or "tags", NoteTag) => new("e.note"),
        ("tag" or "tags", _) => new($"(e.tags ->> {parameter(key)})"),
        ("" or "attribute" or "attributes" or "attr", "name") => new("e.name"),
        ("" or "attribute" or "attributes" or "attr", "experiment_id") => new("e.id::text") { TakesNumbers = true },
        ("" or "attribute" or "attributes" or "attr", "creation_time") => new(Milliseconds("e.created_at"), IsNumber: true),
        ("" or "attribute" or "attributes" or "attr", "last_update_time") => new(Milliseconds("e.updated_at"), IsNumber: true),
        _ => null,
    }, "There are name, creation_time, last_update_time and tags.KEY.");

    /// <summary>Runs, as <c>r</c>, with their experiments, as <c>e</c>.</summary>
    public static SearchTable Runs { get; } = new("Runs", (kind, key, parameter) => kind switch
    {
        "metric" or "metrics" => new($"(SELECT l.value FROM latest_metrics l WHERE l.run_id = r.id AND l.key = {parameter(key)})", IsNumber: true),
        "param" or "params" or "parameter" or "parameters" => new($"(r.params ->> {parameter(key)})"),
        "tag" or "tags" => key switch
        {
            NoteTag => new("r.note"),
            NameTag => new("r.name"),
            _ => new($"(r.tags ->> {parameter(key)})"),
        },
        "" or "attribute" or "attributes" or "attr" or "run" => key.ToLowerInvariant() switch
        {
            "status" => new(Status),
            "run_name" or "run name" => new("r.name"),
            "run_id" => new("replace(r.uuid::text, '-', '')"),
            "user_id" => new("r.user_name"),
            "artifact_uri" => new(ArtifactUri),
            "start_time" or "created" => new(Milliseconds("r.started_at"), IsNumber: true),
            "end_time" => new(Milliseconds("r.finished_at"), IsNumber: true),
            _ => null,
        },
        "dataset" or "datasets" => key switch
        {
            "name" or "digest" => Dataset($"d.{key}"),
            "context" => Dataset("(i.tags ->> 'mlflow.data.context')"),
            _ => null,
        },
        _ => null,
    }, "There are metrics.KEY, params.KEY, tags.KEY, dataset.name, dataset.digest, dataset.context, and the attributes status, run_name, run_id, user_id, artifact_uri, start_time and end_time.");

    /// <summary>Registered models, as <c>m</c>.</summary>
    public static SearchTable Models { get; } = new("Registered models", (kind, key, parameter) => (kind, key) switch
    {
        ("tag" or "tags", PromptTag) => new($"coalesce(m.tags ->> '{PromptTag}', 'false')"),
        ("tag" or "tags", _) => new($"(m.tags ->> {parameter(key)})"),
        ("" or "attribute" or "attributes", "name") => new("m.name"),
        ("" or "attribute" or "attributes", "creation_timestamp" or "creation_time") => new(Milliseconds("m.created_at"), IsNumber: true),
        ("" or "attribute" or "attributes", "last_updated_timestamp" or "timestamp") => new(Milliseconds("m.updated_at"), IsNumber: true),
        _ => null,
    }, "There are name, creation_timestamp, last_updated_timestamp and tags.KEY.");

    /// <summary>Versions, as <c>v</c>, with their models, as <c>m</c>, and their runs, as <c>r</c>.</summary>
    public static SearchTable Versions { get; } = new("Model versions", (kind, key, parameter) => (kind, key) switch
    {
        ("tag" or "tags", PromptTag) => new($"coalesce(v.tags ->> '{PromptTag}', 'false')"),
        ("tag" or "tags", _) => new($"(v.tags ->> {parameter(key)})"),
        ("" or "attribute" or "attributes", "name") => new("m.name"),
        ("" or "attribute" or "attributes", "version_number" or "version") => new("v.version", IsNumber: true),
        ("" or "attribute" or "attributes", "run_id") => new(VersionRun),
        ("" or "attribute" or "attributes", "source_path") => new(VersionSource),
        ("" or "attribute" or "attributes", "creation_timestamp") => new(Milliseconds("v.created_at"), IsNumber: true),
        ("" or "attribute" or "attributes", "last_updated_timestamp") => new(Milliseconds("v.updated_at"), IsNumber: true),
        _ => null,
    }, "There are name, version_number, run_id, source_path, creation_timestamp, last_updated_timestamp and tags.KEY.");

    /// <summary>Whether a metric of a logged model, as <c>x</c>, is of one of the datasets that are asked for: @dataset_names, and
    /// @dataset_digests with null for any. Of none asked for, it is.</summary>
    public const string IsOfDatasets =
        """
        (cardinality(@dataset_names) = 0 OR EXISTS (
            SELECT FROM unnest(@dataset_names, @dataset_digests) AS d (name, digest)
            WHERE d.name = x.dataset_name AND (d.digest IS NULL OR d.digest = x.dataset_digest)))
        """;

    /// <summary>The run that logged a model, or what the client said it is.</summary>
    public const string ModelRun = "coalesce(replace(r.uuid::text, '-', ''), l.source_run)";

    /// <summary>Logged models, as <c>l</c>, with the runs they are of, as <c>r</c>; their metrics are those of the datasets that are asked for.</summary>
    public static SearchTable LoggedModels { get; } = LoggedModelsOf(IsOfDatasets);

    /// <summary>Logged models, whose metrics are those of one dataset.</summary>
    /// <param name="name">The dataset's name, as a parameter; null for any.</param>
    /// <param name="digest">Its digest; null for any.</param>
    public static SearchTable LoggedModelsOn(string? name, string? digest) => name is null && digest is null
        ? LoggedModels
        : LoggedModelsOf($"{(name is null ? "true" : $"x.dataset_name = {name}")} AND {(digest is null ? "true" : $"x.dataset_digest = {digest}")}");

    private static SearchTable LoggedModelsOf(string measured) => new("Logged models", (kind, key, parameter) => kind switch
    {
        "metric" or "metrics" => new(
            $"""
            (SELECT x.value FROM logged_model_metrics x WHERE x.model_id = l.id AND x.key = {parameter(key)} AND {measured}
                ORDER BY x.step DESC, x.timestamp DESC, x.value DESC LIMIT 1)
            """, IsNumber: true),
        "param" or "params" => new($"(l.params ->> {parameter(key)})"),
        "tag" or "tags" => new($"(l.tags ->> {parameter(key)})"),
        "" or "attribute" or "attributes" => key switch
        {
            "name" => new("l.name"),
            "model_id" => new("'m-' || replace(l.id::text, '-', '')"),
            "model_type" => new("l.model_type"),
            "status" => new("(CASE l.state WHEN 'ready' THEN 'READY' WHEN 'failed' THEN 'FAILED' ELSE 'PENDING' END)"),
            "source_run_id" => new(ModelRun),
            "creation_timestamp" or "creation_time" => new(Milliseconds("l.created_at"), IsNumber: true),
            "last_updated_timestamp" or "last_updated_time" => new(Milliseconds("l.updated_at"), IsNumber: true),
            _ => null,
        },
        _ => null,
    }, "There are name, model_id, model_type, status, source_run_id, creation_timestamp, last_updated_timestamp, metrics.KEY, params.KEY and tags.KEY.");

    /// <summary>MLflow's word for the state of a run.</summary>
    public const string Status =
        "(CASE r.state WHEN 'running' THEN 'RUNNING' WHEN 'failed' THEN 'FAILED' WHEN 'stopped' THEN 'KILLED' WHEN 'scheduled' THEN 'SCHEDULED' ELSE 'FINISHED' END)";

    /// <summary>Where a run's artifacts are, as a URI.</summary>
    public const string ArtifactUri =
        "(coalesce(e.artifact_location, 'mlflow-artifacts:/' || e.id) || '/' || replace(r.uuid::text, '-', '') || '/artifacts')";

    /// <summary>The run of a version, as the client said or, of one of the workbench's own, its build.</summary>
    public const string VersionRun = "coalesce(v.source_run, replace(r.uuid::text, '-', ''))";

    /// <summary>The source of a version; of one of the workbench's own, the artifacts of its build or, where that is gone, of the version.</summary>
    public const string VersionSource =
        "coalesce(v.source, 'mlflow-artifacts:/' || r.experiment_id || '/' || replace(r.uuid::text, '-', '') || '/artifacts', 'mlflow-artifacts:/' || v.artifact_prefix)";

    private static SearchField Dataset(string sql) => new(sql)
    {
        Any = ("EXISTS (SELECT FROM run_inputs i JOIN tracked_datasets d ON d.id = i.dataset_id WHERE i.run_id = r.id AND ", ")"),
    };

    /// <summary>A moment in milliseconds since 1970.</summary>
    public static string Milliseconds(string column) => $"(extract(epoch FROM {column}) * 1000)::bigint";
}
