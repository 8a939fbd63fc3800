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
public sealed class AskedTrials : IDisposable
{
    /// <summary>The most metrics of one report.</summary>
    public const int MostMetrics = 100;

    private readonly AskedStudies _studies;
    private readonly StudyConfigurations _configurations;
    private readonly TrialSearch _search;
    private readonly RunStore _runs;
    private readonly SharedTurns<ClientAsk, Asked> _asks;
    private readonly SharedTurns<ClientTell, Told> _tells;
    // The stores keep the thread while the database works. More at once than this would wait for each other's locks, and for threads.
    private readonly SemaphoreSlim _places = new(Math.Max(4, 2 * Environment.ProcessorCount));

    /// <summary>Trials of any study whose clients train by themselves.</summary>
    public AskedTrials(
        AskedStudies studies, StudyConfigurations configurations, TrialSearch search, RunStore runs, AskTurn ask, TellTurn tell)
    {
        (_studies, _configurations, _search, _runs) = (studies, configurations, search, runs);
        (_asks, _tells) = (new(ask.CarryOutAsync, _places), new(tell.CarryOutAsync, _places));
    }

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
        using var span = Spans.Source.StartActivity("ask")?.SetTag("workbench.study", name);
        var asked = await _asks.AskAsync(name, new ClientAsk($"ask:{key ?? Guid.NewGuid().ToString("N")}", client ?? "client"), cancellationToken);
        if (asked.Trial is not null)
        {
            await _runs.FlushAsync();
        }
        return asked;
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
        var study = await _studies.FindAsync(name, cancellationToken);
        var lease = TrialToken.Read(study, number, token);
        var reported = await InTurnAsync(() => Report(study, number, lease, step ?? 0, metrics), cancellationToken)
            ?? throw await _studies.LostAsync(name, number);
        if (reported.State == TrialState.Pruned)
        {
            await _runs.FlushAsync();
        }
        return reported;
    }

    // Null when the lease is lost.
    private Reported? Report(AskedStudy study, int number, Lease lease, int step, IReadOnlyDictionary<string, double> metrics)
    {
        if (_runs.Report(lease, step, metrics) is not { } state)
        {
            return null;
        }
        if (state == StudyState.Stopped)
        {
            _runs.Stop(lease);
            return new Reported(false, TrialState.Stopped);
        }
        var configuration = _configurations.Find(study.Id) ?? throw AskedStudies.NotFound(study.Name);
        if (!metrics.TryGetValue(study.Metric, out var value) || !_search.ShouldPrune(configuration, number))
        {
            return new Reported(true, TrialState.Running);
        }
        // Ended here and not by the client, which may die of the answer.
        if (_runs.Finish(lease, TrialState.Pruned, value, durable: false) is null)
        {
            return null;
        }
        Instruments.CountTrial("pruned");
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
        var reason = outcome == TrialState.Failed ? error ?? "The client told no reason." : null;
        var end = await _tells.AskAsync(name, new ClientTell(number, token, outcome, outcome == TrialState.Failed ? null : value, reason), cancellationToken);
        await _runs.FlushAsync();
        return end;
    }

    private async Task<T> InTurnAsync<T>(Func<T> act, CancellationToken cancellationToken)
    {
        await _places.WaitAsync(cancellationToken);
        try
        {
            return act();
        }
        finally
        {
            _places.Release();
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _places.Dispose();
}
