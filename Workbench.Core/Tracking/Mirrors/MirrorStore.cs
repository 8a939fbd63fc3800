using System.Text.Json;
using Npgsql;
using NpgsqlTypes;

namespace Workbench.Core.Tracking.Mirrors;

/// <summary>What is to be sent to a tracking server, and what was. There is no list of things to do: what was missed is what differs.</summary>
public sealed partial class MirrorStore(Database database)
{
    /// <summary>How many refusals are told of at most.</summary>
    public const int MostRefusals = 20;

    /// <summary>The identity of the workbench: of its database with its store; null when neither knows the other yet.</summary>
    public async Task<Guid?> OwnAsync(CancellationToken cancellationToken)
    {
        await using var command = database.Durable.CreateCommand("SELECT id FROM artifact_stores");
        return await command.ExecuteScalarAsync(cancellationToken) as Guid?;
    }

    /// <summary>The key of a server. What it has refused is tried once more.</summary>
    internal async Task<long> OpenAsync(string address, CancellationToken cancellationToken)
    {
        await using var command = database.Durable.CreateCommand(OpenSql);
        command.Parameters.AddWithValue("address", address);
        return (long)(await command.ExecuteScalarAsync(cancellationToken))!;
    }

    /// <summary>Notes what hinders the sending, null for nothing, and whether the server is this workbench.</summary>
    internal Task SetStateAsync(long mirror, string? trouble, bool isItself, CancellationToken cancellationToken) =>
        ExecuteAsync(StateSql, mirror, cancellationToken, Text("trouble", trouble), new NpgsqlParameter("itself", isItself));

    /// <summary>Studies of which something is to be sent, not counting their runs.</summary>
    /// <param name="mirror">The server.</param>
    /// <param name="studies">These alone; null for all.</param>
    /// <param name="cancellationToken">Gives up.</param>
    internal Task<List<WaitingExperiment>> ExperimentsAsync(long mirror, long[]? studies, CancellationToken cancellationToken) =>
        ExperimentsAsync(mirror, studies, null, cancellationToken);

    /// <summary>One study, whether or not something of it is to be sent; null when it is gone.</summary>
    internal async Task<WaitingExperiment?> ExperimentAsync(long mirror, long study, CancellationToken cancellationToken) =>
        (await ExperimentsAsync(mirror, null, study, cancellationToken)).SingleOrDefault();

    /// <summary>Trials and builds of which something is to be sent, the oldest first, of studies that are there.</summary>
    internal Task<List<WaitingRun>> RunsAsync(long mirror, Where where, int most, CancellationToken cancellationToken) =>
        ReadAsync(RunsSql, mirror, ReadRun, cancellationToken, Studies(where.Studies), new("runs", where.Runs), new("most", most));

    /// <summary>Values of a run's metrics, in the order of their keys, steps, time stamps and values.</summary>
    /// <param name="run">The run.</param>
    /// <param name="sent">The largest steps that are left out, with all below, by metric.</param>
    /// <param name="after">Those after this one; null for the first.</param>
    /// <param name="most">So many.</param>
    /// <param name="cancellationToken">Gives up.</param>
    internal Task<List<LoggedMetric>> MetricsAsync(long run, IReadOnlyDictionary<string, long> sent, LoggedMetric? after, int most, CancellationToken cancellationToken) =>
        ReadAsync(
            MetricsSql,
            0,
            row => new LoggedMetric(row.GetString(0), row.GetDouble(1), row.GetInt64(2), row.GetInt64(3)),
            cancellationToken,
            new("run", run),
            Json("steps", sent),
            new("key", after?.Key ?? ""),
            new("step", after?.Step ?? 0),
            new("timestamp", after?.Timestamp ?? 0),
            new("value", after?.Value ?? 0),
            new("most", most));

    /// <summary>How many values of metrics a run has, and whether there are any of one.</summary>
    internal async Task<(long Count, bool HasKey)> CountAsync(long run, string key, CancellationToken cancellationToken) =>
        (await ReadAsync(
            "SELECT count(*), EXISTS (SELECT FROM latest_metrics WHERE run_id = @run AND key = @key) FROM metrics WHERE run_id = @run",
            0,
            row => (row.GetInt64(0), row.GetBoolean(1)),
            cancellationToken,
            new("run", run),
            new("key", key))).Single();

    /// <summary>The next version to be registered; null when there is none.</summary>
    internal async Task<WaitingVersion?> VersionAsync(long mirror, CancellationToken cancellationToken) =>
        (await ReadAsync(
            VersionsSql,
            mirror,
            row => new WaitingVersion(
                row.GetInt64(0), row.GetInt32(1), row.GetGuid(2), row.GetString(3), TrackedRunQueries.Text(row, 4), Texts(row, 5),
                row.GetString(6), TrackedRunQueries.Text(row, 7), row.GetString(8)),
            cancellationToken)).SingleOrDefault();

