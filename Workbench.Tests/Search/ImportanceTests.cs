using Workbench.Core.Search;

namespace Workbench.Tests.Search;

public class ImportanceTests
{
    private static double Loss(ParameterSet set) =>
        3 * Math.Abs(Math.Log10(set.Double("learning_rate")) + 3) + (set.Text("opt") == "adam" ? 0 : 1) + 0.2 * set.Double("dropout");

    [Fact]
    public void What_matters_most_comes_first()
    {
        var importance = Importance.Of(Spaces.All, Spaces.Finished(Spaces.All, 200, Loss), Direction.Minimize);
        Assert.Equal(["learning_rate", "opt"], importance.Keys.Take(2));
        Assert.InRange(importance["learning_rate"], 0.6, 0.99);
        Assert.Equal(1, importance.Values.Sum(), 1e-9);
        Assert.Equal(importance.Values.OrderDescending(), importance.Values);
        Assert.DoesNotContain("batch", importance.Keys);
    }

    [Fact]
    public void A_sampler_that_has_converged_does_not_hide_it()
    {
        var sampler = new TpeSettings().Create();
        var trials = new List<Trial>();
        for (var number = 0; number < 100; number++)
        {
            var set = sampler.Suggest(Spaces.All, Direction.Minimize, trials, number, seed: 2)!;
            trials.Add(Spaces.Complete(number, set, Loss(set)));
        }
        Assert.InRange(Importance.Of(Spaces.All, trials, Direction.Minimize)["learning_rate"], 0.5, 1);
    }

    [Fact]
    public void The_direction_does_not_matter_to_a_symmetric_effect()
    {
        SearchSpace space = new(new FloatParameter("a", 0, 1), new FloatParameter("b", 0, 1));
        var importance = Importance.Of(space, Spaces.Finished(space, 200, set => 4 * set.Double("a") + set.Double("b")), Direction.Maximize);
        Assert.Equal("a", importance.Keys.First());
    }

    [Fact]
    public void A_conditional_parameter_can_matter_too()
    {
        var importance = Importance.Of(Spaces.All,
            Spaces.Finished(Spaces.All, 200, set => set.TryGetValue("momentum", out var m) ? m.AsDouble() : 0.5), Direction.Minimize);
        Assert.Equal("momentum", importance.Keys.First());
    }

    [Fact]
    public void Too_few_trials_tell_nothing_and_equal_values_tell_that_all_are_equal()
    {
        Assert.Empty(Importance.Of(Spaces.Plane, Spaces.Finished(Spaces.Plane, 4, Spaces.Branin), Direction.Minimize));
        Assert.Equal([0.5, 0.5], Importance.Of(Spaces.Plane, Spaces.Finished(Spaces.Plane, 20, _ => 1), Direction.Minimize).Values);
    }
}
