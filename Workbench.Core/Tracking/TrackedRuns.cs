using System.Text.Json;
using Npgsql;
using NpgsqlTypes;
using Workbench.Core.Audit;
using Workbench.Core.Search;
using Workbench.Core.Tracking.Filters;

namespace Workbench.Core.Tracking;

/// <summary>A value of a metric as a client logs it.</summary>
/// <param name="Key">The metric.</param>
/// <param name="Value">The value; it may be NaN or infinite.</param>
/// <param name="Timestamp">When, in milliseconds since 1970, as the client says.</param>
/// <param name="Step">The step, as the client counts.</param>
public readonly record struct LoggedMetric(string Key, double Value, long Timestamp, long Step);

/// <summary>A value that is measured of a logged model, on a dataset or on none.</summary>
public readonly record struct ModelMetric(Guid Model, LoggedMetric Metric, string? DatasetName, string? DatasetDigest);

/// <summary>What a client logs at once: all of it is written, or nothing.</summary>
public sealed record LoggedBatch
{
    /// <summary>Values of metrics; one that is there already is left out.</summary>
    public IReadOnlyList<LoggedMetric> Metrics { get; init; } = [];

    /// <summary>Parameters: a value can be set once.</summary>
    public IReadOnlyDictionary<string, string> Params { get; init; } = new Dictionary<string, string>();

    /// <summary>Tags: a value can be set again.</summary>
    public IReadOnlyDictionary<string, string> Tags { get; init; } = new Dictionary<string, string>();

    /// <summary>Which of the values are of logged models, too.</summary>
    public IReadOnlyList<ModelMetric> ModelMetrics { get; init; } = [];
}

/// <summary>
/// What clients log into runs. The params, metrics and state of trials and builds are the workbench's own to write: of these only tags can
/// be set, unless a command runs them that may itself be such a client. How that ends, its exit tells. Every write is one transaction, and announced on the change feed.
/// </summary>
public sealed partial class TrackedRuns(Database database, TimeProvider clock)
{
    /// <summary>Begins a run.</summary>
    /// <returns>Its identity.</returns>
    /// <exception cref="NotFoundException">There is no such experiment.</exception>
    /// <exception cref="FieldException">The experiment is deleted.</exception>
    public async Task<Guid> CreateAsync(
        long experimentId, string name, string? user, DateTimeOffset? startedAt, IReadOnlyDictionary<string, string> tags, CancellationToken cancellationToken = default)
    {
        Actor.Current.Require(Access.Scope.Write);
        await using var command = database.Durable.CreateCommand(CreateSql);
        command.Parameters.AddWithValue("experiment", experimentId);
        command.Parameters.AddWithValue("name", name);
        command.Parameters.Add(Nullable("user", NpgsqlDbType.Text, user));
        command.Parameters.Add(Nullable("started", NpgsqlDbType.TimestampTz, startedAt?.UtcDateTime));
        command.Parameters.Add(Nullable("note", NpgsqlDbType.Text, NoteOf(tags)));
        command.Parameters.Add(Json("tags", OwnTags(tags)));
        return await command.ExecuteScalarAsync(cancellationToken) is Guid uuid
            ? uuid
            : throw await IsDeletedExperimentAsync(experimentId, cancellationToken);
    }

    /// <summary>Changes a tracked run's state, end and name; what is null stays. Of a trial or a build nothing.</summary>
    public async Task UpdateAsync(Guid run, TrialState? state, DateTimeOffset? finishedAt, string? name, CancellationToken cancellationToken = default)
    {
        Actor.Current.Require(Access.Scope.Write);
        await using var command = database.Durable.CreateCommand(UpdateSql);
        command.Parameters.AddWithValue("uuid", run);
        command.Parameters.Add(Nullable("state", NpgsqlDbType.Text, state is { } known ? WorkbenchDb.Word(known) : null));
        command.Parameters.Add(Nullable("finished", NpgsqlDbType.TimestampTz, finishedAt?.UtcDateTime));
        command.Parameters.Add(Nullable("name", NpgsqlDbType.Text, name));
        if (await command.ExecuteScalarAsync(cancellationToken) is null && !await IsCommandAsync(run, cancellationToken))
        {
            throw await RefusalAsync(run, "its state and name are the workbench's own to write", cancellationToken);
        }
    }

