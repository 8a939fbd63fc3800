namespace Workbench.Core.Search.Pruners;

/// <summary>
/// The rule of asynchronous successive halving (Li et al. 2020, "A system for massively parallel hyperparameter tuning"): at each
/// rung, minSteps·η^k steps, a trial goes on when it is among the best 1/η of all that got there so far.
/// </summary>
internal static class SuccessiveHalving
{
    public static bool ShouldPrune(
        Trial current, IReadOnlyList<Trial> trials, Direction direction, int minSteps, int eta, int firstRung, Func<Trial, bool> competes)
    {
        if (current.Intermediate is not [.., var last])
            return false;
        if (double.IsNaN(last.Value))
            return true;
        if (RungReached(current, minSteps, eta, firstRung) is not { } rung)
            return false;
        var loss = Curve.Loss(last.Value, direction);
        int there = 1, better = 0;
        for (var i = 0; i < trials.Count; i++)
        {
            var trial = trials[i];
            if (trial.Number == current.Number || !competes(trial) || Curve.LossAt(trial, rung, direction) is not { } other)
                continue;
            there++;
            if (other < loss)
                better++;
        }
        // The best one goes on even when fewer than η got here: it must not wait in a process of its own.
        return better >= Math.Max(1, there / eta);
    }

    /// <summary>The rung that the last report crossed; null when it crossed none.</summary>
    private static int? RungReached(Trial trial, int minSteps, int eta, int firstRung)
    {
        var last = trial.Intermediate[^1].Step;
        var before = trial.Intermediate.Count > 1 ? trial.Intermediate[^2].Step : 0;
        int? reached = null;
        for (var rung = minSteps * Math.Pow(eta, firstRung); rung <= last; rung *= eta)
            if (rung > before)
                reached = (int)rung;
        return reached;
    }
}
