using Workbench.Core.Search;
using Workbench.Core.Search.Pruners;

namespace Workbench.Tests.Search.Pruners;

public class PrunerTests
{
    private static readonly Trial[] Five = [.. Enumerable.Range(0, 5).Select(i => Spaces.Curve(i, 10 + i, 5 + i, 1 + i))];

    private static bool Prunes(PrunerSettings settings, Trial current, IReadOnlyList<Trial> trials, Direction direction = Direction.Minimize) =>
        settings.Create(seed: 1).ShouldPrune(current with { State = TrialState.Running, Value = null }, trials, direction);

    [Fact]
    public void Without_a_pruner_everything_goes_on() => Assert.False(Prunes(new NoPrunerSettings(), Spaces.Curve(9, double.NaN), Five));

    [Fact]
    public void Median_ends_what_is_worse_than_the_median_at_the_same_step()
    {
        Assert.True(Prunes(new MedianSettings(), Spaces.Curve(9, 12.1), Five));
        Assert.False(Prunes(new MedianSettings(), Spaces.Curve(9, 11.9), Five));
        Assert.True(Prunes(new MedianSettings(), Spaces.Curve(9, 11.9, 9), Five));
    }

    [Fact]
    public void Median_judges_by_the_best_value_so_far() => Assert.False(Prunes(new MedianSettings(), Spaces.Curve(9, 6, 20), Five));

    [Fact]
    public void Median_works_both_ways()
    {
        Assert.False(Prunes(new MedianSettings(), Spaces.Curve(9, 12.1), Five, Direction.Maximize));
        Assert.True(Prunes(new MedianSettings(), Spaces.Curve(9, 11.9), Five, Direction.Maximize));
    }

    [Fact]
    public void Median_waits_for_complete_trials_and_for_its_warm_up()
    {
        Assert.False(Prunes(new MedianSettings(), Spaces.Curve(9, 99), Five[..4]));
        Assert.False(Prunes(new MedianSettings { WarmupSteps = 1 }, Spaces.Curve(9, 99), Five));
        Assert.True(Prunes(new MedianSettings { WarmupSteps = 1 }, Spaces.Curve(9, 99, 99), Five));
    }

    [Fact]
    public void Percentile_lets_its_part_go_on()
    {
        Assert.True(Prunes(new PercentileSettings { Percentile = 25 }, Spaces.Curve(9, 11.1), Five));
        Assert.False(Prunes(new PercentileSettings { Percentile = 25 }, Spaces.Curve(9, 10.9), Five));
        Assert.False(Prunes(new PercentileSettings { Percentile = 100 }, Spaces.Curve(9, 13.9), Five));
    }

    [Fact]
    public void Whatever_prunes_ends_a_trial_that_diverged()
    {
        foreach (var settings in (PrunerSettings[])[new MedianSettings(), new AshaSettings(), new HyperbandSettings { MaxSteps = 9 }, new ThresholdSettings()])
            Assert.True(Prunes(settings, Spaces.Curve(9, double.NaN), []));
    }

    [Fact]
    public void Successive_halving_lets_one_in_eta_go_on_at_each_rung()
    {
        var asha = new AshaSettings { MinSteps = 1, Eta = 3 };
        Trial[] six = [.. Enumerable.Range(0, 6).Select(i => Spaces.Curve(i, i, i, i))];
        // With this one there are 7 at the rung: the best two go on.
        Assert.False(Prunes(asha, Spaces.Curve(9, 0.5), six));
        Assert.True(Prunes(asha, Spaces.Curve(9, 1.5), six));
        // The second step is no rung, the third is.
        Assert.False(Prunes(asha, Spaces.Curve(9, 0, 99), six));
        Assert.True(Prunes(asha, Spaces.Curve(9, 0, 0, 99), six));
    }

    [Fact]
    public void The_best_one_at_a_rung_goes_on_however_few_got_there() => Assert.False(Prunes(new AshaSettings(), Spaces.Curve(9, 1), [Spaces.Curve(0, 2)]));

    [Fact]
    public void A_rung_that_no_report_hit_is_judged_at_the_next_report()
    {
        var asha = new AshaSettings { MinSteps = 3, Eta = 2 };
        Trial[] others = [.. Enumerable.Range(0, 4).Select(i => Spaces.Curve(i, 5, 5, i, i))];
        Assert.True(Prunes(asha, new(9, TrialState.Running, ParameterSet.Empty, null, [new(2, 0), new(4, 99)]), others));
        Assert.False(Prunes(asha, new(9, TrialState.Running, ParameterSet.Empty, null, [new(2, 0), new(4, 0), new(5, 99)]), others));
    }

