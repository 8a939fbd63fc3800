using Npgsql;
using NpgsqlTypes;
using Workbench.Core.Access;
using Workbench.Core.Audit;
using Workbench.Core.Tracking.Filters;

namespace Workbench.Core.Tracking;

/// <summary>A logged model with all that is known of it.</summary>
/// <param name="Model">The model.</param>
/// <param name="SourceRun">The run that logged it, as 32 digits, or what the client said it is.</param>
/// <param name="Metrics">What runs have measured of it: of each metric, run and dataset the last value.</param>
/// <param name="Registrations">The versions it was registered as: model and number.</param>
public sealed record FoundModel(
    LoggedModel Model, string? SourceRun, IReadOnlyList<FoundModelMetric> Metrics, IReadOnlyList<(string Name, int Version)> Registrations);

/// <summary>A value that a run has measured of a logged model.</summary>
public sealed record FoundModelMetric(LoggedMetric Metric, Guid Run, string? DatasetName, string? DatasetDigest);

/// <summary>What logged models are sorted by.</summary>
/// <param name="Field">A field such as <c>name</c> or <c>metrics.loss</c>.</param>
/// <param name="IsDescending">Whether the largest comes first.</param>
/// <param name="DatasetName">Of a metric: the dataset it was measured on; null for any.</param>
/// <param name="DatasetDigest">Of a metric: the dataset's digest; null for any.</param>
public sealed record ModelOrder(string Field, bool IsDescending, string? DatasetName, string? DatasetDigest);

/// <summary>What clients of MLflow 3 do to logged models.</summary>
public sealed class LoggedModels(Database database, TimeProvider clock)
{
    /// <summary>The most models on a page.</summary>
    public const int MostResults = 1_000;

    private const string Columns =
        $"l.id, l.experiment_id, l.name, l.source_run_id, l.state, l.state_reason, l.model_type, l.params, l.tags, l.created_at, l.updated_at, l.deleted_at, {SearchTables.ModelRun}";

    private const string From = "FROM logged_models l LEFT JOIN runs r ON r.id = l.source_run_id JOIN experiments e ON e.id = l.experiment_id";

    /// <summary>Writes down a model whose files are about to come.</summary>
    /// <exception cref="NotFoundException">There is no such experiment.</exception>
    public async Task<Guid> CreateAsync(LoggedModel model, string? sourceRun, CancellationToken cancellationToken = default)
    {
        Actor.Current.Require(Scope.Write);
        await using var command = database.Durable.CreateCommand(
            """
            INSERT INTO logged_models (experiment_id, name, source_run_id, source_run, state, model_type, params, tags, created_at, updated_at)
            SELECT e.id, @name, r.id, CASE WHEN r.id IS NULL THEN @said END, 'pending', @type, @params, @tags, now(), now()
            FROM experiments e LEFT JOIN runs r ON r.uuid = @run WHERE e.id = @experiment AND e.deleted_at IS NULL
            RETURNING id
            """);
        command.Parameters.AddWithValue("experiment", model.ExperimentId);
        command.Parameters.AddWithValue("name", model.Name);
        command.Parameters.Add(TrackedRuns.Nullable("run", NpgsqlDbType.Uuid, Guid.TryParseExact(sourceRun, "N", out var run) ? run : null));
        command.Parameters.Add(TrackedRuns.Nullable("said", NpgsqlDbType.Text, sourceRun));
        command.Parameters.Add(TrackedRuns.Nullable("type", NpgsqlDbType.Text, model.ModelType));
        command.Parameters.Add(TrackedRuns.Json("params", model.Params));
        command.Parameters.Add(TrackedRuns.Json("tags", model.Tags));
        return await command.ExecuteScalarAsync(cancellationToken) is Guid id
            ? id
            : throw new NotFoundException($"No Experiment with id={model.ExperimentId} exists");
    }

    /// <summary>The names of some models; those that are deleted are left out.</summary>
    public async Task<IReadOnlyDictionary<Guid, string>> NamesAsync(IEnumerable<Guid> ids, CancellationToken cancellationToken = default)
    {
        await using var command = database.Durable.CreateCommand("SELECT id, name FROM logged_models WHERE id = ANY(@ids) AND deleted_at IS NULL");
        command.Parameters.AddWithValue("ids", ids.ToArray());
        return (await TrackedRunQueries.ReadAsync(command, row => (row.GetGuid(0), row.GetString(1)), cancellationToken)).ToDictionary(row => row.Item1, row => row.Item2);
    }

    /// <summary>One model.</summary>
    /// <exception cref="NotFoundException">There is none, or it is deleted.</exception>
    public async Task<FoundModel> GetAsync(Guid id, CancellationToken cancellationToken = default)
    {
        await using var command = database.Durable.CreateCommand($"SELECT {Columns} {From} WHERE l.id = @id AND l.deleted_at IS NULL");
        command.Parameters.AddWithValue("id", id);
        var models = await TrackedRunQueries.ReadAsync(command, Read, cancellationToken);
        return models.Count == 1 ? (await WithDetailsAsync(models, cancellationToken))[0] : throw NotFound(id);
    }

