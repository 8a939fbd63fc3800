namespace Workbench.Core.Search.Pruners;

/// <summary>
/// Compares a trial's best value so far, since curves are noisy, with the others' values at the same step (the median stopping rule
/// of Golovin et al. 2017, "Google Vizier", taken to any percentile).
/// </summary>
internal sealed class PercentilePruner(PercentileSettings settings) : IPruner
{
    public bool ShouldPrune(Trial current, IReadOnlyList<Trial> trials, Direction direction)
    {
        if (current.Intermediate is not [.., var last])
            return false;
        if (double.IsNaN(last.Value))
            return true;
        if (last.Step <= settings.WarmupSteps)
            return false;
        var complete = 0;
        var others = new List<double>();
        for (var i = 0; i < trials.Count; i++)
        {
            var trial = trials[i];
            if (trial.Number == current.Number)
                continue;
            complete += trial.State == TrialState.Complete ? 1 : 0;
            if (Curve.LossAt(trial, last.Step, direction) is { } loss)
                others.Add(loss);
        }
        return complete >= settings.StartupTrials && others.Count > 0
            && Curve.BestLoss(current, last.Step, direction) > Percentile(others, settings.Percentile);
    }

    /// <summary>The value below which a part of the values lies, interpolated between the two nearest.</summary>
    internal static double Percentile(List<double> values, double percent)
    {
        values.Sort();
        var at = percent / 100 * (values.Count - 1);
        var below = (int)Math.Floor(at);
        var above = Math.Min(below + 1, values.Count - 1);
        // Not by a weighted sum: the worst there is, infinity, would make NaN of it.
        return at == below ? values[below] : values[below] + (at - below) * (values[above] - values[below]);
    }
}