    /// <summary>Logs params, metrics and tags: all of them or, when it throws, nothing.</summary>
    /// <exception cref="NotFoundException">There is no such run.</exception>
    /// <exception cref="FieldException">A param has another value already, the run is deleted, or is not to be written to.</exception>
    public async Task LogAsync(Guid run, LoggedBatch batch, CancellationToken cancellationToken = default)
    {
        Actor.Current.Require(Access.Scope.Write);
        await using var connection = await database.Durable.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        var locks = batch.Params.Count + batch.Tags.Count > 0;
        var (id, isOpen) = await LockAsync(connection, run, locks, cancellationToken);
        if (!isOpen && batch.Params.Count + batch.Metrics.Count > 0)
        {
            throw await RefusalAsync(run, "its params and metrics are the workbench's own to write; tags can be set", cancellationToken);
        }
        if (batch.Params.Count > 0)
        {
            await WriteParamsAsync(connection, run, id, batch.Params, cancellationToken);
        }
        if (batch.Tags.Count > 0)
        {
            await WriteTagsAsync(connection, id, batch.Tags, cancellationToken);
        }
        if (batch.Metrics.Count > 0)
        {
            await WriteMetricsAsync(connection, id, batch.Metrics, cancellationToken);
        }
        if (batch.ModelMetrics.Count > 0)
        {
            await WriteModelMetricsAsync(connection, id, batch.ModelMetrics, cancellationToken);
        }
        await using (var notify = new NpgsqlCommand(NotifySql, connection))
        {
            notify.Parameters.AddWithValue("id", id);
            notify.Parameters.AddWithValue("kind", (locks ? ChangeKind.Run : ChangeKind.Progress).ToString());
            await notify.ExecuteNonQueryAsync(cancellationToken);
        }
        await transaction.CommitAsync(cancellationToken);
    }

    /// <summary>Removes a tag of any run.</summary>
    /// <exception cref="NotFoundException">There is no such run, or it has no such tag.</exception>
    public async Task RemoveTagAsync(Guid run, string key, CancellationToken cancellationToken = default)
    {
        Actor.Current.Require(Access.Scope.Write);
        await using var connection = await database.Durable.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        var (id, _) = await LockAsync(connection, run, true, cancellationToken);
        await using var command = new NpgsqlCommand(key == SearchTables.NoteTag ? RemoveNoteSql : RemoveTagSql, connection);
        command.Parameters.AddWithValue("id", id);
        command.Parameters.AddWithValue("key", key);
        if (await command.ExecuteScalarAsync(cancellationToken) is null)
        {
            throw new NotFoundException($"No tag with name: {key} in run with id {run:N}");
        }
        await transaction.CommitAsync(cancellationToken);
    }

    /// <summary>Deletes a tracked run, or brings it back.</summary>
    /// <exception cref="NotFoundException">There is no such run.</exception>
    /// <exception cref="FieldException">It is a trial or a build.</exception>
    public async Task SetDeletedAsync(Guid run, bool deleted, CancellationToken cancellationToken = default)
    {
        var told = AuditEvent.Of(deleted ? AuditAction.RunDeleted : AuditAction.RunRestored, "");
        await using var command = database.Durable.CreateCommand(SetDeletedSql);
        command.Parameters.AddWithValue("uuid", run);
        command.Parameters.Add(Nullable("at", NpgsqlDbType.TimestampTz, deleted ? clock.GetUtcNow().UtcDateTime : null));
        command.Parameters.AddWithValue("actor", told.Actor);
        command.Parameters.AddWithValue("way", WorkbenchDb.Word(told.Way));
        command.Parameters.AddWithValue("action", WorkbenchDb.Word(told.Action));
        if (await command.ExecuteScalarAsync(cancellationToken) is null)
        {
            throw await RefusalAsync(run, "it is deleted with its study", cancellationToken, deletedIsNone: true);
        }
    }

    private static async Task WriteParamsAsync(
        NpgsqlConnection connection, Guid run, long id, IReadOnlyDictionary<string, string> parameters, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(ParamsSql, connection);
        command.Parameters.AddWithValue("id", id);
        command.Parameters.Add(Json("params", parameters));
        // The row is locked: what is found here was there before.
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        if (await reader.ReadAsync(cancellationToken) && !reader.IsDBNull(0))
        {
            throw new FieldException(
                "params",
                $"Changing param values is not allowed. Param with key='{reader.GetString(0)}' was already logged with value='{reader.GetString(1)}' for run ID='{run:N}'. "
                + $"Attempted logging new value '{parameters[reader.GetString(0)]}'.");
        }
    }