    /// <summary>Models whose aliases are to be moved.</summary>
    internal Task<List<WaitingAliases>> AliasesAsync(long mirror, CancellationToken cancellationToken) => ReadAsync(
        AliasesSql, mirror, row => new WaitingAliases(row.GetInt64(0), row.GetString(1), Texts(row, 2), Texts(row, 3)), cancellationToken);

    /// <summary>Notes how a study stands there.</summary>
    internal Task SaveAsync(long mirror, SentExperiment sent, CancellationToken cancellationToken) => ExecuteAsync(
        SaveExperimentSql, mirror, cancellationToken, new("id", sent.Id), Text("remote", sent.RemoteId), new("adopted", sent.IsAdopted), Text("name", sent.Name), Json("tags", sent.Tags));

    /// <summary>Notes how a run stands there.</summary>
    internal Task SaveAsync(long mirror, WaitingRun run, SentRun sent, CancellationToken cancellationToken) => ExecuteAsync(
        SaveRunSql,
        mirror,
        cancellationToken,
        new("id", run.Id),
        new("experiment", run.Experiment.Id),
        Text("remote", sent.RemoteId),
        new("started", sent.StartedAt),
        new("params", sent.HasParams),
        Json("steps", sent.Steps),
        new("values", sent.Values),
        Json("tags", sent.Tags),
        Text("status", sent.Status));

    /// <summary>Notes how a model stands there.</summary>
    internal Task SaveModelAsync(long mirror, long model, string? remoteName, IReadOnlyDictionary<string, string> aliases, CancellationToken cancellationToken) =>
        ExecuteAsync(SaveModelSql, mirror, cancellationToken, new("id", model), Text("name", remoteName), Json("aliases", aliases));

    /// <summary>Notes how a version stands there.</summary>
    internal Task SaveVersionAsync(long mirror, WaitingVersion version, string remoteVersion, CancellationToken cancellationToken) => ExecuteAsync(
        SaveVersionSql, mirror, cancellationToken, new("id", version.ModelId), new("version", version.Version), Text("remote", remoteVersion));

    /// <summary>Notes that a study was refused for good.</summary>
    internal Task RefuseExperimentAsync(long mirror, long study, string error, CancellationToken cancellationToken) =>
        ExecuteAsync(RefuseExperimentSql, mirror, cancellationToken, new("id", study), Text("error", error));

    /// <summary>Notes that a run was refused for good.</summary>
    internal Task RefuseRunAsync(long mirror, long run, string error, CancellationToken cancellationToken) =>
        ExecuteAsync(RefuseRunSql, mirror, cancellationToken, new("id", run), Text("error", error));

    /// <summary>Notes that a model was refused for good.</summary>
    internal Task RefuseModelAsync(long mirror, long model, string error, CancellationToken cancellationToken) =>
        ExecuteAsync(RefuseModelSql, mirror, cancellationToken, new("id", model), Text("error", error));

    /// <summary>Notes that a version was refused for good.</summary>
    internal Task RefuseVersionAsync(long mirror, WaitingVersion version, string error, CancellationToken cancellationToken) =>
        ExecuteAsync(RefuseVersionSql, mirror, cancellationToken, new("id", version.ModelId), new("version", version.Version), Text("error", error));

    /// <summary>Forgets what was sent of a study, with its runs and its models: it is not there any more.</summary>
    internal Task ForgetAsync(long mirror, long study, CancellationToken cancellationToken) =>
        ExecuteAsync(ForgetSql, mirror, cancellationToken, new NpgsqlParameter("id", study));

    /// <summary>How the sending to a server stands; null when nothing was ever sent there.</summary>
    public async Task<MirrorStatus?> StatusAsync(string address, CancellationToken cancellationToken)
    {
        await using var find = database.Durable.CreateCommand("SELECT id FROM mirrors WHERE address = @address");
        find.Parameters.AddWithValue("address", address);
        if (await find.ExecuteScalarAsync(cancellationToken) is not long mirror)
        {
            return null;
        }
        var refused = await ReadAsync(
            RefusedSql, mirror, row => new MirrorRefusal(row.GetString(0), row.GetString(1)), cancellationToken, new NpgsqlParameter("most", MostRefusals));
        return (await ReadAsync(
            StatusSql,
            mirror,
            row => new MirrorStatus(
                row.GetBoolean(0), TrackedRunQueries.Text(row, 1), row.IsDBNull(2) ? null : row.GetFieldValue<DateTimeOffset>(2), row.GetInt64(3), refused),
            cancellationToken)).SingleOrDefault();
    }

