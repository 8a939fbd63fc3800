using System.Collections.Concurrent;
using System.Text.Json;
using Microsoft.Extensions.Logging;
using Workbench.Core.Tracking.Mirrors;

namespace Workbench.Core.Mirroring;

/// <summary>Keeps an experiment on the server for each study: its name, its note and its tags.</summary>
internal sealed partial class ExperimentSender(ServerClient server, MirrorStore store, ILogger<ExperimentSender> logger)
{
    // Experiments that this process has seen there. Keys of a server that has begun anew may be those of others.
    private readonly ConcurrentDictionary<long, bool> _seen = new();

    /// <summary>Whether this process has seen a study's experiment there.</summary>
    public bool HasSeen(long study) => _seen.ContainsKey(study);

    /// <summary>Looks again before anything more is sent.</summary>
    public void ForgetSeen() => _seen.Clear();

    /// <summary>Sends what is to be sent of a study; one that is gone there begins anew.</summary>
    public async Task SendAsync(long mirror, WaitingExperiment study, CancellationToken cancellationToken)
    {
        try
        {
            if (study.Sent.RemoteId is { } remote && !HasSeen(study.Sent.Id) && !await IsThereAsync(study, remote, cancellationToken))
            {
                await store.ForgetAsync(mirror, study.Sent.Id, cancellationToken);
                study = study with { Sent = new SentExperiment(study.Sent.Id, null, false, null, new Dictionary<string, string>()) };
            }
            var sent = study.Sent.RemoteId is null ? await BeginAsync(study, cancellationToken) : study.Sent;
            await store.SaveAsync(mirror, await UpdateAsync(study, sent, cancellationToken), cancellationToken);
            _seen[study.Sent.Id] = true;
        }
        catch (RefusedException refusal)
        {
            LogRefused(study.Name, server.Server, refusal.Message);
            await store.RefuseExperimentAsync(mirror, study.Sent.Id, refusal.Message, cancellationToken);
        }
    }

    private async Task<bool> IsThereAsync(WaitingExperiment study, string remote, CancellationToken cancellationToken)
    {
        if (await server.FindAsync($"experiments/get?experiment_id={remote}", cancellationToken) is not { } answer)
        {
            return false;
        }
        var experiment = answer.GetProperty("experiment");
        return Answers.Tag(experiment, Fit.ExperimentTag) == Identity(study)
            && (experiment.GetProperty("lifecycle_stage").GetString() == "active"
                ? true
                : throw new RefusedException("", "Its experiment was deleted there."));
    }

    // A process that died may have made it, and not known.
    private async Task<SentExperiment> BeginAsync(WaitingExperiment study, CancellationToken cancellationToken)
    {
        var found = await server.SendAsync(
            "experiments/search", new { Filter = $"tags.`{Fit.ExperimentTag}` = '{Identity(study)}'", MaxResults = 2, ViewType = "ACTIVE_ONLY" }, cancellationToken);
        if (Answers.Items(found, "experiments").FirstOrDefault() is { ValueKind: JsonValueKind.Object } experiment)
        {
            return new SentExperiment(study.Sent.Id, experiment.GetProperty("experiment_id").GetString(), IsAdopted: true, null, new Dictionary<string, string>());
        }
        var tags = study.About.Concat(study.Tags).Append(new(Fit.ExperimentTag, Identity(study))).Select(tag => Fit.TagOfExperiment(tag.Key, tag.Value)).ToList();
        var id = await WithNameAsync(study, async name => (await server.SendAsync("experiments/create", new { Name = name, Tags = tags }, cancellationToken)).GetProperty("experiment_id").GetString());
        return new SentExperiment(study.Sent.Id, id, IsAdopted: false, study.Name, study.Tags);
    }

    private async Task<SentExperiment> UpdateAsync(WaitingExperiment study, SentExperiment sent, CancellationToken cancellationToken)
    {
        if (sent.Name != study.Name)
        {
            await WithNameAsync(study, name => server.SendAsync("experiments/update", new { ExperimentId = sent.RemoteId, NewName = name }, cancellationToken));
        }
        foreach (var (key, value) in study.Tags.Where(tag => sent.Tags.GetValueOrDefault(tag.Key) != tag.Value))
        {
            var tag = Fit.TagOfExperiment(key, value);
            await server.SendAsync("experiments/set-experiment-tag", new { ExperimentId = sent.RemoteId, tag.Key, tag.Value }, cancellationToken);
        }
        foreach (var key in sent.Tags.Keys.Except(study.Tags.Keys))
        {
            await RemoveTagAsync(sent, Fit.Key(key), cancellationToken);
        }
        return sent with { Name = study.Name, Tags = study.Tags };
    }

    private async Task RemoveTagAsync(SentExperiment sent, string key, CancellationToken cancellationToken)
    {
        try
        {
            await server.SendAsync("experiments/delete-experiment-tag", new { ExperimentId = sent.RemoteId, Key = key }, cancellationToken);
        }
        catch (RefusedException refusal) when (refusal.IsUnknown)
        {
            await server.SendAsync("experiments/set-experiment-tag", new { ExperimentId = sent.RemoteId, Key = key, Value = "" }, cancellationToken);
        }
        catch (RefusedException refusal) when (refusal.IsMissing)
        {
            // It is gone.
        }
    }

    private static async Task<T> WithNameAsync<T>(WaitingExperiment study, Func<string, Task<T>> act)
    {
        try
        {
            return await act(study.Name);
        }
        catch (RefusedException refusal) when (refusal.IsTaken)
        {
            return await act(Fit.Beside(study.Name, study.Uuid));
        }
    }

    private static string Identity(WaitingExperiment study) => $"{study.Uuid:N}";

    [LoggerMessage(LogLevel.Warning, "The study {Study} is not mirrored: {Server} refuses it: {Reason}")]
    private partial void LogRefused(string study, Uri server, string reason);
}
