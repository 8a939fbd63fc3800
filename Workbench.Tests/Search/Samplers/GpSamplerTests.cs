using Workbench.Core.Search;

namespace Workbench.Tests.Search.Samplers;

public class GpSamplerTests
{
    [Fact]
    public void Needs_few_trials_to_find_a_smooth_minimum()
    {
        for (var seed = 0; seed < 3; seed++)
            Assert.InRange(Studies.Best(new GpSettings(), Spaces.Plane, Spaces.Branin, 35, seed), 0.397, 0.41);
    }

    [Fact]
    public void Handles_integers_categories_and_conditional_parameters()
    {
        var best = Studies.Best(new GpSettings(), Spaces.All, set =>
            Math.Abs(Math.Log10(set.Double("learning_rate")) + 3) + Math.Abs(set.Int("num_hidden") - 40) / 20.0
            + (set.TryGetValue("momentum", out var m) ? Math.Abs(m.AsDouble() - 0.9) : 0.5), 50, seed: 1);
        Assert.InRange(best, 0, 0.25);
    }

    [Fact]
    public void Many_trials_are_cut_down_to_what_the_model_can_bear()
    {
        var trials = Spaces.Finished(Spaces.Plane, 600, Spaces.Branin);
        Assert.True(Spaces.Plane.Contains(new GpSettings().Create().Suggest(Spaces.Plane, Direction.Minimize, trials, 600, seed: 1)!));
    }
}