    [Fact]
    public void Hyperband_shares_trials_out_to_brackets_as_its_paper_does()
    {
        var pruner = new HyperbandPruner(new HyperbandSettings { MinSteps = 1, MaxSteps = 81, Eta = 3 }, seed: 4);
        var counts = Enumerable.Range(0, 20_000).CountBy(number => pruner.BracketOf(number, brackets: 5)).OrderBy(c => c.Key).Select(c => c.Value).ToArray();
        double[] paper = [81, 34, 15, 8, 5];
        for (var s = 0; s < 5; s++)
            Assert.Equal(paper[s] / paper.Sum(), counts[s] / 20_000.0, 0.015);
        Assert.Equal(pruner.BracketOf(7, 5), new HyperbandPruner(new HyperbandSettings { MaxSteps = 81 }, seed: 4).BracketOf(7, 5));
    }

    [Fact]
    public void Hyperband_prunes_within_a_bracket_and_from_its_first_rung_on()
    {
        var settings = new HyperbandSettings { MinSteps = 1, MaxSteps = 9, Eta = 3 };
        var pruner = new HyperbandPruner(settings, seed: 1);
        Trial[] better = [.. Enumerable.Range(0, 60).Select(i => Spaces.Curve(i, 0, 0, 0))];
        for (var number = 100; number < 130; number++)
        {
            var bracket = pruner.BracketOf(number, 3);
            Assert.Equal(bracket == 0, Prunes(settings, Spaces.Curve(number, 9), better));
            Assert.Equal(bracket <= 1, Prunes(settings, Spaces.Curve(number, 9, 9, 9), better));
            Assert.False(Prunes(settings, Spaces.Curve(number, 9, 9, 9), [.. better.Where(t => pruner.BracketOf(t.Number, 3) != bracket)]));
        }
    }

    [Fact]
    public void Hyperband_without_a_maximum_waits_for_the_first_complete_trial()
    {
        Assert.False(Prunes(new HyperbandSettings(), Spaces.Curve(9, 99), [.. Five.Select(t => t with { State = TrialState.Running })]));
        Trial[] many = [.. Enumerable.Range(0, 60).Select(i => Spaces.Curve(i, 0, 0, 0))];
        Assert.Contains(true, Enumerable.Range(100, 20).Select(number => Prunes(new HyperbandSettings(), Spaces.Curve(number, 99), many)));
    }

    [Fact]
    public void Patience_ends_with_as_many_steps_without_improvement()
    {
        Assert.False(Prunes(new PatientSettings { Patience = 2 }, Spaces.Curve(9, 3, 2, 2.5), []));
        Assert.True(Prunes(new PatientSettings { Patience = 2 }, Spaces.Curve(9, 3, 2, 2.5, 2.1), []));
        Assert.False(Prunes(new PatientSettings { Patience = 2 }, Spaces.Curve(9, 3, 2, 2.5, 1.9), []));
        Assert.True(Prunes(new PatientSettings { Patience = 2, MinDelta = 0.2 }, Spaces.Curve(9, 3, 2, 2.5, 1.9), []));
    }

    [Fact]
    public void Patience_can_hold_back_another_pruner()
    {
        var settings = new PatientSettings { Patience = 1, Inner = new MedianSettings() };
        Assert.False(Prunes(settings, Spaces.Curve(9, 99, 98), Five));
        Assert.True(Prunes(settings, Spaces.Curve(9, 99, 99), Five));
        Assert.False(Prunes(settings, Spaces.Curve(9, 1, 1), Five));
    }

    [Fact]
    public void A_threshold_ends_what_leaves_its_bounds_after_the_warm_up()
    {
        var settings = new ThresholdSettings { Lower = 0, Upper = 10, WarmupSteps = 1 };
        Assert.False(Prunes(settings, Spaces.Curve(9, 99), []));
        Assert.True(Prunes(settings, Spaces.Curve(9, 99, 99), []));
        Assert.True(Prunes(settings, Spaces.Curve(9, 99, -1), []));
        Assert.False(Prunes(settings, Spaces.Curve(9, 99, 5), []));
    }

    [Fact]
    public void A_trial_that_has_reported_nothing_goes_on()
    {
        foreach (var settings in PrunerSettings.All)
            Assert.False(Prunes(settings, new(9, TrialState.Running, ParameterSet.Empty, null, []), Five));
    }
}
