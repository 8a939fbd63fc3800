using System.Globalization;
using Workbench.Core.Search;
using Workbench.Core.Telemetry;
using Workbench.Core.Text;
using Workbench.Core.Tracking;

namespace Workbench.Core.Studies;

/// <summary>A trial that was given to a client.</summary>
/// <param name="Number">Its number in the study, from 0 on.</param>
/// <param name="Params">Its parameters.</param>
/// <param name="Token">Shows, in a report and at the end, that the trial is still this client's.</param>
/// <param name="Attempt">How often it was given out, this time included.</param>
public sealed record AskedTrial(int Number, ParameterSet Params, string Token, int Attempt);

/// <summary>The answer to a client that asks.</summary>
/// <param name="Trial">What to run; null when there is nothing at this moment.</param>
/// <param name="State">What the study is doing. Nothing to run of one that is running means that other clients have all that is left.</param>
public sealed record Asked(AskedTrial? Trial, StudyState State);

/// <summary>How a trial goes on after a report.</summary>
/// <param name="Continue">Whether the client goes on.</param>
/// <param name="State">Running, or how the trial was ended: pruned, or stopped with its study.</param>
public sealed record Reported(bool Continue, TrialState State);

/// <summary>How a trial ended.</summary>
/// <param name="Number">Its number.</param>
/// <param name="State">Complete, pruned, failed or stopped.</param>
/// <param name="Value">The objective, where it has one.</param>
/// <param name="More">Whether the study gives out more trials.</param>
public sealed record Told(int Number, TrialState State, double? Value, bool More);

/// <summary>Trials of studies whose clients train by themselves: they ask for parameters, report, and tell the outcome.</summary>
public sealed class AskedTrials(StudyStore studies, StudyConfigurations configurations, TrialSearch search, RunStore runs, RunQueries queries) : IDisposable
{
    /// <summary>The most metrics of one report.</summary>
    public const int MostMetrics = 100;

    // The stores keep the thread while the database works. More at once than this would wait for each other's locks, and for threads.
    private readonly SemaphoreSlim _turns = new(Math.Max(4, 2 * Environment.ProcessorCount));

    /// <summary>Gives a client its next trial.</summary>
    /// <param name="name">The study.</param>
    /// <param name="key">Of the client's choice: the same key gets the same trial again, while it runs. Null for a trial of its own.</param>
    /// <param name="client">Who runs it, for people to read; null for unknown.</param>
    /// <param name="cancellationToken">Gives up before anything is claimed.</param>
    /// <exception cref="NotFoundException">There is no such study.</exception>
    /// <exception cref="ConflictException">Its trials are run by workers.</exception>
    /// <exception cref="FieldException">The client's name or key cannot be kept.</exception>
    public async Task<Asked> AskAsync(string name, string? key = null, string? client = null, CancellationToken cancellationToken = default)
    {
        FieldException.Require("client", client is null ? null : TextRule.LineFault("client", client, TextRule.MostNameCharacters));
        var study = await FindAsync(name, cancellationToken);
        using var span = Spans.Source.StartActivity("ask")?.SetTag("workbench.study", name);
        var trial = await InTurnAsync(() => Ask(study, $"ask:{key ?? Guid.NewGuid().ToString("N")}", client ?? "client"), cancellationToken);
        if (trial is not null)
        {
            await runs.FlushAsync();
            return new Asked(trial, StudyState.Running);
        }
        // Read again: what is over is over by now, and is not needed any more.
        var state = (await FindAsync(name, cancellationToken)).State;
        Forget(state, study.Id);
        return new Asked(null, state);
    }

    private AskedTrial? Ask(AskedStudy study, string key, string client)
    {
        if (runs.Ask(study.Id, key, client) is not { } claimed)
        {
            return null;
        }
        if (claimed.IsTakenOver)
        {
            Instruments.TakeOvers.Add(1);
        }
        var configuration = configurations.Find(study.Id) ?? throw NotFound(study.Name);
        var parameters = claimed.Params ?? Choose(configuration, claimed);
        if (parameters is null)
        {
            runs.Withdraw(claimed.Lease);
            return null;
        }
        _ = runs.SetParams(claimed.Lease, parameters) ?? throw Lost(study.Name, claimed.Number);
        return new AskedTrial(claimed.Number, parameters, Token(claimed), claimed.Lease.Attempt);
    }

