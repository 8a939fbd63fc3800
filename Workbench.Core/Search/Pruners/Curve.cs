namespace Workbench.Core.Search.Pruners;

/// <summary>A trial's intermediate values as pruners read them. Signed so that smaller is always better.</summary>
internal static class Curve
{
    /// <summary>The loss at the first report at or after a step; null when the trial did not get there.</summary>
    public static double? LossAt(Trial trial, int step, Direction direction)
    {
        var values = trial.Intermediate;
        int low = 0, high = values.Count;
        while (low < high)
        {
            var middle = (low + high) / 2;
            if (values[middle].Step < step)
                low = middle + 1;
            else
                high = middle;
        }
        return low < values.Count ? Loss(values[low].Value, direction) : null;
    }

    /// <summary>The smallest loss up to a step, NaN left out; infinite when there is none.</summary>
    public static double BestLoss(Trial trial, int step, Direction direction)
    {
        var best = double.PositiveInfinity;
        foreach (var report in trial.Intermediate)
            if (report.Step <= step)
                best = Math.Min(best, Loss(report.Value, direction));
        return best;
    }

    /// <summary>A value with the sign that makes smaller better; NaN is the worst there is.</summary>
    public static double Loss(double value, Direction direction) =>
        double.IsNaN(value) ? double.PositiveInfinity : direction == Direction.Minimize ? value : -value;
}
