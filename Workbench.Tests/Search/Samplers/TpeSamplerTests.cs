using Workbench.Core.Search;

namespace Workbench.Tests.Search.Samplers;

public class TpeSamplerTests
{
    [Fact]
    public void Suggestions_gather_where_the_good_trials_are()
    {
        var trials = Spaces.Finished(Spaces.Plane, 100, set => Math.Abs(set.Double("x") - 2) + Math.Abs(set.Double("y") - 12));
        var near = Suggestions(Spaces.Plane, trials, 40).Count(s => Math.Abs(s.Double("x") - 2) < 3 && Math.Abs(s.Double("y") - 12) < 3);
        Assert.InRange(near, 32, 40);
    }

    [Fact]
    public void Suggestions_keep_away_from_running_trials()
    {
        var trials = Spaces.Finished(Spaces.Plane, 30, set => Math.Abs(set.Double("x") - 2) + Math.Abs(set.Double("y") - 7));
        var sampler = new TpeSettings().Create();
        for (var number = 30; number < 60; number++)
            trials.Add(new(number, TrialState.Running, sampler.Suggest(Spaces.Plane, Direction.Minimize, trials, number, seed: 1)!, null, []));
        var apart = Suggestions(Spaces.Plane, trials[..30], 30);
        Assert.True(Spread(trials[30..].Select(t => t.Params)) > 1.3 * Spread(apart));

        static double Spread(IEnumerable<ParameterSet> sets) => sets.Average(s => Math.Abs(s.Double("x") - 2) + Math.Abs(s.Double("y") - 7));
    }

    [Fact]
    public void Suggestions_keep_away_from_what_failed()
    {
        var trials = Spaces.Finished(Spaces.Plane, 100, set => set.Double("y"))
            .Select(t => t.Params.Double("x") > 2.5 ? t with { State = TrialState.Failed, Value = null } : t).ToList();
        Assert.InRange(Suggestions(Spaces.Plane, trials, 40).Count(s => s.Double("x") > 2.5), 0, 4);
    }

    [Fact]
    public void Pruned_trials_teach_by_their_last_value_and_rank_behind_those_that_got_further()
    {
        // Nothing is complete; trials with small x got to step 9, and of these the ones with small y were best.
        var trials = Spaces.Finished(Spaces.Plane, 100, set => set.Double("x"))
            .Select(t => t with
            {
                State = TrialState.Pruned,
                Value = null,
                Intermediate = t.Params.Double("x") < 0 ? [new(1, 5), new(9, t.Params.Double("y"))] : [new(1, -100)],
            }).ToList();
        var suggestions = Suggestions(Spaces.Plane, trials, 40);
        Assert.InRange(suggestions.Count(s => s.Double("x") < 0.5), 34, 40);
        Assert.InRange(suggestions.Count(s => s.Double("y") < 7.5), 34, 40);
    }

    [Fact]
    public void A_conditional_parameter_is_learnt_from_the_trials_that_have_it()
    {
        var space = SearchSpace.Parse("""
            {"opt":{"type":"categorical","choices":["adam","sgd"]},"momentum":{"type":"float","low":0,"high":1,"when":{"opt":["sgd"]}}}
            """);
        var trials = Spaces.Finished(space, 80, set => set.Text("opt") == "adam" ? 1 : Math.Abs(set.Double("momentum") - 0.9));
        var suggestions = Suggestions(space, trials, 40);
        Assert.InRange(suggestions.Count(s => s.Text("opt") == "sgd"), 30, 40);
        Assert.InRange(suggestions.Where(s => s.ContainsKey("momentum")).Average(s => s.Double("momentum")), 0.8, 1);
    }

    [Fact]
    public void Finds_a_better_minimum_than_random_search()
    {
        var tpe = Enumerable.Range(0, 5).Select(seed => Studies.Best(new TpeSettings(), Spaces.Plane, Spaces.Branin, 80, seed)).Order().ElementAt(2);
        var random = Enumerable.Range(0, 5).Select(seed => Studies.Best(new RandomSettings(), Spaces.Plane, Spaces.Branin, 80, seed)).Order().ElementAt(2);
        Assert.InRange(tpe, 0.397, 0.45);
        Assert.True(random > 0.5);
    }

    private static ParameterSet[] Suggestions(SearchSpace space, List<Trial> trials, int count)
    {
        var sampler = new TpeSettings().Create();
        return [.. Enumerable.Range(1000, count).Select(number => sampler.Suggest(space, Direction.Minimize, trials, number, seed: 1)!)];
    }
}
