using System.Text.Json;
using Workbench.Core.Search;

namespace Workbench.Tests.Search;

/// <summary>
/// What a request of half a megabyte may hold is read and checked in a time that grows with its length, not with its square. (With the
/// square, 50,000 choices took 12 seconds.)
/// </summary>
public sealed class LargeRequestTests
{
    private const int Many = 50_000;

    // In proportion it is 1, and a little more where more memory is farther away; with the square it is 2.
    private const double InProportion = 1.6;

    public static TheoryData<string, Func<int, string>> Large => new()
    {
        { "choices", count => Space(("a", Categories(count))) },
        { "conditions", count => Space(("a", Categories(count)), ("b", JsonSerializer.Serialize(new { type = "fixed", value = 1, when = new { a = Names(count) } }))) },
        { "parameters", count => Space([.. Names(count * 2 / 5).Select(name => (name, Fixed()))]) },
        { "conditions on conditions", count => Space([("c0", Fixed()), .. Names(count * 2 / 5).Zip(Names(count * 2 / 5).Skip(1), (parent, name) => (name, Fixed(parent)))]) },
    };

    [Theory, MemberData(nameof(Large))]
    public void A_large_space_is_checked_in_a_time_that_grows_with_its_length(string what, Func<int, string> json)
    {
        var exponent = Growth.Exponent(Many, count =>
        {
            var text = json(count);
            return () =>
            {
                var space = SearchSpace.Parse(text);
                Assert.Equal(space, SearchSpace.Parse(space.ToString()));
            };
        });

        Assert.True(exponent < InProportion, $"The time for many {what} grows with the power {exponent}.");
    }

    [Fact]
    public void So_is_a_large_parameter_set()
    {
        var space = SearchSpace.Parse(Space(("a", Categories(Many))));

        Assert.True(Growth.Exponent(Many, count =>
        {
            var json = JsonSerializer.Serialize(Names(count).ToDictionary(name => name, _ => 1));
            return () => Assert.Equal(
                "c0", Assert.Throws<SearchException>(() => space.ValidatePart(JsonSerializer.Deserialize<ParameterSet>(json)!)).Parameter);
        }) < InProportion);
    }

    [Fact]
    public void A_choice_that_is_none_of_many_is_refused_with_some_of_them() => Assert.Equal(
        $"a: \"x\" is not possible; it is one of {string.Join(", ", Names(20))}, … (50,000 in all).",
        Assert.Throws<SearchException>(() => SearchSpace.Parse(Space(("a", Categories(Many)))).Validate(new(("a", "x")))).Message);

    [Theory]
    [InlineData("tpe")]
    [InlineData("gp")]
    public void Samplers_choose_from_many_categories_in_a_time_that_grows_with_their_number(string type)
    {
        var sampler = JsonSerializer.Deserialize<SamplerSettings>($"\"{type}\"")!.Create();

        Assert.True(Growth.Exponent(Many, count =>
        {
            var space = SearchSpace.Parse(Space(("a", Categories(count)), ("x", """{"type": "float", "low": 0, "high": 1}""")));
            var trials = Spaces.Finished(space, 30, set => set.Double("x"));
            return () => Assert.True(space.Contains(sampler.Suggest(space, Direction.Minimize, trials, 30, seed: 1)!));
        }) < InProportion);
    }

    private static string[] Names(int count) => [.. Enumerable.Range(0, count).Select(i => $"c{i}")];

    private static string Categories(int count) => JsonSerializer.Serialize(new { type = "categorical", choices = Names(count) });

    private static string Space(params (string Name, string Json)[] parameters) =>
        $"{{{string.Join(",", parameters.Select(parameter => $"\"{parameter.Name}\":{parameter.Json}"))}}}";

    private static string Fixed(string? parent = null) =>
        parent is null ? """{"type":"fixed","value":1}""" : $$$"""{"type":"fixed","value":1,"when":{"{{{parent}}}":[1]}}""";
}
