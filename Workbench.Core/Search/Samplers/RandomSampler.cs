namespace Workbench.Core.Search.Samplers;

internal sealed class RandomSampler : ISampler
{
    public ParameterSet? Suggest(SearchSpace space, Direction direction, IReadOnlyList<Trial> trials, int number, long seed)
    {
        var random = new RandomStream(seed, number);
        return space.Build(i => space[i].FromUnit(random.Unit()));
    }
}
