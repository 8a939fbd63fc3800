using System.Text.Json;
using Npgsql;
using NpgsqlTypes;
using Workbench.Core.Evaluation;
using Workbench.Core.Search;
using Workbench.Core.Text;

namespace Workbench.Core.Tracking;

/// <summary>
/// The right to write to a run. It is lost when the run is taken up by another process (its attempt rises) or deleted; then every write
/// is refused, so a process that was only thought dead can't spoil the run of its successor.
/// </summary>
/// <param name="RunId">The run.</param>
/// <param name="StudyId">The study it belongs to.</param>
/// <param name="Attempt">The attempt that holds the right.</param>
public readonly record struct Lease(long RunId, long StudyId, int Attempt);

/// <summary>A trial that this process may run now.</summary>
/// <param name="Lease">The right to write to it.</param>
/// <param name="Number">Its number in the study, from 0 on.</param>
/// <param name="Study">What its study is doing: one that was stopped, or deleted, gives out no trial, but a trial that was running is given out to be ended.</param>
/// <param name="IsTakenOver">Whether the same job had begun it before: its process died, or lost the database.</param>
public sealed record ClaimedTrial(Lease Lease, int Number, StudyState Study, bool IsTakenOver)
{
    /// <summary>Its parameters when an earlier attempt had sampled them already; otherwise null.</summary>
    /// <exception cref="JsonException">They can't be read. The trial is claimed all the same: it fails by it, and no other.</exception>
    public ParameterSet? Params => Read(ParamsJson);

    /// <summary>What a person gave of its parameters by enqueueing them; null when all are to be sampled.</summary>
    /// <exception cref="JsonException">They can't be read.</exception>
    public ParameterSet? Given => Read(GivenJson);

    internal string? ParamsJson { get; init; }

    internal string? GivenJson { get; init; }

    private static ParameterSet? Read(string? json) =>
        json is null ? null : JsonSerializer.Deserialize<ParameterSet>(json, JsonSerializerOptions.Web);
}

/// <summary>One epoch of a run as it was reported.</summary>
/// <param name="Step">The epoch, from 1 on.</param>
/// <param name="Metrics">Values by metric name.</param>
public sealed record ReportedEpoch(int Step, IReadOnlyDictionary<string, double> Metrics);

/// <summary>All that a trial has written before its end.</summary>
/// <param name="Params">Its parameters; null where they are on disk.</param>
/// <param name="Epochs">Its epochs.</param>
/// <param name="HeldOut">What it answered of what it had not seen; null when that is not kept.</param>
public sealed record TrialRecord(ParameterSet? Params, IReadOnlyList<ReportedEpoch> Epochs, HeldOut? HeldOut = null);

/// <summary>
/// What a running trial or build writes, one round trip each, synchronously: training keeps to one thread. Who runs what, and how it ended,
/// is on disk when it returns. What is reported in between may be lost when the database server crashes; so a trial's end brings all of it
/// once more.
/// </summary>
public sealed partial class RunStore(Database database)
{
    private readonly GroupCommit _commits = new(database);

    /// <summary>Claims a trial for a job: the one it was running before or that lost its job, a stopped one, or the next number of the
    /// budget.</summary>
    /// <param name="studyId">The study.</param>
    /// <param name="slot">Which of the study's parallel places it is for.</param>
    /// <param name="jobId">The background job's identity; the same job gets the same trial again.</param>
    /// <param name="worker">Who runs it.</param>
    /// <returns>Null when there is nothing to run: the budget is spent, the study isn't running or is deleted, or the place is taken.</returns>
    public ClaimedTrial? Claim(long studyId, int slot, string jobId, string worker)
    {
        try
        {
            var command = ClaimCommand(ClaimSql, studyId, jobId, worker, durable: true);
            command.Parameters.Add(new("slot", slot));
            return database.Durable.Execute([command], reader => ReadClaim(reader, studyId))[0];
        }
        catch (PostgresException exception) when (exception.ConstraintName == WorkbenchDb.SlotIndex)
        {
            return null;
        }
    }

    /// <summary>
    /// Claims trials for clients, one for each ask: the one that the same key was given before, the one whose client has been silent for too long, a
    /// stopped one, or the next number of the budget. They are on disk after <see cref="FlushAsync"/>.
    /// </summary>
    /// <param name="studyId">The study.</param>
    /// <param name="asks">The client's key for the claim, unique among all that ask, and who the client is.</param>
    /// <returns>In the order of the asks; null where there is nothing to run: the budget is given out, the study isn't running or is deleted.</returns>
    public IReadOnlyList<ClaimedTrial?> Ask(long studyId, IEnumerable<(string Key, string Client)> asks) => database.Durable.Execute(
        asks.Select(ask => ClaimCommand(AskSql, studyId, ask.Key, ask.Client, durable: false)), reader => ReadClaim(reader, studyId));

    /// <summary>Claims a production build: the first time, or again after its process died. Its earlier metrics are cleared.</summary>
    /// <returns>Null when the run has ended or is deleted.</returns>
    public Lease? TakeUp(long runId, string jobId, string worker) => database.Durable.Execute(TakeUpSql, Lease? (command) =>
    {
        command.Parameters.AddWithValue("run", runId);
        command.Parameters.AddWithValue("job", jobId);
        command.Parameters.AddWithValue("worker", worker);
        using var reader = command.ExecuteReader();
        return reader.Read() ? new Lease(reader.GetInt64(0), reader.GetInt64(1), reader.GetInt32(2)) : null;
    });

