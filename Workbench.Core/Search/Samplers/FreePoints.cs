namespace Workbench.Core.Search.Samplers;

/// <summary>
/// The points of a space that has but few: a sampler that proposes one which was tried already is given a free one instead, as long as
/// there are any. Safe for use by several threads.
/// </summary>
internal sealed class FreePoints
{
    /// <summary>In a larger space a sampler seldom meets the same point twice, and to look at all of its points would take time.</summary>
    public const int MostPoints = 1000;

    private readonly SearchSpace _space;
    private readonly ParameterSet[] _points;

    public FreePoints(SearchSpace space)
    {
        _space = space;
        var bound = space.Aggregate(1.0, (product, parameter) => product * (parameter.Count ?? double.PositiveInfinity));
        _points = bound <= MostPoints ? [.. space.Combinations([.. space.Select(Values)])] : [];
    }

    /// <summary>The proposal, unless it was tried and others were not: then the free point that is nearest to it.</summary>
    /// <param name="proposal">A point of the space.</param>
    /// <param name="trials">The study so far.</param>
    /// <param name="number">The trial's number; of points that are equally near, another trial gets another one.</param>
    /// <param name="seed">The study's seed.</param>
    public ParameterSet Instead(ParameterSet proposal, IReadOnlyList<Trial> trials, int number, long seed)
    {
        if (_points.Length == 0)
            return proposal;
        var tried = trials.Select(trial => trial.Params).ToHashSet();
        if (!tried.Contains(proposal))
            return proposal;
        var first = (int)(RandomStream.Hash(seed, number) % (uint)_points.Length);
        return Enumerable.Range(first, _points.Length).Select(i => _points[i % _points.Length])
            .Where(point => !tried.Contains(point)).MinBy(point => Distance(point, proposal)) ?? proposal;
    }

    private double Distance(ParameterSet a, ParameterSet b)
    {
        var distance = 0.0;
        foreach (var parameter in _space)
        {
            var (inA, inB) = (a.TryGetValue(parameter.Name, out var x), b.TryGetValue(parameter.Name, out var y));
            distance += inA && inB
                ? x == y ? 0 : parameter is CategoricalParameter ? 1 : Math.Abs(parameter.ToUnit(x) - parameter.ToUnit(y))
                : inA || inB ? 1 : 0;
        }
        return distance;
    }

    private static ParameterValue[] Values(Parameter parameter) => parameter switch
    {
        CategoricalParameter { Choices: var choices } => [.. choices],
        IntParameter { Log: true, Low: var low } => [.. Enumerable.Range(0, (int)parameter.Count!).Select(i => (ParameterValue)(low + i))],
        { Count: { } count } => [.. Enumerable.Range(0, (int)count).Select(i => parameter.FromUnit((i + 0.5) / count))],
        _ => [],
    };
}
