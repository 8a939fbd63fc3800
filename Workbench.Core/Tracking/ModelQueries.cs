using System.Globalization;
using Npgsql;
using NpgsqlTypes;
using Workbench.Core.Tracking.Filters;

namespace Workbench.Core.Tracking;

/// <summary>A version as clients of MLflow see it.</summary>
public sealed record FoundVersion(
    string Name, int Version, DateTimeOffset CreatedAt, DateTimeOffset UpdatedAt, string? UserName, string Stage, string? Note, string? Source, string? Run,
    VersionState State, IReadOnlyDictionary<string, string> Tags, string? RunLink, Guid? LoggedModel)
{
    /// <summary>Where its files are when its source is another version; null otherwise.</summary>
    public string? Storage { get; init; }

    /// <summary>The aliases that name it.</summary>
    public IReadOnlyList<string> Aliases { get; init; } = [];
}

/// <summary>A registered model as clients of MLflow see it.</summary>
public sealed record FoundRegistered(long Id, string Name, DateTimeOffset CreatedAt, DateTimeOffset UpdatedAt, string? Note, IReadOnlyDictionary<string, string> Tags)
{
    /// <summary>The aliases, with the versions that they name.</summary>
    public IReadOnlyList<(string Alias, int Version)> Aliases { get; init; } = [];

    /// <summary>Of each stage the last version.</summary>
    public IReadOnlyList<FoundVersion> Latest { get; init; } = [];
}

/// <summary>Reads the registry for clients of MLflow.</summary>
public sealed class ModelQueries(Database database)
{
    /// <summary>The most models on a page.</summary>
    public const int MostModels = 1_000;

    /// <summary>The most versions on a page.</summary>
    public const int MostVersions = 200_000;

    private const string ModelColumns = "m.id, m.name, m.created_at, m.updated_at, m.note, m.tags";

    private const string VersionColumns =
        $"""
        m.name, v.version, v.created_at, v.updated_at, v.user_name, v.stage, v.note, {SearchTables.VersionSource} AS source, {SearchTables.VersionRun} AS run,
        v.state, v.tags, v.run_link, v.logged_model_id, m.id AS model_id, v.storage
        """;

    private const string Versions = "FROM versions v JOIN models m ON m.id = v.model_id LEFT JOIN runs r ON r.id = v.run_id WHERE v.deleted_at IS NULL AND m.deleted_at IS NULL";

    /// <summary>A model.</summary>
    /// <exception cref="NotFoundException">There is none.</exception>
    public async Task<FoundRegistered> GetAsync(string name, CancellationToken cancellationToken = default)
    {
        await using var command = database.Durable.CreateCommand($"SELECT {ModelColumns} FROM models m WHERE m.name = @name AND m.deleted_at IS NULL");
        command.Parameters.AddWithValue("name", name);
        var models = await TrackedRunQueries.ReadAsync(command, ReadModel, cancellationToken);
        return models.Count == 1 ? (await WithDetailsAsync(models, cancellationToken))[0] : throw ModelStore.NotFound(name);
    }

    /// <summary>Searches models.</summary>
    /// <exception cref="FieldException">The filter, the order or the token is wrong.</exception>
    public async Task<Found<FoundRegistered>> SearchAsync(
        string? filter, int most, IReadOnlyList<string> order, string? token, CancellationToken cancellationToken = default)
    {
        var parameters = new List<NpgsqlParameter>();
        var condition = SearchFilter.Compile(SearchTables.Models, filter, parameters);
        var keys = new SearchOrder(SearchTables.Models, order, [new("m.name COLLATE \"C\"", NpgsqlDbType.Text)], parameters);
        await using var command = Search(ModelColumns, "FROM models m WHERE m.deleted_at IS NULL", condition, keys, token, most, parameters);
        var (models, next) = await TrackedRunQueries.PageAsync(command, ReadModel, most, row => keys.Token(row, row.GetOrdinal("k0")), cancellationToken);
        return new(await WithDetailsAsync(models, cancellationToken), next);
    }

