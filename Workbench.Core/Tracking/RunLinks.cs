using Npgsql;
using NpgsqlTypes;
using Workbench.Core.Access;
using Workbench.Core.Audit;

namespace Workbench.Core.Tracking;

/// <summary>A dataset of an experiment, and what for its runs read it.</summary>
public sealed record DatasetUse(long ExperimentId, string Name, string Digest, string? Context);

/// <summary>What runs read and made: datasets, logged models.</summary>
public sealed class RunLinks(Database database)
{
    /// <summary>Writes down what a run has read. What is there already stays.</summary>
    /// <exception cref="NotFoundException">There is no such run or model.</exception>
    /// <exception cref="FieldException">The run is deleted.</exception>
    public async Task LogInputsAsync(
        Guid run, IReadOnlyList<InputDataset> datasets, IReadOnlyList<Guid> models, CancellationToken cancellationToken = default)
    {
        Actor.Current.Require(Scope.Write);
        await using var connection = await database.Durable.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        var (id, _) = await TrackedRuns.LockAsync(connection, run, false, cancellationToken);
        foreach (var input in datasets)
        {
            await using var command = new NpgsqlCommand(
                """
                WITH run AS (SELECT id, experiment_id FROM runs WHERE id = @run),
                written AS (
                    INSERT INTO tracked_datasets AS d (experiment_id, name, digest, source_type, source, schema, profile)
                    SELECT experiment_id, @name, @digest, @source_type, @source, @schema, @profile FROM run
                    ON CONFLICT (experiment_id, name, digest) DO UPDATE SET name = d.name
                    RETURNING id)
                INSERT INTO run_inputs (run_id, dataset_id, tags) SELECT run.id, written.id, @tags FROM run, written
                ON CONFLICT DO NOTHING
                """,
                connection);
            command.Parameters.AddWithValue("run", id);
            command.Parameters.AddWithValue("name", input.Dataset.Name);
            command.Parameters.AddWithValue("digest", input.Dataset.Digest);
            command.Parameters.AddWithValue("source_type", input.Dataset.SourceType);
            command.Parameters.AddWithValue("source", input.Dataset.Source);
            command.Parameters.Add(TrackedRuns.Nullable("schema", NpgsqlDbType.Text, input.Dataset.Schema));
            command.Parameters.Add(TrackedRuns.Nullable("profile", NpgsqlDbType.Text, input.Dataset.Profile));
            command.Parameters.Add(TrackedRuns.Json("tags", input.Tags));
            await command.ExecuteNonQueryAsync(cancellationToken);
        }
        await LinkAsync(connection, id, false, [.. models.Select(model => (model, 0L))], cancellationToken);
        await transaction.CommitAsync(cancellationToken);
    }

    /// <summary>Writes down the models that a run has made.</summary>
    /// <exception cref="NotFoundException">There is no such run or model.</exception>
    /// <exception cref="FieldException">The run is deleted.</exception>
    public async Task LogOutputsAsync(Guid run, IReadOnlyList<(Guid Model, long Step)> models, CancellationToken cancellationToken = default)
    {
        Actor.Current.Require(Scope.Write);
        await using var connection = await database.Durable.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        var (id, _) = await TrackedRuns.LockAsync(connection, run, false, cancellationToken);
        await LinkAsync(connection, id, true, models, cancellationToken);
        await transaction.CommitAsync(cancellationToken);
    }

    /// <summary>The datasets that the runs of some experiments read, at most a thousand.</summary>
    public async Task<IReadOnlyList<DatasetUse>> DatasetsAsync(IReadOnlyCollection<long> experiments, CancellationToken cancellationToken = default)
    {
        await using var command = database.Durable.CreateCommand(
            """
            SELECT DISTINCT r.experiment_id, d.name, d.digest, i.tags ->> 'mlflow.data.context'
            FROM run_inputs i JOIN tracked_datasets d ON d.id = i.dataset_id JOIN runs r ON r.id = i.run_id
            WHERE r.experiment_id = ANY(@experiments) AND r.deleted_at IS NULL ORDER BY 1, 2, 3, 4 LIMIT 1000
            """);
        command.Parameters.AddWithValue("experiments", experiments.ToArray());
        return await TrackedRunQueries.ReadAsync(
            command, row => new DatasetUse(row.GetInt64(0), row.GetString(1), row.GetString(2), TrackedRunQueries.Text(row, 3)), cancellationToken);
    }

    private static async Task LinkAsync(
        NpgsqlConnection connection, long run, bool output, IReadOnlyList<(Guid Model, long Step)> models, CancellationToken cancellationToken)
    {
        if (models.Count == 0)
        {
            return;
        }
        await using var command = new NpgsqlCommand(
            """
            WITH given AS (SELECT DISTINCT ON (id) id, step FROM unnest(@ids, @steps) AS g (id, step) ORDER BY id, step DESC),
            written AS (
                INSERT INTO run_models (run_id, model_id, is_output, step)
                SELECT @run, g.id, @output, g.step FROM given g JOIN logged_models l ON l.id = g.id AND l.deleted_at IS NULL
                ON CONFLICT (run_id, model_id, is_output) DO UPDATE SET step = excluded.step)
            SELECT id FROM given WHERE NOT EXISTS (SELECT FROM logged_models l WHERE l.id = given.id AND l.deleted_at IS NULL) LIMIT 1
            """,
            connection);
        command.Parameters.AddWithValue("run", run);
        command.Parameters.AddWithValue("output", output);
        command.Parameters.AddWithValue("ids", models.Select(model => model.Model).ToArray());
        command.Parameters.AddWithValue("steps", models.Select(model => model.Step).ToArray());
        if (await command.ExecuteScalarAsync(cancellationToken) is Guid missing)
        {
            throw LoggedModels.NotFound(missing);
        }
    }
}
