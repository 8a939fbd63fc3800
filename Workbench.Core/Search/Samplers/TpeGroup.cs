namespace Workbench.Core.Search.Samplers;

/// <summary>
/// Parameters that TPE models together. What Watanabe 2023 (arXiv:2304.11127) found to matter is chosen as follows: the good trials
/// are weighted by their improvement over the best of the others, old trials among the others fade; bandwidths follow Scott's rule
/// on the spread of the trials, so that they shrink as the search converges, down to a floor (magic clipping).
/// </summary>
internal sealed class TpeGroup(TpeSettings settings, History history, int[] axes)
{
    // More good trials than this do not sharpen the density, they blunt it.
    private const int MostGood = 25;

    // The most recent of the other trials that have their full weight.
    private const int Fresh = 25;

    private const double PriorWeight = 1;

    private readonly Axis[] _axes = [.. axes.Select(i => history.Axes[i])];
    private readonly double[][] _columns = new double[axes.Length][];
    private readonly double[] _sigma = new double[axes.Length];
    private readonly double[] _place = new double[axes.Length];
    private readonly ParzenEstimator _good = new([.. axes.Select(i => history.Axes[i])]);
    private readonly ParzenEstimator _other = new([.. axes.Select(i => history.Axes[i])]);
    private readonly int[] _best = new int[MostGood + 1];
    private int[] _rows = [];
    private double[] _weights = [];

    /// <summary>
    /// Writes the group's part of the trial into <paramref name="places" />: quasi-random at the start and while too few trials have
    /// these parameters, and what the densities say from then on.
    /// </summary>
    public void Choose(double[] places, bool startup, int number, long seed, ref RandomStream random)
    {
        var (count, ranked) = startup ? default : Gather();
        if (startup || ranked <= axes.Length)
        {
            foreach (var i in axes)
                places[i] = Sobol.Coordinate(number, i, seed);
            return;
        }
        var goodCount = Math.Min((int)Math.Ceiling(settings.Gamma * ranked), MostGood);
        PickBest(count, goodCount + 1);
        var good = _best.AsSpan(0, goodCount);
        WeighGood(good, ranked > goodCount ? _best[goodCount] : -1);
        good.Sort();
        Fit(_good, good);
        var others = Others(good, count);
        WeighOthers(others.Length);
        Fit(_other, others);

        var best = double.NegativeInfinity;
        for (var c = 0; c < settings.Candidates; c++)
        {
            _good.Sample(ref random, _place);
            var score = _good.LogDensity(_place) - _other.LogDensity(_place);
            if (score <= best)
                continue;
            best = score;
            for (var d = 0; d < axes.Length; d++)
                places[axes[d]] = _place[d];
        }
    }

    /// <summary>Finds the trials that have these parameters.</summary>
    private (int Count, int Ranked) Gather()
    {
        if (_rows.Length < history.Count)
        {
            _rows = new int[2 * history.Count];
            _weights = new double[2 * history.Count + 1];
        }
        for (var d = 0; d < axes.Length; d++)
            _columns[d] = history.Column(axes[d]);
        int count = 0, ranked = 0;
        for (var row = 0; row < history.Count; row++)
        {
            var has = true;
            foreach (var column in _columns)
                has &= !double.IsNaN(column[row]);
            if (!has)
                continue;
            _rows[count++] = row;
            ranked += history.IsRanked(row) ? 1 : 0;
        }
        return (count, ranked);
    }

    /// <summary>Puts the best trials into <see cref="_best" />, the best first.</summary>
    private void PickBest(int count, int wanted)
    {
        var found = 0;
        for (var i = 0; i < count; i++)
        {
            var row = _rows[i];
            if (!history.IsRanked(row) || found == wanted && history.Compare(row, _best[found - 1]) > 0)
                continue;
            var at = found < wanted ? found++ : found - 1;
            for (; at > 0 && history.Compare(row, _best[at - 1]) < 0; at--)
                _best[at] = _best[at - 1];
            _best[at] = row;
        }
    }

    private void WeighGood(ReadOnlySpan<int> good, int next)
    {
        // Sorted by age here as in Fit, so that weight and trial keep together.
        Span<int> byAge = stackalloc int[good.Length];
        good.CopyTo(byAge);
        byAge.Sort();
        var total = 0.0;
        for (var i = 0; i < byAge.Length; i++)
            total += _weights[i] = next < 0 ? 0 : history.Improvement(byAge[i], next);
        // Ties, or values that do not compare (pruned at another step): every trial counts the same.
        var usable = total > 0 && double.IsFinite(total);
        for (var i = 0; i < byAge.Length; i++)
            _weights[i] = usable ? _weights[i] * byAge.Length / total : 1;
        _weights[byAge.Length] = PriorWeight;
    }

    private Span<int> Others(ReadOnlySpan<int> good, int count)
    {
        var others = 0;
        for (int i = 0, g = 0; i < count; i++)
        {
            if (g < good.Length && good[g] == _rows[i])
                g++;
            else
                _rows[others++] = _rows[i];
        }
        return _rows.AsSpan(0, others);
    }

    private void WeighOthers(int count)
    {
        for (var i = 0; i < count; i++)
            _weights[i] = i >= count - Fresh ? 1 : (1 + (count - 1.0) * i / (count - Fresh)) / count;
        _weights[count] = PriorWeight;
    }

    private void Fit(ParzenEstimator estimator, ReadOnlySpan<int> trials)
    {
        var smoothing = PriorWeight / (trials.Length + 1);
        var scott = 0.4 * Math.Pow(trials.Length, -1.0 / (axes.Length + 4));
        var floor = 0.4 / Math.Min(100, trials.Length + 2);
        for (var d = 0; d < axes.Length; d++)
            _sigma[d] = _axes[d].IsCategorical
                ? _axes[d].Cells * smoothing / (1 + _axes[d].Cells * smoothing)
                : Math.Clamp(scott * Spread(_columns[d], trials), floor, 1);
        estimator.Fit(_columns, trials, _weights, _sigma);
    }

    /// <summary>Standard deviation of the trials' places together with the prior's, which is uniform.</summary>
    private static double Spread(double[] column, ReadOnlySpan<int> trials)
    {
        double sum = 0.5, squares = 0.25 + 1 / 12.0;
        foreach (var row in trials)
        {
            sum += column[row];
            squares += column[row] * column[row];
        }
        var mean = sum / (trials.Length + 1);
        return Math.Sqrt(Math.Max(0, squares / (trials.Length + 1) - mean * mean));
    }
}
