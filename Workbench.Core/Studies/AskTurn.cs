using Workbench.Core.Search;
using Workbench.Core.Telemetry;
using Workbench.Core.Tracking;

namespace Workbench.Core.Studies;

/// <summary>Who asks for a trial.</summary>
/// <param name="Key">Unique among all that ask; the same key gets the same trial again.</param>
/// <param name="Client">Who runs it.</param>
internal readonly record struct ClientAsk(string Key, string Client);

/// <summary>Gives out trials to the clients of a study that ask at the same time.</summary>
public sealed class AskTurn(AskedStudies studies, StudyConfigurations configurations, TrialSearch search, RunStore runs)
{
    internal async Task CarryOutAsync(string name, IReadOnlyList<Waiting<ClientAsk, Asked>> asks)
    {
        var study = await studies.FindAsync(name);
        var claims = runs.Ask(study.Id, asks.Select(ask => (ask.Request.Key, ask.Request.Client)));
        var claimed = asks.Zip(claims).Where(pair => pair.Second is not null).ToList();
        Instruments.TakeOvers.Add(claimed.Count(pair => pair.Second!.IsTakenOver));
        await GiveOutAsync(study, [.. claimed.Select(pair => (pair.First, pair.Second!))]);
        // What was withdrawn, too: a sampler has nothing left.
        if (asks.Where(ask => !ask.Answered.IsCompleted).ToList() is { Count: > 0 } left)
        {
            // What is over is over by now, and is not needed any more.
            var now = await studies.FindNowAsync(name);
            Forget(now, study.Id);
            if (now.Id != study.Id)
            {
                await CarryOutAsync(name, left);
                return;
            }
            left.ForEach(ask => ask.Answer(new Asked(null, now.State)));
        }
    }

    private async Task GiveOutAsync(AskedStudy study, List<(Waiting<ClientAsk, Asked> Ask, ClaimedTrial Trial)> claims)
    {
        if (claims.Count == 0)
        {
            return;
        }
        var configuration = configurations.Find(study.Id) ?? throw AskedStudies.NotFound(study.Name);
        var chosen = new List<(Waiting<ClientAsk, Asked> Ask, ClaimedTrial Trial, ParameterSet Params)>();
        List<Trial>? known = null;
        foreach (var (ask, trial) in claims)
        {
            try
            {
                if (trial.Params is { } given)
                {
                    chosen.Add((ask, trial, given));
                    continue;
                }
                known ??= search.Known(configuration);
                if (TrialSearch.Choose(configuration, trial, known) is not { } parameters)
                {
                    runs.Withdraw(trial.Lease);
                    continue;
                }
                chosen.Add((ask, trial, parameters));
                // The next one keeps away from it.
                known.Add(new Trial(trial.Number, TrialState.Running, parameters, null, []));
            }
            catch (Exception exception) when (!DatabaseOutage.Caused(exception))
            {
                runs.Finish(trial.Lease, TrialState.Failed, null, exception.Message, Failure.Describe(exception));
                ask.Refuse(exception);
            }
        }
        var states = runs.SetParams(chosen.Select(one => (one.Trial.Lease, one.Params)));
        foreach (var ((ask, trial, parameters), state) in chosen.Zip(states))
        {
            if (state is null)
            {
                ask.Refuse(await studies.LostAsync(study.Name, trial.Number));
                continue;
            }
            ask.Answer(new Asked(new AskedTrial(trial.Number, parameters, TrialToken.Write(trial), trial.Lease.Attempt), StudyState.Running));
        }
    }

    private void Forget(AskedStudy now, long studyId)
    {
        if (now.State != StudyState.Running || now.Id != studyId)
        {
            configurations.Forget(studyId);
            search.Forget(studyId);
        }
    }
}
