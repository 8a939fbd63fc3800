using Workbench.Core.Search;
using Workbench.Core.Tracking;

namespace Workbench.Core.Studies;

/// <summary>How much of a study's outcome hangs on a parameter.</summary>
/// <param name="Parameter">Its name.</param>
/// <param name="Share">From 0 to 1; the shares of a study's parameters sum to 1.</param>
public sealed record ParameterShare(string Parameter, double Share);

/// <summary>Works out which of a study's parameters matter, from its trials as pages and clients read them.</summary>
public static class StudyImportance
{
    /// <summary>Why it can't be told which parameters matter; null when it can.</summary>
    /// <param name="study">The study.</param>
    /// <param name="trials">Its trials; complete and pruned ones count.</param>
    public static string? Hindrance(Study study, IEnumerable<Run> trials)
    {
        if (study.SearchSpace.All(parameter => parameter.Count == 1))
        {
            return "No parameter of the search space varies: there is nothing to compare.";
        }
        var finished = trials.Count(run =>
            run is { State: TrialState.Complete or TrialState.Pruned, Params: not null, Value: { } value } && double.IsFinite(value));
        return finished >= Importance.FewestTrials
            ? null
            : $"It takes {Importance.FewestTrials} finished trials to tell which parameters matter; there {(finished == 1 ? "is 1" : $"are {finished}")}.";
    }

    /// <summary>The parameters that are searched, the one that matters most first; empty while there are too few trials to tell.</summary>
    /// <param name="study">The study.</param>
    /// <param name="trials">Its trials; complete and pruned ones count.</param>
    public static IReadOnlyList<ParameterShare> Of(Study study, IEnumerable<Run> trials) =>
        [.. Importance.Of(study.SearchSpace, [.. trials.Where(run => run.Params is not null).Select(AsTrial)], study.Direction)
            .Select(entry => new ParameterShare(entry.Key, entry.Value))];

    // Of the curve only the end matters here, and for a pruned trial that is its value.
    private static Trial AsTrial(Run run) => new(
        run.Number ?? -1, run.State, run.Params!, run.Value, run is { State: TrialState.Pruned, Value: { } last } ? [new StepValue(1, last)] : []);
}
