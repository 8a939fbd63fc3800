using System.Text.Json;
using Npgsql;
using NpgsqlTypes;
using Workbench.Core.Search;
using Workbench.Core.Tracking.Filters;

namespace Workbench.Core.Tracking;

/// <summary>Reads runs for clients that track: trials and builds, too. A search reads the last values of metrics, never their histories.</summary>
public sealed class TrackedRunQueries(Database database)
{
    /// <summary>The most runs on a page.</summary>
    public const int MostResults = 50_000;

    private const string Columns =
        $"""
        r.id, r.uuid, r.experiment_id, r.kind, r.name, r.user_name, r.state, r.started_at, r.finished_at,
        r.deleted_at IS NOT NULL OR e.deleted_at IS NOT NULL AS is_deleted, {SearchTables.ArtifactUri} AS artifact_uri, r.note, r.tags, r.params
        """;

    /// <summary>One run, also a deleted one.</summary>
    /// <exception cref="NotFoundException">There is none.</exception>
    public async Task<TrackedRun> GetAsync(Guid uuid, CancellationToken cancellationToken = default)
    {
        await using var command = database.Durable.CreateCommand($"SELECT {Columns} FROM runs r JOIN experiments e ON e.id = r.experiment_id WHERE r.uuid = @uuid");
        command.Parameters.AddWithValue("uuid", uuid);
        var runs = await ReadAsync(command, Read, cancellationToken);
        return runs.Count == 1 ? (await WithDetailsAsync(runs, cancellationToken))[0] : throw TrackedRuns.NotFound(uuid);
    }

    /// <summary>One run by its key, also a deleted one; null when there is none.</summary>
    public async Task<TrackedRun?> FindAsync(long id, CancellationToken cancellationToken = default)
    {
        await using var command = database.Durable.CreateCommand($"SELECT {Columns} FROM runs r JOIN experiments e ON e.id = r.experiment_id WHERE r.id = @id");
        command.Parameters.AddWithValue("id", id);
        return (await WithDetailsAsync(await ReadAsync(command, Read, cancellationToken), cancellationToken)).SingleOrDefault();
    }

    /// <summary>The keys of some runs by their identities; those that do not exist are left out.</summary>
    public async Task<IReadOnlyDictionary<Guid, (long Id, string Name)>> NamesAsync(IEnumerable<Guid> runs, CancellationToken cancellationToken = default)
    {
        await using var command = database.Durable.CreateCommand("SELECT uuid, id, name FROM runs WHERE uuid = ANY(@uuids) AND deleted_at IS NULL");
        command.Parameters.AddWithValue("uuids", runs.ToArray());
        return (await ReadAsync(command, row => (row.GetGuid(0), (row.GetInt64(1), row.GetString(2))), cancellationToken)).ToDictionary(row => row.Item1, row => row.Item2);
    }

    /// <summary>Searches the runs of some experiments.</summary>
    /// <param name="experiments">The experiments.</param>
    /// <param name="filter">A filter in MLflow's language and beyond it; blank for all.</param>
    /// <param name="view">Deleted ones or not.</param>
    /// <param name="most">How many on a page.</param>
    /// <param name="order">Clauses such as <c>metrics.loss ASC</c>.</param>
    /// <param name="token">Which page; blank for the first.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="FieldException">The filter, the order or the token is wrong.</exception>
    public async Task<Found<TrackedRun>> SearchAsync(
        IReadOnlyCollection<long> experiments, string? filter, DeletionView view, int most, IReadOnlyList<string> order, string? token,
        CancellationToken cancellationToken = default)
    {
        var parameters = new List<NpgsqlParameter>();
        var condition = SearchFilter.Compile(SearchTables.Runs, filter, parameters);
        var keys = new SearchOrder(
            SearchTables.Runs,
            order,
            [new(SearchTables.Milliseconds("r.started_at"), NpgsqlDbType.Bigint, IsDescending: true), new("r.uuid", NpgsqlDbType.Uuid)],
            parameters);
        var deleted = view switch
        {
            DeletionView.Active => "r.deleted_at IS NULL AND e.deleted_at IS NULL",
            DeletionView.Deleted => "(r.deleted_at IS NOT NULL OR e.deleted_at IS NOT NULL)",
            _ => "true",
        };
        // The order is found over few columns; the rest is read of the runs on the page.
        await using var command = database.Durable.CreateCommand(
            $"""
            WITH found AS MATERIALIZED (
                SELECT * FROM (
                    SELECT r.id AS run, {keys.Columns} FROM runs r JOIN experiments e ON e.id = r.experiment_id
                    WHERE r.experiment_id = ANY(@experiments) AND {deleted} AND {condition}) AS sorted
                WHERE {keys.After(token, parameters)} ORDER BY {keys.Clause} LIMIT @limit)
            SELECT {Columns}, found.* FROM found JOIN runs r ON r.id = found.run JOIN experiments e ON e.id = r.experiment_id ORDER BY {keys.Clause}
            """);
        command.Parameters.AddRange(parameters.ToArray());
        command.Parameters.AddWithValue("experiments", experiments.ToArray());
        command.Parameters.AddWithValue("limit", most + 1L);
        var (runs, next) = await PageAsync(command, Read, most, row => keys.Token(row, row.GetOrdinal("k0")), cancellationToken);
        return new(await WithDetailsAsync(runs, cancellationToken), next);
    }

