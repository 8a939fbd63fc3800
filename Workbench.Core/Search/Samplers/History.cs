namespace Workbench.Core.Search.Samplers;

/// <summary>
/// A study's trials as columns of places in [0, 1], kept from one suggestion to the next. A list that continues the one before costs
/// only what is new; whatever differs is read again, so that the memory never shows in an answer.
/// </summary>
internal sealed class History
{
    private readonly List<Trial> _seen = [];
    private readonly double[][] _columns;
    private double[] _steps = []; // what ranks first: −∞ complete, −last step pruned, +∞ running or failed
    private double[] _losses = [];
    private readonly int[] _axisOf;
    private readonly int[] _parents;

    public History(SearchSpace space, Direction direction)
    {
        Space = space;
        Direction = direction;
        Axes = [.. space.Where(p => p.Count != 1).Select(p => new Axis(p))];
        var axes = 0;
        _axisOf = [.. space.Select(p => p.Count != 1 ? axes++ : -1)];
        _parents = [.. Axes.Select(a => a.Parameter.Condition is { } c ? space.NumberOf(c.Parent) : -1)];
        _columns = [.. Axes.Select(_ => Array.Empty<double>())];
    }

    public SearchSpace Space { get; }

    public Direction Direction { get; }

    /// <summary>The parameters that are searched, in the space's order.</summary>
    public IReadOnlyList<Axis> Axes { get; }

    /// <summary>Number of trials, in the order given.</summary>
    public int Count => _seen.Count;

    /// <summary>How many of them can be ranked: complete or pruned, with a value.</summary>
    public int Ranked { get; private set; }

    /// <summary>The places of all trials on an axis; NaN where the trial has no such parameter.</summary>
    public double[] Column(int axis) => _columns[axis];

    /// <summary>Whether trial a is better than trial b; complete before pruned, later pruned before earlier.</summary>
    public int Compare(int a, int b)
    {
        var bySteps = _steps[a].CompareTo(_steps[b]);
        var byLoss = bySteps != 0 ? bySteps : _losses[a].CompareTo(_losses[b]);
        return byLoss != 0 ? byLoss : a.CompareTo(b);
    }

    /// <summary>Whether the trial can be ranked: it is neither running nor failed.</summary>
    public bool IsRanked(int trial) => _steps[trial] < double.PositiveInfinity;

    /// <summary>Loss of a ranked trial: smaller is better.</summary>
    public double Loss(int trial) => _losses[trial];

    /// <summary>
    /// Losses of ranked trials, those of failed ones being the worst of all. Losses worse than the median are drawn in
    /// logarithmically, or else a few disasters would hide the differences that matter.
    /// </summary>
    public double[] DampedLosses(int[] trials)
    {
        var ranked = trials.Where(IsRanked).Select(Loss).Order().ToArray();
        double median = ranked[ranked.Length / 2], scale = median - ranked[0];
        return [.. trials
            .Select(t => IsRanked(t) ? Loss(t) : ranked[^1])
            .Select(x => x > median && scale > 0 ? median + scale * Math.Log(1 + (x - median) / scale) : x)];
    }

    /// <summary>Whether the trial has not ended yet.</summary>
    public bool IsRunning(int trial) => _seen[trial].State == TrialState.Running;

    /// <summary>Whether the trial ended without a value, or with one that is no number.</summary>
    public bool IsFailed(int trial) => !IsRanked(trial) && _seen[trial].State is not (TrialState.Running or TrialState.Stopped);

    /// <summary>By how much trial a is better than trial b; NaN when their values do not compare.</summary>
    public double Improvement(int a, int b) => _steps[a] == _steps[b] ? _losses[b] - _losses[a] : double.NaN;

    /// <summary>Whether it was made for this space and direction.</summary>
    public bool IsFor(SearchSpace space, Direction direction) =>
        direction == Direction && (ReferenceEquals(space, Space) || space.SequenceEqual(Space));

    /// <summary>The axis of the space's parameter number i; −1 when it has only one value.</summary>
    public int AxisOf(int parameter) => _axisOf[parameter];

    /// <summary>Whether an axis's parameter exists at a place.</summary>
    public bool Exists(int axis, ReadOnlySpan<double> place)
    {
        if (_parents[axis] is var parent && parent < 0)
            return true;
        var parentAxis = _axisOf[parent];
        var value = Space[parent].FromUnit(parentAxis < 0 ? 0 : place[parentAxis]);
        return Axes[axis].Parameter.Condition!.Allows(value) && (parentAxis < 0 || Exists(parentAxis, place));
    }

    public void Read(IReadOnlyList<Trial> trials)
    {
        var same = 0;
        while (same < _seen.Count && same < trials.Count && ReferenceEquals(_seen[same], trials[same]))
            same++;
        for (var i = same; i < _seen.Count; i++)
            Ranked -= IsRanked(i) ? 1 : 0;
        _seen.RemoveRange(same, _seen.Count - same);
        for (var i = 0; i < _columns.Length; i++)
            Grow(ref _columns[i], trials.Count);
        Grow(ref _steps, trials.Count);
        Grow(ref _losses, trials.Count);
        for (var i = same; i < trials.Count; i++)
            Add(trials[i]);
    }

    private void Add(Trial trial)
    {
        var row = _seen.Count;
        _seen.Add(trial);
        var (steps, value) = trial switch
        {
            { State: TrialState.Complete, Value: { } v } => (double.NegativeInfinity, v),
            { State: TrialState.Pruned, Intermediate: [.., var last] } => (-last.Step, last.Value),
            _ => (double.PositiveInfinity, double.NaN),
        };
        var loss = Direction == Direction.Minimize ? value : -value;
        var ranked = !double.IsNaN(loss) && loss < double.PositiveInfinity;
        _steps[row] = ranked ? steps : double.PositiveInfinity;
        _losses[row] = ranked ? loss : double.PositiveInfinity;
        Ranked += ranked ? 1 : 0;
        for (var i = 0; i < Axes.Count; i++)
            _columns[i][row] = trial.State == TrialState.Stopped ? double.NaN : Place(Axes[i].Parameter, trial.Params);
    }

    // A trial of another study may hold values that this space does not know.
    private static double Place(Parameter parameter, ParameterSet set)
    {
        try
        {
            return set.TryGetValue(parameter.Name, out var value) ? parameter.ToUnit(parameter.Check(value)) : double.NaN;
        }
        catch (SearchException)
        {
            return double.NaN;
        }
    }

    private static void Grow(ref double[] column, int size)
    {
        if (column.Length < size)
            Array.Resize(ref column, Math.Max(size, 2 * column.Length));
    }
}
