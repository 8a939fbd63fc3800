using System.Globalization;

namespace Workbench.Core.Search.Samplers;

/// <summary>
/// Every combination once, the last parameter varying fastest: the first one that no trial has had, also none that a person enqueued. Of
/// the trials before it that can't be seen yet, each will take a combination: so many free ones are left to them.
/// </summary>
internal sealed class GridSampler(GridSettings settings) : ISampler
{
    private readonly Lock _lock = new();
    private readonly List<(ParameterSet Set, string Key)> _cells = [];
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
            // A trial of another study, from which this one learns, has a number below 0.
            var own = trials.Where(trial => trial.Number >= 0 && trial.Number != number).ToList();
            var tried = own.Select(trial => Key(trial.Params)).ToHashSet();
            var unseen = number - own.Where(trial => trial.Number < number).Select(trial => trial.Number).Distinct().Count();
            for (var cell = 0; Cell(cell) is { } found; cell++)
                if (!tried.Contains(found.Key) && unseen-- == 0)
                    return found.Set;
            return null;
        }
    }

    private (ParameterSet Set, string Key)? Cell(int index)
    {
        while (_cells.Count <= index && _more!.MoveNext())
            _cells.Add((_more.Current, Key(_more.Current)));
        return index < _cells.Count ? _cells[index] : null;
    }

    // A person writes 0.3 where the grid has 0.30000000000000004.
    private static string Key(ParameterSet set) => string.Join('\n', set.OrderBy(entry => entry.Key, StringComparer.Ordinal).Select(entry =>
        $"{entry.Key}={(entry.Value.IsNumber ? entry.Value.AsDouble().ToString("G12", CultureInfo.InvariantCulture) : entry.Value)}"));
}