    private static async Task WriteTagsAsync(
        NpgsqlConnection connection, long id, IReadOnlyDictionary<string, string> tags, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(TagsSql, connection);
        command.Parameters.AddWithValue("id", id);
        command.Parameters.Add(Json("tags", OwnTags(tags)));
        command.Parameters.AddWithValue("has_note", tags.ContainsKey(SearchTables.NoteTag));
        command.Parameters.Add(Nullable("note", NpgsqlDbType.Text, NoteOf(tags)));
        command.Parameters.Add(Nullable("name", NpgsqlDbType.Text, tags.GetValueOrDefault(SearchTables.NameTag)));
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    private static async Task WriteMetricsAsync(
        NpgsqlConnection connection, long id, IReadOnlyList<LoggedMetric> metrics, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(MetricsSql, connection);
        command.Parameters.AddWithValue("id", id);
        command.Parameters.AddWithValue("keys", metrics.Select(m => m.Key).ToArray());
        command.Parameters.AddWithValue("steps", metrics.Select(m => m.Step).ToArray());
        command.Parameters.AddWithValue("times", metrics.Select(m => m.Timestamp).ToArray());
        command.Parameters.AddWithValue("values", metrics.Select(m => m.Value).ToArray());
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    private static async Task WriteModelMetricsAsync(
        NpgsqlConnection connection, long id, IReadOnlyList<ModelMetric> metrics, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(ModelMetricsSql, connection);
        command.Parameters.AddWithValue("id", id);
        command.Parameters.AddWithValue("models", metrics.Select(m => m.Model).ToArray());
        command.Parameters.AddWithValue("keys", metrics.Select(m => m.Metric.Key).ToArray());
        command.Parameters.AddWithValue("steps", metrics.Select(m => m.Metric.Step).ToArray());
        command.Parameters.AddWithValue("times", metrics.Select(m => m.Metric.Timestamp).ToArray());
        command.Parameters.AddWithValue("values", metrics.Select(m => m.Metric.Value).ToArray());
        command.Parameters.AddWithValue("names", metrics.Select(m => m.DatasetName ?? "").ToArray());
        command.Parameters.AddWithValue("digests", metrics.Select(m => m.DatasetDigest ?? "").ToArray());
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    /// <summary>Finds a run that may be written to; it stays so until the transaction ends.</summary>
    /// <exception cref="NotFoundException">There is none.</exception>
    /// <exception cref="FieldException">It is deleted.</exception>
    internal static async Task<(long Id, bool IsOpen)> LockAsync(NpgsqlConnection connection, Guid run, bool exclusively, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(exclusively ? LockSql + "NO KEY UPDATE OF r" : LockSql + "SHARE OF r", connection);
        command.Parameters.AddWithValue("uuid", run);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        if (!await reader.ReadAsync(cancellationToken))
        {
            throw NotFound(run);
        }
        return reader.GetBoolean(2) ? throw Deleted(run) : (reader.GetInt64(0), reader.GetBoolean(4));
    }

    private async Task<bool> IsCommandAsync(Guid run, CancellationToken cancellationToken)
    {
        await using var command = database.Durable.CreateCommand(FindSql);
        command.Parameters.AddWithValue("uuid", run);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        return await reader.ReadAsync(cancellationToken) && reader.GetString(1) != "tracked" && !reader.GetBoolean(2) && reader.GetBoolean(4);
    }

    private async Task<Exception> RefusalAsync(Guid run, string why, CancellationToken cancellationToken, bool deletedIsNone = false)
    {
        await using var connection = await database.Durable.OpenConnectionAsync(cancellationToken);
        await using var command = new NpgsqlCommand(FindSql, connection);
        command.Parameters.AddWithValue("uuid", run);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        return !await reader.ReadAsync(cancellationToken) ? NotFound(run)
            : reader.GetBoolean(2) && !deletedIsNone ? Deleted(run)
            : new FieldException("run_id", $"The run {run:N} is {(reader.GetString(1) == "trial" ? "a trial" : "a production build")} of the study '{reader.GetString(3)}': {why}.");
    }

    private async Task<Exception> IsDeletedExperimentAsync(long id, CancellationToken cancellationToken)
    {
        await using var command = database.Durable.CreateCommand("SELECT name FROM experiments WHERE id = @id");
        command.Parameters.AddWithValue("id", id);
        return await command.ExecuteScalarAsync(cancellationToken) is string name
            ? new FieldException("experiment_id", $"The experiment {id} ('{name}') must be in the 'active' state. Current state is deleted.")
            : new NotFoundException($"No Experiment with id={id} exists");
    }

    /// <summary>That there is no such run.</summary>
    internal static NotFoundException NotFound(Guid run) => new($"Run with id={run:N} not found");

    private static FieldException Deleted(Guid run) => new("run_id", $"The run {run:N} must be in the 'active' state. Current state is deleted.");

    private static string? NoteOf(IReadOnlyDictionary<string, string> tags) =>
        tags.GetValueOrDefault(SearchTables.NoteTag) is { Length: > 0 } note ? note : null;

    private static Dictionary<string, string> OwnTags(IReadOnlyDictionary<string, string> tags) =>
        tags.Where(tag => tag.Key is not SearchTables.NoteTag and not SearchTables.NameTag).ToDictionary();

    internal static NpgsqlParameter Json(string name, object value) =>
        new(name, NpgsqlDbType.Jsonb) { Value = JsonSerializer.Serialize(value, JsonSerializerOptions.Web) };

    internal static NpgsqlParameter Nullable(string name, NpgsqlDbType type, object? value) => new(name, type) { Value = value ?? DBNull.Value };
}