    /// <summary>Whether a lease was lost because the run is being run by a later attempt, not because it ended or is gone.</summary>
    public bool IsSuperseded(Lease lease) => database.Durable.Execute(SupersededSql, command =>
    {
        WithLease(command, lease);
        return (bool)command.ExecuteScalar()!;
    });

    /// <summary>Writes down the parameters that were sampled for a trial.</summary>
    /// <returns>The study's state; null when the lease is lost.</returns>
    public StudyState? SetParams(Lease lease, ParameterSet parameters) => SetParams([(lease, parameters)])[0];

    /// <summary>Writes down the parameters that were sampled for trials.</summary>
    /// <returns>In the order given, the study's state; null where the lease is lost.</returns>
    public IReadOnlyList<StudyState?> SetParams(IEnumerable<(Lease Lease, ParameterSet Parameters)> trials) => database.Durable.Execute(
        trials.Select(trial => UpdateCommand(trial.Lease, JsonSerializer.Serialize(trial.Parameters, JsonSerializerOptions.Web), null, ChangeKind.Run)),
        ReadState);

    /// <summary>Says what the run is doing; the next report clears it.</summary>
    /// <returns>The study's state; null when the lease is lost.</returns>
    public StudyState? SetActivity(Lease lease, string activity) =>
        database.Durable.Execute([UpdateCommand(lease, null, activity, ChangeKind.Progress)], ReadState)[0];

    /// <summary>Writes one epoch's metrics, with a sign of life. May be done twice.</summary>
    /// <param name="lease">The right to do so.</param>
    /// <param name="step">The epoch, from 1 on.</param>
    /// <param name="metrics">Values by metric name.</param>
    /// <returns>The study's state, by which a trial learns that it was stopped; null when the lease is lost.</returns>
    public StudyState? Report(Lease lease, int step, IReadOnlyDictionary<string, double> metrics) =>
        database.Durable.Execute(ReportSql, command =>
        {
            WithLease(command, lease);
            command.Parameters.AddWithValue("step", step);
            command.Parameters.AddWithValue("keys", metrics.Keys.ToArray());
            command.Parameters.AddWithValue("values", metrics.Values.ToArray());
            return ReadState(command);
        });

    /// <summary>Returns when all that was written before is on disk.</summary>
    public Task FlushAsync() => _commits.FlushAsync();

    /// <summary>Ends a trial as stopped: it starts over when the study is resumed.</summary>
    /// <returns>The study's state; null when the lease is lost, and nothing was written.</returns>
    public StudyState? Stop(Lease lease) => database.Durable.Execute(StopSql, command =>
    {
        WithLease(command, lease);
        command.Parameters.AddWithValue("study", lease.StudyId);
        return ReadState(command);
    });

    /// <summary>Gives a claimed trial back because its sampler has nothing left to try; the study's budget shrinks to what it has tried.</summary>
    public void Withdraw(Lease lease) => database.Durable.Execute(WithdrawSql, command =>
    {
        WithLease(command, lease);
        return command.ExecuteNonQuery();
    });

    private static NpgsqlBatchCommand UpdateCommand(Lease lease, string? parameters, string? activity, ChangeKind kind) => new(UpdateSql)
    {
        Parameters =
        {
            new("run", lease.RunId),
            new("attempt", lease.Attempt),
            new("params", NpgsqlDbType.Jsonb) { Value = (object?)parameters ?? DBNull.Value },
            new("activity", NpgsqlDbType.Text) { Value = (object?)TextRule.Storable(activity) ?? DBNull.Value },
            new("kind", kind.ToString()),
        },
    };

    private static NpgsqlBatchCommand ClaimCommand(string sql, long studyId, string job, string worker, bool durable) => new(sql)
    {
        Parameters = { new("commit", durable ? "on" : "off"), new("study", studyId), new("job", job), new("worker", worker) },
    };

    private static ClaimedTrial? ReadClaim(NpgsqlDataReader reader, long studyId) => reader.Read()
        ? new ClaimedTrial(new Lease(reader.GetInt64(0), studyId, reader.GetInt32(2)), reader.GetInt32(1), ReadState(reader, 5), reader.GetBoolean(6))
        {
            ParamsJson = reader.IsDBNull(3) ? null : reader.GetString(3),
            GivenJson = reader.IsDBNull(4) ? null : reader.GetString(4),
        }
        : null;

    private static NpgsqlCommand WithLease(NpgsqlCommand command, Lease lease)
    {
        command.Parameters.AddWithValue("run", lease.RunId);
        command.Parameters.AddWithValue("attempt", lease.Attempt);
        return command;
    }

    private static StudyState? ReadState(NpgsqlCommand command)
    {
        using var reader = command.ExecuteReader();
        return ReadState(reader);
    }

    private static StudyState? ReadState(NpgsqlDataReader reader) => reader.Read() ? ReadState(reader, 0) : null;

    private static StudyState ReadState(NpgsqlDataReader reader, int column) => Enum.Parse<StudyState>(reader.GetString(column), true);
}
