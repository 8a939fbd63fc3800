namespace Workbench.Core.Search.Samplers;

/// <summary>The trial's number is the index into a scrambled Sobol sequence, so that processes share one sequence.</summary>
internal sealed class QmcSampler : ISampler
{
    public ParameterSet? Suggest(SearchSpace space, Direction direction, IReadOnlyList<Trial> trials, int number, long seed) =>
        space.Build(i => space[i].FromUnit(Sobol.Coordinate(number, i, seed)));
}
