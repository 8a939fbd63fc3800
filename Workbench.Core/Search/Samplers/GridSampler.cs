namespace Workbench.Core.Search.Samplers;

/// <summary>
/// Every combination once, the last parameter varying fastest. Which combination a trial gets follows from the numbers of the trials
/// before it alone: those that others chose (enqueued ones) do not use up a combination.
/// </summary>
internal sealed class GridSampler(GridSettings settings) : ISampler
{
    private readonly Lock _lock = new();
    private readonly List<ParameterSet> _cells = [];
    private SearchSpace? _space;
    private IEnumerator<ParameterSet>? _more;

    public ParameterSet? Suggest(SearchSpace space, Direction direction, IReadOnlyList<Trial> trials, int number, long seed)
    {
        lock (_lock)
        {
            if (_more is null || !(ReferenceEquals(space, _space) || space.SequenceEqual(_space!)))
            {
                _cells.Clear();
                (_space, _more) = (space, settings.Combinations(space).GetEnumerator());
            }
            var before = new ParameterSet?[number];
            for (var i = 0; i < trials.Count; i++)
                if (trials[i].Number >= 0 && trials[i].Number < number)
                    before[trials[i].Number] = trials[i].Params;
            var cell = 0;
            foreach (var set in before)
                // A trial that is claimed but not yet to be seen is one of ours.
                if (set is null || set.Equals(Cell(cell)))
                    cell++;
            return Cell(cell);
        }
    }

    private ParameterSet? Cell(int index)
    {
        while (_cells.Count <= index && _more!.MoveNext())
            _cells.Add(_more.Current);
        return index < _cells.Count ? _cells[index] : null;
    }
}
