using Workbench.Core.Search.Samplers;

namespace Workbench.Core.Search;

/// <summary>
/// How much each parameter matters: functional analysis of variance of a random forest (Hutter, Hoos and Leyton-Brown 2014, "An
/// efficient approach for assessing hyperparameter importance", ICML). A forest learns the objective from the trials; a parameter's
/// importance is the variance of the forest's mean prediction along it, all others averaged out over the whole space. So it says
/// what matters in the space, however unevenly a sampler went through it.
/// </summary>
public static class Importance
{
    /// <summary>With fewer trials than these nothing can be told.</summary>
    public const int FewestTrials = 5;

    private const int Trees = 32;

    /// <summary>Shares of the parameters, the largest first; they sum to 1. Milliseconds at 1,000 trials.</summary>
    /// <param name="space">The space that was searched.</param>
    /// <param name="trials">Complete trials and pruned ones with their last value count; others are ignored.</param>
    /// <param name="direction">Which values are better.</param>
    /// <returns>
    /// An entry for every parameter that is searched; empty while fewer than 5 trials have finished; equal shares when all trials have
    /// the same value.
    /// </returns>
    public static IReadOnlyDictionary<string, double> Of(SearchSpace space, IReadOnlyList<Trial> trials, Direction direction)
    {
        var history = new History(space, direction);
        history.Read(trials);
        int[] rows = [.. Enumerable.Range(0, history.Count).Where(history.IsRanked)];
        if (rows.Length < FewestTrials)
            return new Dictionary<string, double>();
        var forest = new VarianceForest(history, rows, history.DampedLosses(rows));
        for (var tree = 0; tree < Trees; tree++)
            forest.Grow(tree);
        var variances = forest.Variances();
        var total = variances.Sum();
        return history.Axes
            .Select((axis, i) => (axis.Parameter.Name, Share: total > 0 ? variances[i] / total : 1.0 / variances.Length))
            .OrderByDescending(s => s.Share)
            .ToDictionary(s => s.Name, s => s.Share);
    }
}