    /// <summary>Searches the models of some experiments.</summary>
    /// <exception cref="FieldException">The filter, the order or the token is wrong.</exception>
    public async Task<Found<FoundModel>> SearchAsync(
        IReadOnlyCollection<long> experiments, string? filter, IReadOnlyCollection<(string Name, string? Digest)> datasets, int most, IReadOnlyList<ModelOrder> order,
        string? token, CancellationToken cancellationToken = default)
    {
        var parameters = new List<NpgsqlParameter>();
        var condition = SearchFilter.Compile(SearchTables.LoggedModels, filter, parameters);
        var keys = new SearchOrder(
            order.Select(clause => Field(clause, parameters)),
            [new(SearchTables.Milliseconds("l.created_at"), NpgsqlDbType.Bigint, IsDescending: true), new("l.id", NpgsqlDbType.Uuid)]);
        await using var command = database.Durable.CreateCommand(
            $"""
            SELECT * FROM (
                SELECT {Columns}, {keys.Columns} {From}
                WHERE l.experiment_id = ANY(@experiments) AND l.deleted_at IS NULL AND e.deleted_at IS NULL AND {condition}
                    AND (cardinality(@dataset_names) = 0 OR EXISTS (SELECT FROM logged_model_metrics x WHERE x.model_id = l.id AND {SearchTables.IsOfDatasets}))) AS found
            WHERE {keys.After(token, parameters)} ORDER BY {keys.Clause} LIMIT @limit
            """);
        command.Parameters.AddRange(parameters.ToArray());
        command.Parameters.AddWithValue("experiments", experiments.ToArray());
        command.Parameters.AddWithValue("dataset_names", datasets.Select(dataset => dataset.Name).ToArray());
        command.Parameters.Add(new("dataset_digests", NpgsqlDbType.Array | NpgsqlDbType.Text) { Value = datasets.Select(dataset => dataset.Digest).ToArray() });
        command.Parameters.AddWithValue("limit", most + 1L);
        var (models, next) = await TrackedRunQueries.PageAsync(command, Read, most, row => keys.Token(row, 13), cancellationToken);
        return new(await WithDetailsAsync(models, cancellationToken), next);
    }

    /// <summary>Says how a model stands: ready, or failed.</summary>
    /// <exception cref="NotFoundException">There is none.</exception>
    public Task FinishAsync(Guid id, VersionState state, CancellationToken cancellationToken = default) => ChangeAsync(
        id, "state = @value, updated_at = now()", new NpgsqlParameter("value", WorkbenchDb.Word(state)), cancellationToken);

    /// <summary>Sets tags; others stay.</summary>
    /// <exception cref="NotFoundException">There is no such model.</exception>
    public Task SetTagsAsync(Guid id, IReadOnlyDictionary<string, string> tags, CancellationToken cancellationToken = default) =>
        ChangeAsync(id, "tags = tags || @value, updated_at = now()", TrackedRuns.Json("value", tags), cancellationToken);

    /// <summary>Removes a tag.</summary>
    /// <exception cref="NotFoundException">There is no such model, or no such tag.</exception>
    public async Task RemoveTagAsync(Guid id, string key, CancellationToken cancellationToken = default)
    {
        if (!(await GetAsync(id, cancellationToken)).Model.Tags.ContainsKey(key))
        {
            throw new NotFoundException($"No tag with key '{key}' found for the model with ID 'm-{id:N}'.");
        }
        await ChangeAsync(id, "tags = tags - @value, updated_at = now()", new NpgsqlParameter("value", key), cancellationToken);
    }

    /// <summary>Adds params; those there are keep their values.</summary>
    /// <exception cref="NotFoundException">There is no such model.</exception>
    public Task AddParamsAsync(Guid id, IReadOnlyDictionary<string, string> parameters, CancellationToken cancellationToken = default) =>
        ChangeAsync(id, "params = @value || params, updated_at = now()", TrackedRuns.Json("value", parameters), cancellationToken);

    /// <summary>Deletes a model; for a while it is kept.</summary>
    /// <exception cref="NotFoundException">There is none.</exception>
    public Task DeleteAsync(Guid id, CancellationToken cancellationToken = default) =>
        ChangeAsync(id, "deleted_at = @value", new NpgsqlParameter("value", NpgsqlDbType.TimestampTz) { Value = clock.GetUtcNow().UtcDateTime }, cancellationToken);

    /// <summary>That there is no such model.</summary>
    internal static NotFoundException NotFound(Guid id) => new($"Logged model with ID 'm-{id:N}' not found.");