    /// <summary>Writes down what a client has reached, and says whether to go on. A report without metrics is a sign of life.</summary>
    /// <param name="name">The study.</param>
    /// <param name="number">The trial.</param>
    /// <param name="token">As it was given with the trial.</param>
    /// <param name="step">Such as an epoch, from 0 on; each is reported once, in rising order, and what comes late is passed over.</param>
    /// <param name="metrics">Values by name; pruning goes by the study's own metric.</param>
    /// <param name="cancellationToken">Gives up before anything is written.</param>
    /// <exception cref="NotFoundException">There is no such study.</exception>
    /// <exception cref="ConflictException">The trial is no longer this client's.</exception>
    /// <exception cref="FieldException">A step or metric is not possible.</exception>
    public async Task<Reported> ReportAsync(
        string name, int number, string? token, int? step, IReadOnlyDictionary<string, double>? metrics, CancellationToken cancellationToken = default)
    {
        metrics ??= new Dictionary<string, double>();
        FieldException.Require("step", step < 0 ? $"step is {step}; it must not be negative."
            : step is null && metrics.Count > 0 ? "step is missing; metrics belong to a step, such as an epoch." : null);
        FieldException.Require("metrics", metrics.Count > MostMetrics ? $"metrics has {metrics.Count} values; {MostMetrics} is the most of a report." : null);
        foreach (var metric in metrics.Keys)
        {
            FieldException.Require("metrics", TextRule.LineFault("The name of a metric", metric, TextRule.MostNameCharacters));
        }
        var study = await FindAsync(name, cancellationToken);
        var lease = Read(study, number, token);
        var reported = await InTurnAsync(() => Report(study, number, lease, step ?? 0, metrics), cancellationToken);
        if (reported.State == TrialState.Pruned)
        {
            await runs.FlushAsync();
        }
        return reported;
    }

    private Reported Report(AskedStudy study, int number, Lease lease, int step, IReadOnlyDictionary<string, double> metrics)
    {
        var state = runs.Report(lease, step, metrics) ?? throw Lost(study.Name, number);
        if (state == StudyState.Stopped)
        {
            runs.Stop(lease);
            return new Reported(false, TrialState.Stopped);
        }
        var configuration = configurations.Find(study.Id) ?? throw NotFound(study.Name);
        if (!metrics.TryGetValue(study.Metric, out var value) || !search.ShouldPrune(configuration, number))
        {
            return new Reported(true, TrialState.Running);
        }
        // Ended here and not by the client, which may die of the answer.
        _ = Finish(lease, TrialState.Pruned, value, null) ?? throw Lost(study.Name, number);
        Count(TrialState.Pruned);
        return new Reported(false, TrialState.Pruned);
    }

    /// <summary>Ends a trial. May be told twice.</summary>
    /// <param name="name">The study.</param>
    /// <param name="number">The trial.</param>
    /// <param name="token">As it was given with the trial.</param>
    /// <param name="state">Complete, pruned or failed; null for complete, or failed with an error.</param>
    /// <param name="value">The objective; null for the one that was reported last.</param>
    /// <param name="error">Why it failed, in a sentence.</param>
    /// <param name="cancellationToken">Gives up before anything is written.</param>
    /// <exception cref="NotFoundException">There is no such study.</exception>
    /// <exception cref="ConflictException">The trial is no longer this client's.</exception>
    /// <exception cref="FieldException">There is no value, or the state is none that a client can tell.</exception>
    public async Task<Told> TellAsync(
        string name, int number, string? token, TrialState? state, double? value, string? error, CancellationToken cancellationToken = default)
    {
        var outcome = state ?? (error is null ? TrialState.Complete : TrialState.Failed);
        FieldException.Require("state", outcome is TrialState.Complete or TrialState.Pruned or TrialState.Failed
            ? null : "state has to be complete, pruned or failed.");
        FieldException.Require("value", value is { } told && !double.IsFinite(told) ? "value is not a finite number. Tell the state failed where there is none." : null);
        FieldException.Require("error", error is null ? null : TextRule.Fault("error", error, 10_000));
        var study = await FindAsync(name, cancellationToken);
        var lease = Read(study, number, token);
        var reason = outcome == TrialState.Failed ? error ?? "The client told no reason." : null;
        value = outcome == TrialState.Failed ? null : value ?? await LastAsync(study, lease, cancellationToken);
        FieldException.Require("value", value is null && outcome == TrialState.Complete ? $"value is missing, and no {study.Metric} was reported." : null);
        // Of a trial without reports the value is the only point.
        var record = value is { } point ? new TrialRecord(null, [new ReportedEpoch(1, new Dictionary<string, double> { [study.Metric] = point })]) : null;
        if (await InTurnAsync(() => Finish(lease, outcome, value, reason, record), cancellationToken) is { } more)
        {
            await runs.FlushAsync();
            Count(outcome);
            return new Told(number, outcome, value, more);
        }
        // Told before, and the answer lost, maybe before the disk had it; or ended by a report.
        await runs.FlushAsync();
        return await queries.FindAsync([lease.RunId], cancellationToken) is [{ Run: { FinishedOrder: not null } run }]
            && run.Attempt == lease.Attempt && run.State == outcome
            ? new Told(number, outcome, run.Value, study.More)
            : throw Lost(name, number);
    }

