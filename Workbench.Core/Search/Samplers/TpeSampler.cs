namespace Workbench.Core.Search.Samplers;

/// <summary>
/// Tree-structured Parzen estimator (Bergstra et al. 2011, NeurIPS): models the good trials' density l and the others' density g, and
/// takes, of some draws from l, the one with the largest l/g, which maximises expected improvement. Parameters that exist together
/// are one density (multivariate), so that a conditional space falls into groups of its own.
/// </summary>
internal sealed class TpeSampler(TpeSettings settings) : ISampler
{
    // One suggestion in five takes the parameters for independent of each other, even in the multivariate sampler. That finds what
    // is separable much faster (on the transfer pipeline's space), and costs the rest next to nothing.
    private const double IndependentShare = 0.2;

    private readonly Lock _lock = new();
    private History? _history;
    private FreePoints? _points;
    private TpeGroup[] _joint = [];
    private TpeGroup[] _independent = [];

    public ParameterSet? Suggest(SearchSpace space, Direction direction, IReadOnlyList<Trial> trials, int number, long seed)
    {
        lock (_lock)
        {
            if (_history is null || !_history.IsFor(space, direction))
                (_history, _points) = (Begin(space, direction), new FreePoints(space));
            _history.Read(trials);
            var random = new RandomStream(seed, number);
            var places = new double[_history.Axes.Count];
            var startup = _history.Ranked < settings.StartupTrials;
            var groups = settings.Multivariate && random.Unit() >= IndependentShare ? _joint : _independent;
            foreach (var group in groups)
                group.Choose(places, startup, number, seed, ref random);
            var proposal = space.Build(i => space[i].FromUnit(_history.AxisOf(i) is var axis && axis < 0 ? 0 : places[axis]));
            return _points!.Instead(proposal, trials, number, seed);
        }
    }

    private History Begin(SearchSpace space, Direction direction)
    {
        var history = new History(space, direction);
        var axes = Enumerable.Range(0, history.Axes.Count);
        _joint = [.. axes.GroupBy(i => history.Axes[i].Parameter.Condition).Select(g => new TpeGroup(settings, history, [.. g]))];
        _independent = [.. axes.Select(i => new TpeGroup(settings, history, [i]))];
        return history;
    }
}