    /// <summary>The keys of a study and of one of its runs there; null for what is not there.</summary>
    /// <param name="address">The server.</param>
    /// <param name="study">The study.</param>
    /// <param name="run">The run; null for none.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task<(string? Experiment, string? Run)> RemoteAsync(string address, long study, long? run, CancellationToken cancellationToken) =>
        (await ReadAsync(
            """
            SELECT x.remote_id, m.remote_id FROM mirrors o JOIN mirrored_experiments x ON x.mirror_id = o.id AND x.experiment_id = @study
            LEFT JOIN mirrored_runs m ON m.mirror_id = o.id AND m.run_id = @run
            WHERE o.address = @address
            """,
            0,
            row => (TrackedRunQueries.Text(row, 0), TrackedRunQueries.Text(row, 1)),
            cancellationToken,
            Text("address", address),
            new("study", study),
            new("run", NpgsqlDbType.Bigint) { Value = (object?)run ?? DBNull.Value })).SingleOrDefault();

    private Task<List<WaitingExperiment>> ExperimentsAsync(long mirror, long[]? studies, long? study, CancellationToken cancellationToken) => ReadAsync(
        ExperimentsSql,
        mirror,
        row => new WaitingExperiment(row.GetGuid(0), row.GetString(1), Texts(row, 2), Texts(row, 3), ReadExperiment(row, 4)),
        cancellationToken,
        Studies(studies),
        new("id", NpgsqlDbType.Bigint) { Value = (object?)study ?? DBNull.Value });

    private static SentExperiment ReadExperiment(NpgsqlDataReader row, int first) => new(
        row.GetInt64(first), TrackedRunQueries.Text(row, first + 1), row.GetBoolean(first + 2), TrackedRunQueries.Text(row, first + 3), Texts(row, first + 4));

    private static WaitingRun ReadRun(NpgsqlDataReader row)
    {
        var experiment = ReadExperiment(row, 12);
        return new WaitingRun(
            row.GetInt64(0),
            row.GetGuid(1),
            Texts(row, 2),
            Texts(row, 3),
            row.GetString(4),
            row.GetString(5),
            row.IsDBNull(6) ? null : Texts(row, 6),
            row.GetFieldValue<DateTimeOffset>(7),
            TrackedRunQueries.Text(row, 8),
            row.IsDBNull(9) ? null : row.GetFieldValue<DateTimeOffset>(9),
            row.GetString(10),
            row.IsDBNull(11) ? null : row.GetDouble(11),
            experiment,
            IsCertain: !experiment.IsAdopted,
            row.GetBoolean(17)
                ? new SentRun(
                    TrackedRunQueries.Text(row, 18),
                    row.GetFieldValue<DateTimeOffset>(19),
                    row.GetBoolean(20),
                    JsonSerializer.Deserialize<Dictionary<string, long>>(row.GetString(21))!,
                    row.GetInt64(22),
                    Texts(row, 23),
                    TrackedRunQueries.Text(row, 24))
                : null);
    }

    private static Dictionary<string, string> Texts(NpgsqlDataReader row, int column) => TrackedRunQueries.Texts(row.GetString(column));

    private static NpgsqlParameter Text(string name, string? value) => new(name, NpgsqlDbType.Text) { Value = (object?)value ?? DBNull.Value };

    private static NpgsqlParameter Json<T>(string name, IReadOnlyDictionary<string, T> value) => new(name, NpgsqlDbType.Jsonb) { Value = JsonSerializer.Serialize(value) };

    private static NpgsqlParameter Studies(long[]? studies) =>
        new("studies", NpgsqlDbType.Array | NpgsqlDbType.Bigint) { Value = (object?)studies ?? DBNull.Value };

    private async Task<List<T>> ReadAsync<T>(
        string sql, long mirror, Func<NpgsqlDataReader, T> read, CancellationToken cancellationToken, params NpgsqlParameter[] parameters)
    {
        await using var command = database.Durable.CreateCommand(sql);
        command.Parameters.AddWithValue("mirror", mirror);
        command.Parameters.AddRange(parameters);
        return await TrackedRunQueries.ReadAsync(command, read, cancellationToken);
    }

    private async Task ExecuteAsync(string sql, long mirror, CancellationToken cancellationToken, params NpgsqlParameter[] parameters)
    {
        await using var command = database.Durable.CreateCommand(sql);
        command.Parameters.AddWithValue("mirror", mirror);
        command.Parameters.AddRange(parameters);
        try
        {
            await command.ExecuteNonQueryAsync(cancellationToken);
        }
        catch (PostgresException refusal) when (refusal.SqlState == PostgresErrorCodes.ForeignKeyViolation)
        {
            // What it is about was deleted for good meanwhile.
        }
    }
}
