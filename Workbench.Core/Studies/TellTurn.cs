using Workbench.Core.Search;
using Workbench.Core.Telemetry;
using Workbench.Core.Tracking;

namespace Workbench.Core.Studies;

/// <summary>What a client tells of the end of its trial.</summary>
/// <param name="Number">The trial's number.</param>
/// <param name="Token">As it was given with the trial.</param>
/// <param name="State">Complete, pruned or failed.</param>
/// <param name="Value">The objective; null for the one that was reported last, and for a trial that failed.</param>
/// <param name="Error">Why it failed.</param>
internal sealed record ClientTell(int Number, string? Token, TrialState State, double? Value, string? Error);

/// <summary>Ends trials of a study whose clients tell their outcome at the same time.</summary>
public sealed class TellTurn(AskedStudies studies, RunStore runs, RunQueries queries)
{
    internal async Task CarryOutAsync(string name, IReadOnlyList<Waiting<ClientTell, Told>> tells)
    {
        var study = await studies.FindAsync(name);
        var read = new List<(Waiting<ClientTell, Told> Tell, Lease Lease)>();
        foreach (var tell in tells)
        {
            try
            {
                read.Add((tell, TrialToken.Read(study, tell.Request.Number, tell.Request.Token)));
            }
            catch (FieldException fault)
            {
                tell.Refuse(fault);
            }
        }
        var ends = await EndsAsync(study, read);
        var ended = runs.Finish(ends.Select(one => one.End));
        foreach (var ((tell, end), more) in ends.Zip(ended))
        {
            // A stopping rule is asked for each by itself.
            if ((more ?? runs.Finish(end.Lease, end.State, end.Value, end.Error, record: end.Record, durable: false)) is { } goesOn)
            {
                Instruments.CountTrial(end.State.ToString().ToLowerInvariant());
                tell.Answer(new Told(tell.Request.Number, end.State, end.Value, goesOn));
            }
            else
            {
                await AnswerAgainAsync(name, tell, end);
            }
        }
    }

    // Of a trial without reports the value is the only point.
    private async Task<List<(Waiting<ClientTell, Told> Tell, TrialEnd End)>> EndsAsync(AskedStudy study, List<(Waiting<ClientTell, Told> Tell, Lease Lease)> read)
    {
        var without = read.Where(one => one.Tell.Request is { Value: null, State: not TrialState.Failed }).Select(one => one.Lease.RunId).ToList();
        var last = without.Count > 0 ? await queries.LastMetricsAsync(without) : null;
        var ends = new List<(Waiting<ClientTell, Told>, TrialEnd)>();
        foreach (var (tell, lease) in read)
        {
            var (told, value) = (tell.Request, tell.Request.Value);
            if (last is not null && value is null && told.State != TrialState.Failed && last[lease.RunId].TryGetValue(study.Metric, out var reported))
            {
                value = reported;
            }
            if (value is null && told.State == TrialState.Complete)
            {
                tell.Refuse(new FieldException("value", $"value is missing, and no {study.Metric} was reported."));
                continue;
            }
            var record = value is { } point ? new TrialRecord(null, [new ReportedEpoch(1, new Dictionary<string, double> { [study.Metric] = point })]) : null;
            ends.Add((tell, new TrialEnd(lease, told.State, value, told.Error, record)));
        }
        return ends;
    }

    // Told before, and the answer lost, maybe before the disk had it; or ended by a report.
    private async Task AnswerAgainAsync(string name, Waiting<ClientTell, Told> tell, TrialEnd end)
    {
        if (await queries.FindAsync([end.Lease.RunId]) is [{ Run: { FinishedOrder: not null } run }]
            && run.Attempt == end.Lease.Attempt && run.State == end.State)
        {
            tell.Answer(new Told(tell.Request.Number, end.State, run.Value, (await studies.FindNowAsync(name)).More));
        }
        else
        {
            tell.Refuse(await studies.LostAsync(name, tell.Request.Number));
        }
    }
}
