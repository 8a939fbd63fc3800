using Npgsql;
using NpgsqlTypes;
using Workbench.Core.Tracking.Filters;

namespace Workbench.Core.Tracking;

/// <summary>Searches experiments; studies are some, too.</summary>
public sealed class ExperimentQueries(Database database)
{
    /// <summary>The most experiments on a page.</summary>
    public const int MostResults = 50_000;

    /// <summary>Searches experiments.</summary>
    /// <param name="filter">A filter in MLflow's language and beyond it; blank for all.</param>
    /// <param name="view">Deleted ones or not.</param>
    /// <param name="most">How many on a page.</param>
    /// <param name="order">Clauses such as <c>name ASC</c>.</param>
    /// <param name="token">Which page; blank for the first.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="FieldException">The filter, the order or the token is wrong.</exception>
    public async Task<Found<Experiment>> SearchAsync(
        string? filter, DeletionView view, int most, IReadOnlyList<string> order, string? token, CancellationToken cancellationToken = default)
    {
        var parameters = new List<NpgsqlParameter>();
        var condition = SearchFilter.Compile(SearchTables.Experiments, filter, parameters);
        var keys = new SearchOrder(
            SearchTables.Experiments,
            order,
            order.Count == 0
                ? [new(SearchTables.Milliseconds("e.created_at"), NpgsqlDbType.Bigint, IsDescending: true), new("e.id", NpgsqlDbType.Bigint, IsDescending: true)]
                : [new("e.id", NpgsqlDbType.Bigint)],
            parameters);
        var deleted = view switch
        {
            DeletionView.Active => "e.deleted_at IS NULL",
            DeletionView.Deleted => "e.deleted_at IS NOT NULL",
            _ => "true",
        };
        await using var command = database.Durable.CreateCommand(
            $"""
            SELECT * FROM (
                SELECT e.id, e.name, e.artifact_location, e.created_at, e.updated_at, e.deleted_at, e.note, e.tags, {keys.Columns}
                FROM experiments e WHERE {deleted} AND {condition}) AS found
            WHERE {keys.After(token, parameters)} ORDER BY {keys.Clause} LIMIT @limit
            """);
        command.Parameters.AddRange(parameters.ToArray());
        command.Parameters.AddWithValue("limit", most + 1L);
        var (items, next) = await TrackedRunQueries.PageAsync(command, Read, most, row => keys.Token(row, 8), cancellationToken);
        return new(items, next);
    }

    private static Experiment Read(NpgsqlDataReader row) => new()
    {
        Id = row.GetInt64(0),
        Name = row.GetString(1),
        ArtifactLocation = TrackedRunQueries.Text(row, 2),
        CreatedAt = row.GetFieldValue<DateTimeOffset>(3),
        UpdatedAt = row.GetFieldValue<DateTimeOffset>(4),
        DeletedAt = row.IsDBNull(5) ? null : row.GetFieldValue<DateTimeOffset>(5),
        Note = TrackedRunQueries.Text(row, 6),
        Tags = TrackedRunQueries.Texts(row.GetString(7)),
    };
}
