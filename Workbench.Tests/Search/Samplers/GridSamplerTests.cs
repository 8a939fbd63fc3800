using Workbench.Core.Search;

namespace Workbench.Tests.Search.Samplers;

public class GridSamplerTests
{
    private static readonly SearchSpace Space = SearchSpace.Parse("""
        {"rate":{"type":"float","low":0.001,"high":0.1,"log":true},"opt":{"type":"categorical","choices":["adam","sgd"]},
         "momentum":{"type":"float","low":0,"high":1,"step":0.5,"when":{"opt":["sgd"]}}}
        """);

    [Fact]
    public void Tries_every_combination_once_and_then_says_that_it_is_exhausted()
    {
        var sampler = new GridSettings { Points = 3 }.Create();
        var trials = new List<Trial>();
        while (sampler.Suggest(Space, Direction.Minimize, trials, trials.Count, seed: 1) is { } set)
            trials.Add(Spaces.Complete(trials.Count, set, 0));
        Assert.Equal(3 * (1 + 3), trials.Count);
        Assert.Equal(trials.Count, trials.Select(t => t.Params).Distinct().Count());
        Assert.Equal("rate = 0.001, opt = adam", trials[0].Params.ToString());
        Assert.Equal("rate = 0.1, opt = sgd, momentum = 1", trials[^1].Params.ToString());
    }

    [Fact]
    public void Enqueued_trials_do_not_use_up_a_combination()
    {
        var sampler = new GridSettings { Points = 3 }.Create();
        List<Trial> trials = [Spaces.Complete(0, new(("rate", 0.05), ("opt", "adam")), 0), Spaces.Complete(1, new(("rate", 0.06), ("opt", "adam")), 0)];
        Assert.Equal("rate = 0.001, opt = adam", sampler.Suggest(Space, Direction.Minimize, trials, 2, seed: 1)!.ToString());
    }

    [Fact]
    public void A_combination_that_was_enqueued_is_not_tried_again_however_it_was_written()
    {
        // The grid's 0.30000000000000004 is a person's 0.3.
        SearchSpace space = new(new FloatParameter("x", 0.1, 0.5), new CategoricalParameter("opt", ["adam", "sgd"]));
        var sampler = new GridSettings { Points = 3 }.Create();
        List<Trial> trials = [Spaces.Complete(0, new(("x", 0.3), ("opt", "sgd")), 0), Spaces.Complete(1, new(("x", 0.1), ("opt", "adam")), 0)];
        while (sampler.Suggest(space, Direction.Minimize, trials, trials.Count, seed: 1) is { } set)
            trials.Add(Spaces.Complete(trials.Count, set, 0));
        Assert.Equal(3 * 2, trials.Count);
        Assert.Equal(3 * 2, trials.Select(t => (Math.Round(t.Params.Double("x"), 9), t.Params.Text("opt"))).Distinct().Count());
    }

    [Fact]
    public void Trials_at_the_same_time_try_different_combinations_also_while_they_do_not_see_each_other()
    {
        var sampler = new GridSettings { Points = 3 }.Create();
        List<Trial> trials = [];
        for (var round = 0; round < 4; round++)
            trials.AddRange([.. Enumerable.Range(3 * round, 3)
                .Select(number => Spaces.Complete(number, sampler.Suggest(Space, Direction.Minimize, trials, number, seed: 1)!, 0))]);
        Assert.Equal(3 * (1 + 3), trials.Select(t => t.Params).Distinct().Count());
        Assert.Null(sampler.Suggest(Space, Direction.Minimize, trials, 12, seed: 1));
    }

    [Fact]
    public void Trials_that_are_claimed_but_not_yet_seen_use_up_theirs() => Assert.Equal(
        new GridSettings().Combinations(Space).ElementAt(7),
        new GridSettings().Create().Suggest(Space, Direction.Minimize, [], 7, seed: 1));

    [Fact]
    public void Takes_both_ends_of_every_range()
    {
        SearchSpace space = new(new IntParameter("n", 8, 64), new IntParameter("width", 1, 100, Log: true));
        var sets = new GridSettings { Points = 3 }.Combinations(space).ToArray();
        Assert.Equal([8, 36, 64], sets.Select(s => s.Int("n")).Distinct());
        Assert.Equal([1, 10, 100], sets.Select(s => s.Int("width")).Distinct());
    }
}
