using Npgsql;
using NpgsqlTypes;
using Workbench.Core.Tracking.Filters;

namespace Workbench.Core.Tracking;

/// <summary>An experiment that is no study, in a list.</summary>
/// <param name="Id">Its key.</param>
/// <param name="Name">Its name.</param>
/// <param name="Note">What was written about it.</param>
/// <param name="Runs">How many runs it has.</param>
/// <param name="Running">How many of these run.</param>
/// <param name="LastActivity">When a run of it last began or ended or, without any, the experiment changed.</param>
public sealed record ExperimentLine(long Id, string Name, string? Note, long Runs, long Running, DateTimeOffset LastActivity);

/// <summary>Reads what lists of experiments and of their runs show beside what a search finds.</summary>
public sealed class ExperimentOverview(Database database)
{
    /// <summary>The most experiments in the list.</summary>
    public const int MostListed = 1000;

    /// <summary>The tag of a run that is part of another: it holds that one's identity.</summary>
    public const string ParentTag = "mlflow.parentRunId";

    /// <summary>The experiments that are no studies, at most <see cref="MostListed"/>, those where something happened last first.</summary>
    public async Task<IReadOnlyList<ExperimentLine>> ListAsync(CancellationToken cancellationToken = default)
    {
        await using var command = database.Durable.CreateCommand(
            """
            SELECT e.id, e.name, e.note, coalesce(r.runs, 0), coalesce(r.running, 0), coalesce(r.last, e.updated_at) AS last
            FROM experiments e LEFT JOIN (
                SELECT experiment_id, count(*) AS runs, count(*) FILTER (WHERE state = 'running') AS running, max(greatest(started_at, finished_at)) AS last
                FROM runs WHERE kind = 'tracked' AND deleted_at IS NULL GROUP BY experiment_id) r ON r.experiment_id = e.id
            WHERE e.deleted_at IS NULL AND NOT EXISTS (SELECT FROM studies s WHERE s.id = e.id)
            ORDER BY last DESC, e.id DESC LIMIT @most
            """);
        command.Parameters.AddWithValue("most", MostListed);
        return await TrackedRunQueries.ReadAsync(
            command,
            row => new ExperimentLine(
                row.GetInt64(0), row.GetString(1), TrackedRunQueries.Text(row, 2), row.GetInt64(3), row.GetInt64(4), row.GetFieldValue<DateTimeOffset>(5)),
            cancellationToken);
    }

    /// <summary>How many runs of an experiment a filter finds.</summary>
    /// <exception cref="FieldException">The filter is wrong.</exception>
    public async Task<long> CountAsync(long experiment, string? filter, CancellationToken cancellationToken = default)
    {
        var parameters = new List<NpgsqlParameter>();
        var condition = SearchFilter.Compile(SearchTables.Runs, filter, parameters);
        await using var command = database.Durable.CreateCommand(
            $"""
            SELECT count(*) FROM runs r JOIN experiments e ON e.id = r.experiment_id
            WHERE r.experiment_id = @experiment AND r.deleted_at IS NULL AND {condition}
            """);
        command.Parameters.AddRange(parameters.ToArray());
        command.Parameters.AddWithValue("experiment", experiment);
        return (long)(await command.ExecuteScalarAsync(cancellationToken))!;
    }

    /// <summary>How many runs are parts of some runs of an experiment; those without parts are left out.</summary>
    public async Task<IReadOnlyDictionary<Guid, long>> PartsAsync(long experiment, IEnumerable<Guid> runs, CancellationToken cancellationToken = default)
    {
        await using var command = database.Durable.CreateCommand(
            $"""
            SELECT tags ->> '{ParentTag}', count(*) FROM runs
            WHERE experiment_id = @experiment AND deleted_at IS NULL AND tags ->> '{ParentTag}' = ANY(@runs) GROUP BY 1
            """);
        command.Parameters.AddWithValue("experiment", experiment);
        command.Parameters.Add(new NpgsqlParameter("runs", NpgsqlDbType.Array | NpgsqlDbType.Text) { Value = runs.Select(run => run.ToString("N")).ToArray() });
        return (await TrackedRunQueries.ReadAsync(command, row => (Guid.ParseExact(row.GetString(0), "N"), row.GetInt64(1)), cancellationToken))
            .ToDictionary(row => row.Item1, row => row.Item2);
    }
}