    /// <summary>A version.</summary>
    /// <exception cref="NotFoundException">There is none.</exception>
    public async Task<FoundVersion> GetVersionAsync(string name, int version, CancellationToken cancellationToken = default)
    {
        await using var command = database.Durable.CreateCommand($"SELECT {VersionColumns} {Versions} AND m.name = @name AND v.version = @version");
        command.Parameters.AddWithValue("name", name);
        command.Parameters.AddWithValue("version", version);
        var found = await ReadVersionsAsync(command, cancellationToken);
        return found.Count == 1 ? found[0] : throw new NotFoundException($"Model Version (name={name}, version={version}) not found");
    }

    /// <summary>Searches versions.</summary>
    /// <exception cref="FieldException">The filter, the order or the token is wrong.</exception>
    public async Task<Found<FoundVersion>> SearchVersionsAsync(
        string? filter, int most, IReadOnlyList<string> order, string? token, CancellationToken cancellationToken = default)
    {
        var parameters = new List<NpgsqlParameter>();
        var condition = SearchFilter.Compile(SearchTables.Versions, filter, parameters);
        var clauses = order.Count > 0 ? order : ["last_updated_timestamp DESC"];
        var keys = new SearchOrder(
            SearchTables.Versions,
            clauses,
            [new("m.name COLLATE \"C\"", NpgsqlDbType.Text), new("v.version", NpgsqlDbType.Integer, IsDescending: true)],
            parameters);
        await using var command = Search(VersionColumns, Versions, condition, keys, token, most, parameters);
        var (rows, next) = await TrackedRunQueries.PageAsync(
            command, ReadVersion, most, row => keys.Token(row, row.GetOrdinal("k0")), cancellationToken);
        return new(await WithAliasesAsync(rows, cancellationToken), next);
    }

    /// <summary>The last version of each stage of a model.</summary>
    /// <exception cref="NotFoundException">There is no such model.</exception>
    public async Task<IReadOnlyList<FoundVersion>> LatestAsync(string name, IReadOnlyCollection<string> stages, CancellationToken cancellationToken = default) =>
        [.. (await GetAsync(name, cancellationToken)).Latest.Where(version => stages.Count == 0 || stages.Contains(version.Stage, StringComparer.OrdinalIgnoreCase))];

    /// <summary>Where the files of a version are, as a URI.</summary>
    /// <exception cref="NotFoundException">There is no such version.</exception>
    public async Task<string> DownloadUriAsync(string name, int version, CancellationToken cancellationToken = default)
    {
        var found = await GetVersionAsync(name, version, cancellationToken);
        if (found.Storage is { } storage)
        {
            return storage;
        }
        if (found.Source is { } source && source.StartsWith("models:/m-", StringComparison.Ordinal)
            && Guid.TryParseExact(source.AsSpan("models:/m-".Length), "N", out var model))
        {
            await using var command = database.Durable.CreateCommand("SELECT experiment_id FROM logged_models WHERE id = @id");
            command.Parameters.AddWithValue("id", model);
            if (await command.ExecuteScalarAsync(cancellationToken) is long experiment)
            {
                return FormattableString.Invariant($"mlflow-artifacts:/{experiment}/models/m-{model:N}/artifacts");
            }
        }
        return found.Source ?? "";
    }

