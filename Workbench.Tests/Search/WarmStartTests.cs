using Workbench.Core.Search;

namespace Workbench.Tests.Search;

public class WarmStartTests
{
    [Fact]
    public void What_fits_is_taken_over_under_numbers_of_its_own()
    {
        ParameterSet inside = new(("x", 1), ("y", 2)), outside = new(("x", 99), ("y", 2));
        var adopted = WarmStart.From(Spaces.Plane,
        [
            Spaces.Complete(0, inside, 3),
            Spaces.Complete(1, outside, 3),
            Spaces.Complete(2, inside, 3) with { State = TrialState.Running },
            Spaces.Complete(3, inside, 3) with { State = TrialState.Stopped },
            Spaces.Complete(4, inside, 3) with { State = TrialState.Failed },
        ]);
        Assert.Equal([-1, -2], adopted.Select(t => t.Number));
        Assert.Equal([TrialState.Complete, TrialState.Failed], adopted.Select(t => t.State));
        Assert.False(adopted[0].Params["x"].IsInteger);
    }

    [Fact]
    public void A_study_that_begins_with_anothers_trials_needs_no_start_of_its_own()
    {
        var adopted = WarmStart.From(Spaces.Plane, Spaces.Finished(Spaces.Plane, 60, set => Math.Abs(set.Double("x") - 8)));
        var sampler = new TpeSettings().Create();
        var near = Enumerable.Range(0, 20).Count(n => Math.Abs(sampler.Suggest(Spaces.Plane, Direction.Minimize, adopted, n, seed: 1)!.Double("x") - 8) < 2.5);
        Assert.InRange(near, 15, 20);
    }

    [Fact]
    public void A_warm_start_finds_in_20_trials_what_a_cold_one_does_not()
    {
        // The other study had the same objective, its values on another scale.
        var adopted = WarmStart.From(Spaces.Plane, Spaces.Finished(Spaces.Plane, 60, set => 3 * Spaces.Branin(set) + 5));

        var warm = Median(seed => Best([.. adopted], seed));
        var cold = Median(seed => Best([], seed));

        Assert.True(warm < 0.75 && cold > 1.7 * warm, $"warm {warm}, cold {cold}");

        static double Median(Func<int, double> best) => Enumerable.Range(0, 21).Select(best).Order().ElementAt(10);

        static double Best(List<Trial> trials, int seed)
        {
            var sampler = new TpeSettings().Create();
            var before = trials.Count;
            for (var number = 0; number < 20; number++)
            {
                var set = sampler.Suggest(Spaces.Plane, Direction.Minimize, trials, number, seed)!;
                trials.Add(Spaces.Complete(number, set, Spaces.Branin(set)));
            }
            return trials.Skip(before).Min(trial => trial.Value!.Value);
        }
    }
}
