using System.Diagnostics;
using System.Text.Json;
using Workbench.Core.Search;

namespace Workbench.Tests.Search;

/// <summary>
/// What a request of half a megabyte may hold is read and checked in a moment: the time grows with its length, not with its square. (With
/// the square, 50,000 choices took 12 seconds.)
/// </summary>
public sealed class LargeRequestTests
{
    private static readonly TimeSpan Moment = TimeSpan.FromSeconds(4);

    private static readonly string[] Names = [.. Enumerable.Range(0, 50_000).Select(i => $"c{i}")];

    private static readonly string Categories = JsonSerializer.Serialize(new { type = "categorical", choices = Names });

    public static TheoryData<string, string> Large => new()
    {
        { "choices", Space(("a", Categories)) },
        { "conditions", Space(("a", Categories), ("b", JsonSerializer.Serialize(new { type = "fixed", value = 1, when = new { a = Names } }))) },
        { "parameters", Space([.. Names.Take(20_000).Select(name => (name, Fixed()))]) },
        { "conditions on conditions", Space([("c0", Fixed()), .. Names.Take(20_000).Zip(Names.Skip(1), (parent, name) => (name, Fixed(parent)))]) },
    };

    [Theory, MemberData(nameof(Large))]
    public void A_large_space_is_checked_in_a_moment(string what, string json)
    {
        var watch = Stopwatch.StartNew();

        var space = SearchSpace.Parse(json);
        Assert.Equal(space, SearchSpace.Parse(space.ToString()));

        Assert.True(watch.Elapsed < Moment, $"Many {what} took {watch.Elapsed}.");
    }

    [Fact]
    public void A_large_parameter_set_is_read_and_refused_in_a_moment()
    {
        var json = JsonSerializer.Serialize(Names.ToDictionary(name => name, _ => 1));
        var space = SearchSpace.Parse(Space(("a", Categories)));
        var watch = Stopwatch.StartNew();

        var fault = Assert.Throws<SearchException>(() => space.ValidatePart(JsonSerializer.Deserialize<ParameterSet>(json)!));

        Assert.Equal("c0", fault.Parameter);
        Assert.True(watch.Elapsed < Moment, $"It took {watch.Elapsed}.");
    }

    [Fact]
    public void A_choice_that_is_none_of_many_is_refused_with_some_of_them() => Assert.Equal(
        $"a: \"x\" is not possible; it is one of {string.Join(", ", Names.Take(20))}, … (50,000 in all).",
        Assert.Throws<SearchException>(() => SearchSpace.Parse(Space(("a", Categories))).Validate(new(("a", "x")))).Message);

    [Theory]
    [InlineData("tpe")]
    [InlineData("gp")]
    public void Samplers_choose_from_many_categories_in_a_moment(string type)
    {
        var space = SearchSpace.Parse(Space(("a", Categories), ("x", """{"type": "float", "low": 0, "high": 1}""")));
        var trials = Spaces.Finished(space, 30, set => set.Double("x"));
        var sampler = JsonSerializer.Deserialize<SamplerSettings>($"\"{type}\"")!.Create();
        var watch = Stopwatch.StartNew();

        var set = sampler.Suggest(space, Direction.Minimize, trials, 30, seed: 1)!;

        Assert.True(space.Contains(set));
        Assert.True(watch.Elapsed < Moment, $"It took {watch.Elapsed}.");
    }

    private static string Space(params (string Name, string Json)[] parameters) =>
        $"{{{string.Join(",", parameters.Select(parameter => $"\"{parameter.Name}\":{parameter.Json}"))}}}";

    private static string Fixed(string? parent = null) =>
        parent is null ? """{"type":"fixed","value":1}""" : $$$"""{"type":"fixed","value":1,"when":{"{{{parent}}}":[1]}}""";
}
