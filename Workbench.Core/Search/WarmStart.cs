namespace Workbench.Core.Search;

/// <summary>Lets a study begin with what another one learnt.</summary>
public static class WarmStart
{
    /// <summary>
    /// The trials of another study that say something about this space: complete, pruned or failed, with parameters that lie in it.
    /// Put them before the study's own trials when asking a sampler. They are numbered −1, −2, …, so that they are never taken for
    /// the study's own.
    /// </summary>
    /// <param name="space">The space of the study that begins.</param>
    /// <param name="trials">Trials of the other study, which has the same objective.</param>
    public static IReadOnlyList<Trial> From(SearchSpace space, IEnumerable<Trial> trials)
    {
        var adopted = new List<Trial>();
        foreach (var trial in trials)
            if (trial.State is TrialState.Complete or TrialState.Pruned or TrialState.Failed && space.Contains(trial.Params))
                adopted.Add(trial with { Number = -1 - adopted.Count, Params = space.Validate(trial.Params) });
        return adopted;
    }
}