    private static SortField Field(ModelOrder order, List<NpgsqlParameter> parameters)
    {
        var (kind, key) = order.Field.Split('.', 2) is [var before, var after] ? (before, after) : ("", order.Field);
        var table = SearchTables.LoggedModelsOn(Parameter(order.DatasetName), Parameter(order.DatasetDigest));
        return table.Find(kind, key, value => SearchOrder.Parameter(parameters, value)) is { } field
            ? new SortField(field, FormattableString.Invariant($"{order.Field} {order.DatasetName?.Length}:{order.DatasetName} {order.DatasetDigest}"), order.IsDescending)
            : throw new FieldException("order_by", $"Invalid order by field name: {order.Field}. {SearchFilter.Unknown(table, kind, key)}");

        string? Parameter(string? text) => text is null ? null : SearchOrder.Parameter(parameters, text);
    }

    private async Task ChangeAsync(Guid id, string set, NpgsqlParameter value, CancellationToken cancellationToken)
    {
        Actor.Current.Require(Scope.Write);
        await using var command = database.Durable.CreateCommand(
            $"UPDATE logged_models SET {set} WHERE id = @id AND deleted_at IS NULL RETURNING pg_notify('workbench', 'Model ' || experiment_id || ' 0')::text");
        command.Parameters.AddWithValue("id", id);
        command.Parameters.Add(value);
        if (await command.ExecuteScalarAsync(cancellationToken) is null)
        {
            throw NotFound(id);
        }
    }

    private async Task<List<FoundModel>> WithDetailsAsync(List<FoundModel> models, CancellationToken cancellationToken)
    {
        if (models.Count == 0)
        {
            return models;
        }
        await using var metrics = database.Durable.CreateCommand(
            """
            SELECT DISTINCT ON (x.model_id, x.run_id, x.key, x.dataset_name, x.dataset_digest)
                x.model_id, x.key, x.value, x.timestamp, x.step, r.uuid, nullif(x.dataset_name, ''), nullif(x.dataset_digest, '')
            FROM logged_model_metrics x JOIN runs r ON r.id = x.run_id WHERE x.model_id = ANY(@ids)
            ORDER BY x.model_id, x.run_id, x.key, x.dataset_name, x.dataset_digest, x.step DESC, x.timestamp DESC, x.value DESC
            """);
        metrics.Parameters.AddWithValue("ids", models.Select(found => found.Model.Id).ToArray());
        var values = (await TrackedRunQueries.ReadAsync(
            metrics,
            row => (Model: row.GetGuid(0), Metric: new FoundModelMetric(
                new LoggedMetric(row.GetString(1), row.GetDouble(2), row.GetInt64(3), row.GetInt64(4)), row.GetGuid(5),
                TrackedRunQueries.Text(row, 6), TrackedRunQueries.Text(row, 7))),
            cancellationToken)).ToLookup(row => row.Model, row => row.Metric);
        await using var versions = database.Durable.CreateCommand(
            """
            SELECT v.logged_model_id, m.name, v.version FROM versions v JOIN models m ON m.id = v.model_id
            WHERE v.logged_model_id = ANY(@ids) AND v.deleted_at IS NULL AND m.deleted_at IS NULL ORDER BY m.name, v.version
            """);
        versions.Parameters.AddWithValue("ids", models.Select(found => found.Model.Id).ToArray());
        var registered = (await TrackedRunQueries.ReadAsync(
            versions, row => (Model: row.GetGuid(0), Name: row.GetString(1), Version: row.GetInt32(2)), cancellationToken)).ToLookup(row => row.Model);
        return models.ConvertAll(found => found with
        {
            Metrics = [.. values[found.Model.Id]],
            Registrations = [.. registered[found.Model.Id].Select(row => (row.Name, row.Version))],
        });
    }

    private static FoundModel Read(NpgsqlDataReader row) => new(
        new LoggedModel
        {
            Id = row.GetGuid(0),
            ExperimentId = row.GetInt64(1),
            Name = row.GetString(2),
            SourceRunId = row.IsDBNull(3) ? null : row.GetInt64(3),
            State = Enum.Parse<VersionState>(row.GetString(4), ignoreCase: true),
            StateReason = TrackedRunQueries.Text(row, 5),
            ModelType = TrackedRunQueries.Text(row, 6),
            Params = TrackedRunQueries.Texts(row.GetString(7)),
            Tags = TrackedRunQueries.Texts(row.GetString(8)),
            CreatedAt = row.GetFieldValue<DateTimeOffset>(9),
            UpdatedAt = row.GetFieldValue<DateTimeOffset>(10),
            DeletedAt = row.IsDBNull(11) ? null : row.GetFieldValue<DateTimeOffset>(11),
        },
        TrackedRunQueries.Text(row, 12),
        [],
        []);
}
