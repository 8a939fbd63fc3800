using Workbench.Core.Search;
using Workbench.Core.Tracking;

namespace Workbench.Core.Studies;

/// <summary>What a study's sampler and pruner say of its trials, those of workers and those of clients.</summary>
public sealed class TrialSearch(StudyHistory history)
{
    // A sampler keeps away from what runs. Clients may have thousands of trials that they have forgotten: each would be read for each that is asked for.
    private const int MostRunning = 100;

    /// <summary>What a sampler learns from: the study's own trials and those of the one it starts from.</summary>
    internal List<Trial> Known(StudyConfiguration configuration) => [.. configuration.WarmTrials, .. history.Read(configuration.Study.Id, except: -1, MostRunning)];

    /// <summary>Parameters for a trial that has none yet; null when there is nothing left to try.</summary>
    internal ParameterSet? Choose(StudyConfiguration configuration, ClaimedTrial trial) => Choose(configuration, trial, Known(configuration));

    /// <summary>The same, with what is known at hand.</summary>
    internal static ParameterSet? Choose(StudyConfiguration configuration, ClaimedTrial trial, IReadOnlyList<Trial> known)
    {
        var study = configuration.Study;
        return trial.Given is { } given
            ? study.Sampler.Complete(given, study.SearchSpace, study.Direction, known, trial.Number, study.Seed)
            : configuration.Sampler.Suggest(study.SearchSpace, study.Direction, known, trial.Number, study.Seed);
    }

    /// <summary>Whether a running trial is hopeless.</summary>
    /// <param name="configuration">Its study.</param>
    /// <param name="number">Its number.</param>
    /// <param name="parameters">Its parameters.</param>
    /// <param name="curve">The objective so far, by step.</param>
    internal bool ShouldPrune(StudyConfiguration configuration, int number, ParameterSet parameters, IReadOnlyList<StepValue> curve) =>
        configuration.Pruner.ShouldPrune(
            new Trial(number, TrialState.Running, parameters, null, curve), history.Read(configuration.Study.Id, number), configuration.Study.Direction);

    /// <summary>The same for a trial whose curve is only in the database.</summary>
    internal bool ShouldPrune(StudyConfiguration configuration, int number)
    {
        if (!configuration.Prunes)
        {
            return false;
        }
        var trials = history.Read(configuration.Study.Id, except: -1);
        return trials.FirstOrDefault(trial => trial.Number == number) is { State: TrialState.Running, Intermediate.Count: > 0 } own
            && configuration.Pruner.ShouldPrune(own, [.. trials.Where(trial => trial.Number != number)], configuration.Study.Direction);
    }

    /// <summary>Whether no complete trial of the study is better than a value.</summary>
    internal bool IsBest(StudyConfiguration configuration, int number, double value)
    {
        var best = history.Read(configuration.Study.Id, number, mostRunning: 0).Where(other => other is { State: TrialState.Complete, Value: not null })
            .Select(other => other.Value!.Value);
        return configuration.Study.Direction == Direction.Maximize ? best.All(other => value >= other) : best.All(other => value <= other);
    }

    /// <summary>Lets go of what is remembered of a study.</summary>
    public void Forget(long studyId) => history.Forget(studyId);
}
