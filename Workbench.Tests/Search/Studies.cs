using Workbench.Core.Search;

namespace Workbench.Tests.Search;

internal static class Studies
{
    /// <summary>The least value of a study whose trials run one after the other.</summary>
    public static double Best(SamplerSettings settings, SearchSpace space, Func<ParameterSet, double> value, int count, int seed)
    {
        var sampler = settings.Create();
        var trials = new List<Trial>();
        for (var number = 0; number < count; number++)
        {
            var set = sampler.Suggest(space, Direction.Minimize, trials, number, seed)!;
            trials.Add(Spaces.Complete(number, set, value(set)));
        }
        return trials.Min(t => t.Value!.Value);
    }
}