    private async Task<List<TrackedRun>> WithDetailsAsync(List<TrackedRun> runs, CancellationToken cancellationToken)
    {
        if (runs.Count == 0)
        {
            return runs;
        }
        var ids = runs.Select(run => run.Id).ToArray();
        var metrics = (await OfRunsAsync(
            "SELECT run_id, key, value, timestamp, step FROM latest_metrics WHERE run_id = ANY(@ids) ORDER BY run_id, key",
            ids,
            row => (row.GetInt64(0), new LoggedMetric(row.GetString(1), row.GetDouble(2), row.GetInt64(3), row.GetInt64(4))),
            cancellationToken)).ToLookup(row => row.Item1, row => row.Item2);
        var datasets = (await OfRunsAsync(
            """
            SELECT i.run_id, d.name, d.digest, d.source_type, d.source, d.schema, d.profile, i.tags, d.id, d.experiment_id
            FROM run_inputs i JOIN tracked_datasets d ON d.id = i.dataset_id WHERE i.run_id = ANY(@ids) ORDER BY d.id
            """,
            ids,
            row => (row.GetInt64(0), new InputDataset(ReadDataset(row, 1), Texts(row.GetString(7)))),
            cancellationToken)).ToLookup(row => row.Item1, row => row.Item2);
        var models = (await OfRunsAsync(
            "SELECT run_id, model_id, is_output, step FROM run_models WHERE run_id = ANY(@ids) ORDER BY step, model_id",
            ids,
            row => (row.GetInt64(0), new LinkedModel(row.GetGuid(1), row.GetBoolean(2), row.GetInt64(3))),
            cancellationToken)).ToLookup(row => row.Item1, row => row.Item2);
        return runs.ConvertAll(run => run with { Metrics = [.. metrics[run.Id]], Datasets = [.. datasets[run.Id]], Models = [.. models[run.Id]] });
    }

    private static TrackedDataset ReadDataset(NpgsqlDataReader row, int first) => new()
    {
        Name = row.GetString(first),
        Digest = row.GetString(first + 1),
        SourceType = row.GetString(first + 2),
        Source = row.GetString(first + 3),
        Schema = Text(row, first + 4),
        Profile = Text(row, first + 5),
    };

    private static TrackedRun Read(NpgsqlDataReader row) => new(
        row.GetInt64(0),
        row.GetGuid(1),
        row.GetInt64(2),
        Enum.Parse<RunKind>(row.GetString(3), ignoreCase: true),
        row.GetString(4),
        Text(row, 5),
        Enum.Parse<TrialState>(row.GetString(6), ignoreCase: true),
        row.GetFieldValue<DateTimeOffset>(7),
        row.IsDBNull(8) ? null : row.GetFieldValue<DateTimeOffset>(8),
        row.GetBoolean(9),
        row.GetString(10),
        Text(row, 11),
        Texts(row.GetString(12)),
        row.IsDBNull(13) ? new Dictionary<string, string>() : Texts(row.GetString(13)));

    internal static string? Text(NpgsqlDataReader row, int column) => row.IsDBNull(column) ? null : row.GetString(column);

    /// <summary>The members of a JSON object as texts, numbers as they are written: the same texts that a search compares.</summary>
    internal static Dictionary<string, string> Texts(string json)
    {
        using var document = JsonDocument.Parse(json);
        return document.RootElement.EnumerateObject().ToDictionary(
            member => member.Name,
            member => member.Value.ValueKind == JsonValueKind.String ? member.Value.GetString()! : member.Value.GetRawText());
    }

    /// <summary>Reads a page and whether another follows: of what the command gives there may be one row more than the page has.</summary>
    internal static async Task<(List<T> Items, string? Next)> PageAsync<T>(
        NpgsqlCommand command, Func<NpgsqlDataReader, T> read, int most, Func<NpgsqlDataReader, string> token, CancellationToken cancellationToken)
    {
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var items = new List<T>();
        string? last = null;
        while (await reader.ReadAsync(cancellationToken))
        {
            if (items.Count == most)
            {
                return (items, last);
            }
            items.Add(read(reader));
            if (items.Count == most)
            {
                last = token(reader);
            }
        }
        return (items, null);
    }

    internal static async Task<List<T>> ReadAsync<T>(NpgsqlCommand command, Func<NpgsqlDataReader, T> read, CancellationToken cancellationToken)
    {
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var rows = new List<T>();
        while (await reader.ReadAsync(cancellationToken))
        {
            rows.Add(read(reader));
        }
        return rows;
    }

    private async Task<List<T>> OfRunsAsync<T>(string sql, long[] ids, Func<NpgsqlDataReader, T> read, CancellationToken cancellationToken)
    {
        await using var command = database.Durable.CreateCommand(sql);
        command.Parameters.AddWithValue("ids", ids);
        return await ReadAsync(command, read, cancellationToken);
    }
}