    /// <summary>Where the files of a source are, if that names another version, as in <c>models:/name/1</c>; null for other sources, and where there
    /// is no such version.</summary>
    public async Task<string?> StorageAsync(string source, CancellationToken cancellationToken = default)
    {
        if (!source.StartsWith("models:/", StringComparison.Ordinal) || source["models:/".Length..].Split('/') is not [var name, var number]
            || !int.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out var version))
        {
            return null;
        }
        try
        {
            return await DownloadUriAsync(name, version, cancellationToken);
        }
        catch (NotFoundException)
        {
            return null;
        }
    }

    private NpgsqlCommand Search(string columns, string from, string condition, SearchOrder keys, string? token, int most, List<NpgsqlParameter> parameters)
    {
        var command = database.Durable.CreateCommand(
            $"""
            SELECT * FROM (SELECT {columns}, {keys.Columns} {from} AND {condition}) AS found
            WHERE {keys.After(token, parameters)} ORDER BY {keys.Clause} LIMIT @limit
            """);
        command.Parameters.AddRange(parameters.ToArray());
        command.Parameters.AddWithValue("limit", most + 1L);
        return command;
    }

    private async Task<List<FoundRegistered>> WithDetailsAsync(List<FoundRegistered> models, CancellationToken cancellationToken)
    {
        var ids = models.Select(model => model.Id).ToArray();
        await using var latest = database.Durable.CreateCommand(
            $"SELECT DISTINCT ON (m.id, v.stage) {VersionColumns} {Versions} AND m.id = ANY(@ids) ORDER BY m.id, v.stage, v.version DESC");
        latest.Parameters.AddWithValue("ids", ids);
        var versions = (await ReadVersionsAsync(latest, cancellationToken)).ToLookup(version => version.Name);
        var aliases = await AliasesAsync(ids, cancellationToken);
        return models.ConvertAll(model => model with { Latest = [.. versions[model.Name]], Aliases = [.. aliases[model.Name]] });
    }

    private async Task<List<FoundVersion>> ReadVersionsAsync(NpgsqlCommand command, CancellationToken cancellationToken) =>
        await WithAliasesAsync(await TrackedRunQueries.ReadAsync(command, ReadVersion, cancellationToken), cancellationToken);

    private async Task<List<FoundVersion>> WithAliasesAsync(List<(FoundVersion Version, long Model)> rows, CancellationToken cancellationToken)
    {
        var aliases = await AliasesAsync([.. rows.Select(row => row.Model).Distinct()], cancellationToken);
        return rows.ConvertAll(row => row.Version with
        {
            Aliases = [.. aliases[row.Version.Name].Where(alias => alias.Version == row.Version.Version).Select(alias => alias.Alias)],
        });
    }

    private async Task<ILookup<string, (string Alias, int Version)>> AliasesAsync(long[] models, CancellationToken cancellationToken)
    {
        await using var command = database.Durable.CreateCommand(
            "SELECT m.name, a.alias, a.version FROM aliases a JOIN models m ON m.id = a.model_id WHERE a.model_id = ANY(@ids) ORDER BY a.alias");
        command.Parameters.AddWithValue("ids", models);
        return (await TrackedRunQueries.ReadAsync(command, row => (Name: row.GetString(0), Alias: row.GetString(1), Version: row.GetInt32(2)), cancellationToken))
            .ToLookup(row => row.Name, row => (row.Alias, row.Version));
    }

    private static FoundRegistered ReadModel(NpgsqlDataReader row) => new(
        row.GetInt64(0), row.GetString(1), row.GetFieldValue<DateTimeOffset>(2), row.GetFieldValue<DateTimeOffset>(3), TrackedRunQueries.Text(row, 4),
        TrackedRunQueries.Texts(row.GetString(5)));

    private static (FoundVersion Version, long Model) ReadVersion(NpgsqlDataReader row) => (
        new(
            row.GetString(0), row.GetInt32(1), row.GetFieldValue<DateTimeOffset>(2), row.GetFieldValue<DateTimeOffset>(3), TrackedRunQueries.Text(row, 4),
            row.GetString(5), TrackedRunQueries.Text(row, 6), TrackedRunQueries.Text(row, 7), TrackedRunQueries.Text(row, 8),
            Enum.Parse<VersionState>(row.GetString(9), ignoreCase: true), TrackedRunQueries.Texts(row.GetString(10)), TrackedRunQueries.Text(row, 11),
            row.IsDBNull(12) ? null : row.GetGuid(12))
        {
            Storage = TrackedRunQueries.Text(row, 14),
        },
        row.GetInt64(13));
}