    private bool? Finish(Lease lease, TrialState outcome, double? value, string? reason, TrialRecord? record = null) =>
        runs.Finish(lease, outcome, value, reason, record: record, durable: false);

    private async Task<T> InTurnAsync<T>(Func<T> act, CancellationToken cancellationToken)
    {
        await _turns.WaitAsync(cancellationToken);
        try
        {
            return act();
        }
        finally
        {
            _turns.Release();
        }
    }

    private async Task<double?> LastAsync(AskedStudy study, Lease lease, CancellationToken cancellationToken) =>
        (await queries.LastMetricsAsync([lease.RunId], cancellationToken))[lease.RunId].TryGetValue(study.Metric, out var last) ? last : null;

    /// <inheritdoc/>
    public void Dispose() => _turns.Dispose();

    private static string Token(ClaimedTrial trial) =>
        FormattableString.Invariant($"{trial.Lease.StudyId}.{trial.Lease.RunId}.{trial.Number}.{trial.Lease.Attempt}");

    private static Lease Read(AskedStudy study, int number, string? token)
    {
        FieldException.Require("token", token is null ? "token is missing; it is given with the trial." : null);
        var parts = token!.Split('.');
        return parts is [var of, var run, var trial, var attempt] && Long(of) == study.Id && Long(trial) == number
            && Long(run) is { } runId && Long(attempt) is { } attempts and <= int.MaxValue
            ? new Lease(runId, study.Id, (int)attempts)
            : throw new FieldException("token", $"The token was not given for trial {number} of '{study.Name}'.");

        static long? Long(string text) => long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var value) ? value : null;
    }

    private static ConflictException Lost(string name, int number) => new(
        $"Trial {number} of '{name}' is no longer this client's: it has ended, or was given to another after a silence that was too long.");

    private static NotFoundException NotFound(string name) => new($"There is no study named '{name}'.");

    private static void Count(TrialState state) =>
        Instruments.Trials.Add(1, new KeyValuePair<string, object?>(Instruments.State, state.ToString().ToLowerInvariant()));

    private async Task<AskedStudy> FindAsync(string name, CancellationToken cancellationToken)
    {
        var study = await studies.FindAskedAsync(name, cancellationToken) ?? throw NotFound(name);
        return study.IsExternal
            ? study
            : throw new ConflictException($"The trials of '{name}' are run by workers. Only those of a study with the pipeline {Study.External} can be asked for.");
    }

    private ParameterSet? Choose(StudyConfiguration configuration, ClaimedTrial claimed)
    {
        try
        {
            return search.Choose(configuration, claimed);
        }
        catch (Exception exception) when (!DatabaseOutage.Caused(exception))
        {
            runs.Finish(claimed.Lease, TrialState.Failed, null, exception.Message, Failure.Describe(exception));
            throw;
        }
    }

    private void Forget(StudyState state, long studyId)
    {
        if (state != StudyState.Running)
        {
            configurations.Forget(studyId);
            search.Forget(studyId);
        }
    }
}
