using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using Workbench.Core.Tracking;
using Workbench.Core.Tracking.Filters;
using Workbench.Core.Tracking.Mirrors;

namespace Workbench.Core.Mirroring;

/// <summary>
/// Keeps a run on the server for each trial and build: while it runs its new values, at its end all of it. Before a run is made there it is
/// noted that it may be; after a crash it is looked for. Values that are sent twice are kept once by the server.
/// </summary>
internal sealed partial class RunSender(ServerClient server, MirrorStore store, ILogger<RunSender> logger)
{
    // So often a server may fail at one run and answer others before the run is passed by.
    private const int MostFaults = 3;

    private static readonly IReadOnlyDictionary<string, string> None = new Dictionary<string, string>();

    private readonly ConcurrentDictionary<long, int> _faults = new();

    /// <summary>Sends what is to be sent of a run.</summary>
    public async Task SendAsync(long mirror, WaitingRun run, CancellationToken cancellationToken)
    {
        try
        {
            var sent = run.Sent is { RemoteId: not null } present && present.StartedAt == run.StartedAt ? present : await BeginAsync(mirror, run, cancellationToken);
            sent = await LogAsync(mirror, run, sent, cancellationToken);
            if (sent.Status != run.Status || Name(sent.Tags) != Name(run.Tags))
            {
                await server.SendAsync(
                    "runs/update",
                    new { RunId = sent.RemoteId, Status = run.Status ?? "RUNNING", EndTime = run.EndedAt?.ToUnixTimeMilliseconds(), RunName = Name(run.Tags) },
                    cancellationToken);
            }
            await store.SaveAsync(mirror, run, sent with { HasParams = run.Params is not null, Tags = run.Tags, Status = run.Status }, cancellationToken);
        }
        catch (RefusedException refusal)
        {
            await RefuseAsync(mirror, run, refusal.Message, cancellationToken);
        }
        catch (AwayException fault) when (fault.IsFault && _faults.AddOrUpdate(run.Id, 1, (_, count) => count + 1) >= MostFaults)
        {
            // Of a server that is in trouble itself this gets no answer either.
            await server.FindAsync($"experiments/get?experiment_id={run.Experiment.RemoteId!}", cancellationToken);
            await RefuseAsync(mirror, run, fault.Message, cancellationToken);
        }
    }

    private Task RefuseAsync(long mirror, WaitingRun run, string reason, CancellationToken cancellationToken)
    {
        LogRefused(Name(run.Tags), run.Experiment.Name, server.Server, reason);
        _faults.TryRemove(run.Id, out _);
        return store.RefuseRunAsync(mirror, run.Id, reason, cancellationToken);
    }

    // What an earlier attempt has left is not shown any more, there as here.
    private async Task<SentRun> BeginAsync(long mirror, WaitingRun run, CancellationToken cancellationToken)
    {
        if (run.Sent?.RemoteId is { } former)
        {
            await DeleteAsync(former, cancellationToken);
        }
        var sent = SentRun.Nothing(run.StartedAt);
        await store.SaveAsync(mirror, run, sent, cancellationToken);
        var mayBeThere = !run.IsCertain || run.Sent is { RemoteId: null };
        sent = sent with { RemoteId = (mayBeThere ? await FindAsync(run, cancellationToken) : null) ?? await CreateAsync(run, cancellationToken) };
        await store.SaveAsync(mirror, run, sent, cancellationToken);
        return sent;
    }

    private async Task<string?> FindAsync(WaitingRun run, CancellationToken cancellationToken)
    {
        var answer = await server.SendAsync(
            "runs/search",
            new { ExperimentIds = new[] { run.Experiment.RemoteId }, Filter = $"tags.`{Fit.RunTag}` = '{run.Uuid:N}'", RunViewType = "ACTIVE_ONLY", MaxResults = 100 },
            cancellationToken);
        string? found = null;
        foreach (var info in Answers.Items(answer, "runs").Select(item => item.GetProperty("info")))
        {
            var id = info.GetProperty("run_id").GetString()!;
            if (found is null && Answers.Number(info, "start_time") == run.StartedAt.ToUnixTimeMilliseconds())
            {
                found = id;
            }
            else
            {
                await DeleteAsync(id, cancellationToken);
            }
        }
        return found;
    }

