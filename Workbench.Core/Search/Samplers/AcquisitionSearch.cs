namespace Workbench.Core.Search.Samplers;

/// <summary>
/// Looks for the place of the largest log expected improvement: many places at random and near the best trials, then from the most
/// promising of them uphill, along the gradient for continua and value by value for grids and categories.
/// </summary>
internal sealed class AcquisitionSearch(History history, GaussianProcess process, double best)
{
    /// <summary>Where a conditional parameter lies for the process while it does not exist.</summary>
    public const double Absent = 0.5;

    private const int Starts = 1000;
    private const int Climbs = 4;
    private const int MostCells = 256;

    private readonly IReadOnlyList<Axis> _axes = history.Axes;
    private readonly double[] _place = new double[history.Axes.Count];
    private readonly int[][] _candidates = [.. history.Axes.Select((axis, d) => Candidates(axis, history.Column(d).AsSpan(0, history.Count)))];

    public double[] Run(IReadOnlyList<double[]> good, ref RandomStream random)
    {
        var starts = new PriorityQueue<double[], double>();
        for (var c = 0; c < Starts; c++)
        {
            // Every second one is one of the best trials moved by a little, in some of its axes.
            var start = new double[_axes.Count];
            var near = c % 2 == 1 ? good[random.Below(good.Count)] : null;
            var reach = Math.Pow(10, -3 * random.Unit());
            for (var d = 0; d < start.Length; d++)
                start[d] = near is null ? Snap(d, random.Unit())
                    : _axes[d].IsCategorical ? random.Unit() < 0.1 ? Snap(d, random.Unit()) : near[d]
                    : Snap(d, Math.Clamp(near[d] + reach * random.Normal() * 0.3, 0, 1));
            var score = Score(start);
            starts.Enqueue(start, score);
            if (starts.Count > Climbs)
                starts.Dequeue();
        }
        double[] winner = [];
        var most = double.NegativeInfinity;
        foreach (var (start, _) in starts.UnorderedItems.OrderByDescending(s => s.Priority))
        {
            var score = Climb(start);
            if (score > most)
                (winner, most) = (start, score);
        }
        return winner;
    }

    private double Score(ReadOnlySpan<double> place)
    {
        Exists(place, _place);
        var (mean, deviation) = process.Predict(_place, [], []);
        return ExpectedImprovement.Log(best, mean, deviation, out _);
    }

    private double Climb(double[] place)
    {
        double[] low = new double[place.Length], high = new double[place.Length];
        var score = Score(place);
        for (var round = 0; round < 5; round++)
        {
            for (var d = 0; d < place.Length; d++)
                (low[d], high[d]) = _axes[d].Cells > 0 ? (place[d], place[d]) : (0, 1);
            var after = -BoxedMinimizer.Minimize(Negative, place, low, high, 30);
            for (var d = 0; d < place.Length; d++)
                after = TryAll(d, place, after);
            if (after <= score + 1e-6)
                return after;
            score = after;
        }
        return score;
    }

    private double TryAll(int d, double[] place, double score)
    {
        var kept = place[d];
        foreach (var k in _candidates[d])
        {
            place[d] = _axes[d].Centre(k);
            if (Score(place) is var other && other > score)
                (score, kept) = (other, place[d]);
        }
        place[d] = kept;
        return score;
    }

    /// <summary>What the climb minimises: the negative logarithm of expected improvement at a place.</summary>
    internal double Negative(ReadOnlySpan<double> place, Span<double> gradient)
    {
        Exists(place, _place);
        Span<double> deviationGradient = stackalloc double[place.Length];
        var (mean, deviation) = process.Predict(_place, gradient, deviationGradient);
        var score = ExpectedImprovement.Log(best, mean, deviation, out var ratio);
        var z = (best - mean) / deviation;
        for (var d = 0; d < gradient.Length; d++)
            gradient[d] = _axes[d].Cells > 0 || _place[d] != place[d]
                ? 0
                : (ratio * gradient[d] - (1 - ratio * z) * deviationGradient[d]) / deviation;
        return -score;
    }

    // The process knows of two categories only whether they are the same: all that were never tried are one to it.
    private static int[] Candidates(Axis axis, ReadOnlySpan<double> tried)
    {
        if (axis.Cells <= MostCells)
            return [.. Enumerable.Range(0, axis.Cells)];
        SortedSet<int> cells = [];
        foreach (var place in tried)
            if (!double.IsNaN(place))
                cells.Add(axis.CellOf(place));
        if (Enumerable.Range(0, axis.Cells).Where(k => !cells.Contains(k)).Select(k => (int?)k).FirstOrDefault() is { } untried)
            cells.Add(untried);
        return [.. cells];
    }

    private double Snap(int d, double place) => _axes[d].Cells > 0 ? _axes[d].Centre(_axes[d].CellOf(place)) : place;

    /// <summary>Copies a place with the parameters that do not exist there moved to <see cref="Absent" />.</summary>
    private void Exists(ReadOnlySpan<double> place, Span<double> result)
    {
        place.CopyTo(result);
        for (var d = 0; d < result.Length; d++)
            if (!history.Exists(d, place))
                result[d] = Absent;
    }
}
