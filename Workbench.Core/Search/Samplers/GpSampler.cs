namespace Workbench.Core.Search.Samplers;

/// <summary>
/// Bayesian optimisation: fits a Gaussian process to the trials and proposes the place of the largest log expected improvement.
/// Running trials are believed to turn out as predicted (Ginsbourger et al. 2010), which keeps the next one away from them.
/// </summary>
internal sealed class GpSampler(GpSettings settings) : ISampler
{
    // The fit costs the cube of this. Beyond it the best half and the latest half are kept.
    private const int MostObservations = 200;

    private readonly Lock _lock = new();
    private History? _history;
    private FreePoints? _points;

    public ParameterSet? Suggest(SearchSpace space, Direction direction, IReadOnlyList<Trial> trials, int number, long seed)
    {
        lock (_lock)
        {
            if (_history is null || !_history.IsFor(space, direction))
                (_history, _points) = (new(space, direction), new FreePoints(space));
            _history.Read(trials);
            return _points!.Instead(Propose(space, _history, number, seed), trials, number, seed);
        }
    }

    private ParameterSet Propose(SearchSpace space, History history, int number, long seed)
    {
        if (history.Axes.Count == 0 || history.Ranked < settings.StartupTrials)
            return space.Build(i => space[i].FromUnit(Sobol.Coordinate(number, i, seed)));
        var random = new RandomStream(seed, number);
        var places = Places(history, ref random);
        return space.Build(i => space[i].FromUnit(history.AxisOf(i) is var axis && axis < 0 ? 0 : places[axis]));
    }

    private static double[] Places(History history, ref RandomStream random)
    {
        var rows = Observations(history);
        var values = Standardised(history, rows);
        var process = new GaussianProcess([.. rows.Select(r => Place(history, r))], values, [.. history.Axes.Select(a => a.IsCategorical)]);
        process.Fit();
        var running = Enumerable.Range(0, history.Count).Where(history.IsRunning).Select(r => Place(history, r)).ToArray();
        var search = new AcquisitionSearch(history, running.Length > 0 ? process.With(running) : process, values.Min());
        var best = rows.OrderBy(r => r, Comparer<int>.Create(history.Compare)).Take(5).Select(r => Place(history, r)).ToArray();
        return search.Run(best, ref random);
    }

    private static int[] Observations(History history)
    {
        var rows = Enumerable.Range(0, history.Count).Where(r => history.IsRanked(r) || history.IsFailed(r)).ToArray();
        if (rows.Length <= MostObservations)
            return rows;
        var latest = rows[^(MostObservations / 2)..];
        var best = rows[..^(MostObservations / 2)].Order(Comparer<int>.Create(history.Compare)).Take(MostObservations / 2);
        return [.. best.Order(), .. latest];
    }

    /// <summary>Losses with mean 0 and deviation 1.</summary>
    private static double[] Standardised(History history, int[] rows)
    {
        var values = history.DampedLosses(rows);
        var mean = values.Average();
        var deviation = Math.Sqrt(values.Average(x => (x - mean) * (x - mean)));
        return [.. values.Select(x => deviation > 0 ? (x - mean) / deviation : 0)];
    }

    private static double[] Place(History history, int row) =>
        [.. Enumerable.Range(0, history.Axes.Count)
            .Select(d => history.Column(d)[row])
            .Select(x => double.IsNaN(x) ? AcquisitionSearch.Absent : x)];
}