    private async Task<string> CreateAsync(WaitingRun run, CancellationToken cancellationToken)
    {
        var tags = run.About.Concat(Others(run.Tags)).Append(new(Fit.RunTag, $"{run.Uuid:N}"))
            .Append(new("mlflow.user", run.User)).Append(new("mlflow.source.name", run.Source)).Append(new("mlflow.source.type", "JOB"))
            .Select(tag => Fit.Tag(tag.Key, tag.Value)).ToList();
        var answer = await server.SendAsync(
            "runs/create",
            new { ExperimentId = run.Experiment.RemoteId, UserId = run.User, StartTime = run.StartedAt.ToUnixTimeMilliseconds(), RunName = Name(run.Tags), Tags = tags },
            cancellationToken);
        return answer.GetProperty("run").GetProperty("info").GetProperty("run_id").GetString()!;
    }

    private async Task DeleteAsync(string remote, CancellationToken cancellationToken)
    {
        try
        {
            await server.SendAsync("runs/delete", new { RunId = remote }, cancellationToken);
        }
        catch (RefusedException)
        {
            // It is gone, or was deleted there already.
        }
    }

    private async Task<SentRun> LogAsync(long mirror, WaitingRun run, SentRun sent, CancellationToken cancellationToken)
    {
        var batch = new LogBatch(server, sent.RemoteId!);
        foreach (var param in (sent.HasParams ? null : run.Params) ?? None)
        {
            await batch.AddParamAsync(Fit.Param(param), cancellationToken);
        }
        // Its state and its error are those of its end.
        foreach (var (key, value) in run.Status is null ? None : run.About)
        {
            await batch.AddTagAsync(Fit.Tag(key, value), cancellationToken);
        }
        foreach (var (key, value) in Others(run.Tags).Where(tag => sent.Tags.GetValueOrDefault(tag.Key) != tag.Value))
        {
            await batch.AddTagAsync(Fit.Tag(key, value), cancellationToken);
        }
        foreach (var (key, _) in Others(sent.Tags).Where(tag => !run.Tags.ContainsKey(tag.Key)))
        {
            await RemoveTagAsync(sent, Fit.Key(key), cancellationToken);
        }
        sent = await LogMetricsAsync(mirror, run, sent, batch, cancellationToken);
        if (run.Status is not null)
        {
            var (count, hasObjective) = await store.CountAsync(run.Id, run.Objective, cancellationToken);
            // Values came late, for steps that had passed.
            if (count != sent.Values)
            {
                sent = await LogMetricsAsync(mirror, run, sent with { Steps = new Dictionary<string, long>(), Values = 0 }, batch, cancellationToken);
            }
            // That of a trial that a client told is not among its metrics.
            if (!hasObjective && run.Value is { } value)
            {
                await batch.AddMetricAsync(new LoggedMetric(Fit.Key(run.Objective), value, run.EndedAt!.Value.ToUnixTimeMilliseconds(), 0), cancellationToken);
            }
        }
        await batch.FlushAsync(cancellationToken);
        return sent;
    }

    private async Task<SentRun> LogMetricsAsync(long mirror, WaitingRun run, SentRun sent, LogBatch batch, CancellationToken cancellationToken)
    {
        var (before, steps, after) = (sent.Steps, new Dictionary<string, long>(sent.Steps), default(LoggedMetric?));
        while (await store.MetricsAsync(run.Id, before, after, LogBatch.MostMetrics, cancellationToken) is [.., var last] values)
        {
            foreach (var value in values)
            {
                await batch.AddMetricAsync(value with { Key = Fit.Key(value.Key) }, cancellationToken);
                steps[value.Key] = value.Step;
            }
            await batch.FlushAsync(cancellationToken);
            (sent, after) = (sent with { HasParams = run.Params is not null, Steps = steps, Values = sent.Values + values.Count }, last);
            if (values.Count < LogBatch.MostMetrics)
            {
                break;
            }
            await store.SaveAsync(mirror, run, sent, cancellationToken);
        }
        return sent;
    }

    private async Task RemoveTagAsync(SentRun sent, string key, CancellationToken cancellationToken)
    {
        try
        {
            await server.SendAsync("runs/delete-tag", new { RunId = sent.RemoteId, Key = key }, cancellationToken);
        }
        catch (RefusedException refusal) when (refusal.IsMissing)
        {
            // It is gone.
        }
    }

    private static string Name(IReadOnlyDictionary<string, string> tags) => tags.GetValueOrDefault(SearchTables.NameTag, "");

    private static IEnumerable<KeyValuePair<string, string>> Others(IReadOnlyDictionary<string, string> tags) => tags.Where(tag => tag.Key != SearchTables.NameTag);

    [LoggerMessage(LogLevel.Warning, "{Run} of the study {Study} is not mirrored: {Server} refuses it: {Reason}")]
    private partial void LogRefused(string run, string? study, Uri server, string reason);
}
