namespace Workbench.Core.Search.Pruners;

/// <summary>
/// Hyperband, Li et al. 2018 (JMLR 18-185), with asynchronous halving inside of a bracket (Li et al. 2020, MLSys). Bracket s starts
/// to prune after minSteps·η^s; it gets trials in the proportion of Li's algorithm 1, which starts ⌈(s_max+1)/(s+1)·η^s⌉ of them
/// in the bracket that prunes s times.
/// </summary>
internal sealed class HyperbandPruner(HyperbandSettings settings, long seed) : IPruner
{
    public bool ShouldPrune(Trial current, IReadOnlyList<Trial> trials, Direction direction)
    {
        var maxSteps = settings.MaxSteps ?? LongestComplete(trials);
        if (maxSteps < settings.MinSteps)
            return false;
        var brackets = 1;
        for (long steps = settings.MinSteps; steps * settings.Eta <= maxSteps; steps *= settings.Eta)
            brackets++;
        var bracket = BracketOf(current.Number, brackets);
        return SuccessiveHalving.ShouldPrune(current, trials, direction, settings.MinSteps, settings.Eta, bracket,
            trial => BracketOf(trial.Number, brackets) == bracket);
    }

    /// <summary>A trial's bracket: 0 prunes first.</summary>
    internal int BracketOf(int number, int brackets)
    {
        double total = 0;
        for (var b = 0; b < brackets; b++)
            total += Share(b, brackets);
        var place = (RandomStream.Hash(seed, number) >> 11) * (1.0 / (1UL << 53)) * total;
        for (var b = 0; b < brackets - 1; b++)
            if ((place -= Share(b, brackets)) < 0)
                return b;
        return brackets - 1;
    }

    private double Share(int bracket, int brackets)
    {
        var rounds = brackets - 1 - bracket;
        return Math.Ceiling(brackets / (rounds + 1.0) * Math.Pow(settings.Eta, rounds));
    }

    private static int LongestComplete(IReadOnlyList<Trial> trials)
    {
        var longest = 0;
        for (var i = 0; i < trials.Count; i++)
            if (trials[i] is { State: TrialState.Complete, Intermediate: [.., var last] })
                longest = Math.Max(longest, last.Step);
        return longest;
    }
}
