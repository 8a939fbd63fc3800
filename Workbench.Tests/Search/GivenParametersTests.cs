using CsCheck;
using Workbench.Core.Search;

namespace Workbench.Tests.Search;

public class GivenParametersTests
{
    // Any space, and of one of its sets the parameters that a person gives: with a child its parent, too.
    private static readonly Gen<(SearchSpace Space, ParameterSet Given, long Seed)> Any =
        from space in Spaces.Any
        from seed in Gen.Long[0, 1000]
        from picked in Gen.Bool.Array[space.Count]
        select (space, Part(space, Spaces.Finished(space, 1, _ => 0, seed)[0].Params, picked), seed);

    public static TheoryData<string> Samplers => [.. SamplerSettings.All.Select(settings => settings.DisplayName)];

    [Theory]
    [MemberData(nameof(Samplers))]
    public void What_a_person_gives_stays_and_the_rest_is_sampled_within_the_space(string sampler) => Any.Sample(
        t =>
        {
            var settings = SamplerSettings.All.Single(s => s.DisplayName == sampler);
            var trials = Spaces.Finished(t.Space, 12, set => set.Count, t.Seed);

            var whole = settings.Complete(t.Given, t.Space, Direction.Minimize, trials, 12, t.Seed);

            Assert.Equal(whole, t.Space.Validate(whole));
            Assert.All(t.Given, entry => Assert.Equal(entry.Value, whole[entry.Key]));
        },
        iter: 50);

    [Fact]
    public void What_is_left_open_is_chosen_by_what_was_learnt()
    {
        var trials = Spaces.Finished(Spaces.Plane, 100, set => Math.Abs(set.Double("x") - 2) + Math.Abs(set.Double("y") - 4));

        var near = Enumerable.Range(100, 20).Count(number => Math.Abs(
            new TpeSettings().Complete(new(("x", 8.0)), Spaces.Plane, Direction.Minimize, trials, number, seed: 1).Double("y") - 4) < 2.5);

        Assert.InRange(near, 15, 20);
    }

    [Fact]
    public void A_grid_whose_combinations_were_all_tried_still_completes_a_given_set()
    {
        SearchSpace space = new(new CategoricalParameter("a", [1, 2]), new CategoricalParameter("b", [1, 2]));
        List<Trial> trials = [.. new GridSettings().Combinations(space).Select((set, i) => Spaces.Complete(i, set, 0))];

        var whole = new GridSettings().Complete(new(("a", 2)), space, Direction.Minimize, trials, 4, seed: 1);

        Assert.Equal(2, whole.Int("a"));
        Assert.InRange(whole.Int("b"), 1, 2);
    }

    private static ParameterSet Part(SearchSpace space, ParameterSet set, bool[] picked) => new(space
        .Where((parameter, i) => set.ContainsKey(parameter.Name) && picked[i]
            && (parameter.Condition is not { } condition || picked[space.ToList().FindIndex(p => p.Name == condition.Parent)]))
        .Select(parameter => KeyValuePair.Create(parameter.Name, set[parameter.Name])));
}
