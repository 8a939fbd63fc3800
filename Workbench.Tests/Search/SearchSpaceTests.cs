using System.Text.Json;
using CsCheck;
using Workbench.Core.Search;

namespace Workbench.Tests.Search;

public class SearchSpaceTests
{
    private sealed record Dto(SearchSpace SearchSpace);

    [Fact]
    public void The_form_of_the_API_is_read() => Assert.Equal(
        new SearchSpace(
            new FloatParameter("learning_rate", 1e-5, 0.1, Log: true),
            new FloatParameter("dropout", 0, 0.5, Step: 0.1),
            new IntParameter("num_hidden", 8, 64),
            new IntParameter("width", 1, 512, Log: true),
            new CategoricalParameter("opt", ["adam", "sgd"]),
            new FloatParameter("momentum", 0, 0.99) { Condition = new("opt", ["sgd"]) },
            new FixedParameter("batch", 128)),
        JsonSerializer.Deserialize<Dto>($$"""{"SearchSpace":{{Spaces.Json}}}""")!.SearchSpace);

    [Fact]
    public void Any_space_survives_a_round_trip() =>
        Spaces.Any.Sample(space => Assert.Equal(space, SearchSpace.Parse(space.ToString())));

    [Fact]
    public void Spaces_are_equal_whatever_their_order_and_differ_in_any_bound()
    {
        Assert.Equal(Spaces.All, new SearchSpace(Spaces.All.Reverse()));
        Assert.Equal(Spaces.All.GetHashCode(), new SearchSpace(Spaces.All.Reverse()).GetHashCode());
        Assert.NotEqual(Spaces.All, SearchSpace.Parse(Spaces.Json.Replace("512", "513", StringComparison.Ordinal)));
        Assert.NotEqual(Spaces.All, SearchSpace.Parse(Spaces.Json.Replace("""["sgd"]}""", """["adam"]}""", StringComparison.Ordinal)));
    }

    [Theory]
    [InlineData("""{"a":{"type":"float","low":2,"high":1}}""", "a: low (2) is above high (1).")]
    [InlineData("""{"a":{"type":"float","low":0,"high":1,"log":true}}""", "a: a logarithmic scale needs low above 0, not 0.")]
    [InlineData("""{"a":{"type":"float","low":0,"high":1,"step":0.3}}""", "a: step 0.3 does not divide the range from 0 to 1; high could be 0.9.")]
    [InlineData("""{"a":{"type":"float","low":0,"high":1,"step":0}}""", "a: step has to be above 0, not 0.")]
    [InlineData("""{"a":{"type":"float","low":1,"high":2,"step":1,"log":true}}""", "a: a logarithmic scale cannot have a step; leave out one of them.")]
    [InlineData("""{"a":{"type":"float","low":0}}""", "a: high is missing.")]
    [InlineData("""{"a":{"type":"float","low":"0","high":1}}""", "a: low has to be a number, not \"0\".")]
    [InlineData("""{"a":{"type":"float","low":0,"high":1,"log":1}}""", "a: log has to be true or false, not 1.")]
    [InlineData("""{"a":{"type":"float","low":0,"hi":1,"high":1}}""", "a: \"hi\" is unknown; a parameter of type float has low, high, log, step and when.")]
    [InlineData("""{"a":{"type":"int","low":9,"high":8}}""", "a: low (9) is above high (8).")]
    [InlineData("""{"a":{"type":"int","low":0,"high":8,"log":true}}""", "a: a logarithmic scale needs low of at least 1, not 0.")]
    [InlineData("""{"a":{"type":"int","low":0,"high":8,"step":3}}""", "a: step 3 does not divide the range from 0 to 8; high could be 6.")]
    [InlineData("""{"a":{"type":"int","low":0.5,"high":8}}""", "a: low has to be an integer, not 0.5.")]
    [InlineData("""{"a":{"type":"categorical","choices":[]}}""", "a: choices is empty; give at least one.")]
    [InlineData("""{"a":{"type":"categorical","choices":["x","x"]}}""", "a: the choice x is given twice.")]
    [InlineData("""{"a":{"type":"categorical","choices":"x"}}""", "a: \"x\" is not a list like [\"adam\", \"sgd\"].")]
    [InlineData("""{"a":{"type":"complex"}}""", "a: the type \"complex\" is unknown; there are float, int, categorical and fixed.")]
    [InlineData("""{"a":{"low":1}}""", "a: the type is missing; there are float, int, categorical and fixed.")]
    [InlineData("""{"a":{"type":"fixed","value":1},"a":{"type":"fixed","value":1}}""", "a: given twice; names have to be unique.")]
    [InlineData("""{"a":{"type":"fixed","value":1,"when":{"b":[1]}}}""", "a: depends on b, which is not in the space.")]
    [InlineData("""{"b":{"type":"int","low":0,"high":1},"a":{"type":"fixed","value":1,"when":{"b":[1]}}}""", "a: can only depend on a categorical parameter, which b is not.")]
    [InlineData("""{"b":{"type":"categorical","choices":["x","y"]},"a":{"type":"fixed","value":1,"when":{"b":"z"}}}""", "a: b is never z; it is one of x, y.")]
    [InlineData("""{"a":{"type":"categorical","choices":[1,2],"when":{"a":[1]}}}""", "a: depends on itself.")]
    public void A_fault_is_named_with_its_parameter_and_what_would_be_right(string json, string message)
    {
        var fault = Assert.Throws<SearchException>(() => SearchSpace.Parse(json));
        Assert.Equal("a", fault.Parameter);
        Assert.Equal(message, fault.Message);
    }

    [Fact]
    public void Bounds_have_to_be_finite()
    {
        Assert.Throws<SearchException>(() => new SearchSpace(new FloatParameter("a", double.NaN, 1)));
        Assert.Throws<SearchException>(() => new SearchSpace(new FloatParameter("a", 0, double.PositiveInfinity)));
        Assert.Throws<SearchException>(() => new SearchSpace(new FloatParameter("a", -double.MaxValue, double.MaxValue)));
    }

    [Theory]
    [InlineData("[1]")]
    [InlineData("{")]
    [InlineData("null")]
    public void What_is_no_object_is_refused(string json) => Assert.Throws<SearchException>(() => SearchSpace.Parse(json));

    [Fact]
    public void A_given_set_is_brought_into_the_order_and_kinds_of_the_space()
    {
        var set = Spaces.All.Validate(new(
            ("opt", "adam"), ("learning_rate", 0.1), ("num_hidden", 16.0), ("width", 3), ("dropout", 0)));
        Assert.Equal("learning_rate = 0.1, dropout = 0, num_hidden = 16, width = 3, opt = adam, batch = 128", set.ToString());
        Assert.True(set["num_hidden"].IsInteger);
        Assert.False(set["dropout"].IsInteger);
    }

    [Theory]
    [InlineData("learning_rate", 0.2, "learning_rate: 0.2 is not possible; it lies from 1E-05 to 0.1.")]
    [InlineData("learning_rate", "fast", "learning_rate: \"fast\" is not possible; it is a number from 1E-05 to 0.1.")]
    [InlineData("dropout", 0.15, "dropout: 0.15 is not possible; it goes from 0 in steps of 0.1.")]
    [InlineData("num_hidden", 8.5, "num_hidden: 8.5 is not possible; it is an integer from 8 to 64.")]
    [InlineData("num_hidden", 65, "num_hidden: 65 is not possible; it lies from 8 to 64.")]
    [InlineData("opt", "lion", "opt: \"lion\" is not possible; it is one of adam, sgd.")]
    [InlineData("batch", 64, "batch: 64 is not possible; it is fixed at 128.")]
    [InlineData("momentum", 0.9, "momentum: only exists when opt is sgd.")]
    [InlineData("depth", 3, "depth: not in the search space, which has learning_rate, dropout, num_hidden, width, opt, momentum, batch.")]
    public void A_set_outside_of_the_space_is_refused_with_a_reason(string name, object value, string message)
    {
        var wrong = value switch { double d => (ParameterValue)d, int i => i, _ => (string)value };
        ParameterSet right = new(("learning_rate", 0.1), ("dropout", 0.0), ("num_hidden", 16), ("width", 3), ("opt", "adam"), ("batch", 128));
        ParameterSet set = new([.. right.Where(e => e.Key != name), new(name, wrong)]);
        var fault = Assert.Throws<SearchException>(() => Spaces.All.Validate(set));
        Assert.Equal((name, message), (fault.Parameter, fault.Message));
        Assert.True(Spaces.All.Contains(right));
        Assert.False(Spaces.All.Contains(set));
    }

    [Theory]
    [InlineData("""{"learning_rate": 0.2}""", "learning_rate: 0.2 is not possible; it lies from 1E-05 to 0.1.")]
    [InlineData("""{"dropout": 0.15}""", "dropout: 0.15 is not possible; it goes from 0 in steps of 0.1.")]
    [InlineData("""{"depth": 3}""", "depth: not in the search space, which has learning_rate, dropout, num_hidden, width, opt, momentum, batch.")]
    [InlineData("""{"momentum": 0.9, "opt": "adam"}""", "momentum: only exists when opt is sgd; here it is adam.")]
    [InlineData("""{"momentum": 0.9}""", "momentum: only exists when opt is sgd; give opt, too.")]
    public void A_part_of_a_set_that_does_not_fit_is_refused_with_a_reason(string json, string message) =>
        Assert.Equal(message, Assert.Throws<SearchException>(() => Spaces.All.ValidatePart(JsonSerializer.Deserialize<ParameterSet>(json)!)).Message);

    [Fact]
    public void A_part_of_a_set_comes_in_the_order_and_kinds_of_the_space() => Assert.Equal(
        """{"dropout":0.0,"opt":"sgd","momentum":0.5}""",
        JsonSerializer.Serialize(Spaces.All.ValidatePart(new(("momentum", 0.5), ("opt", "sgd"), ("dropout", 0)))));

    [Fact]
    public void A_missing_parameter_is_named() =>
        Assert.Equal("learning_rate: missing.", Assert.Throws<SearchException>(() => Spaces.All.Validate(ParameterSet.Empty)).Message);

    [Fact]
    public void A_place_and_a_value_stand_for_each_other() =>
        Gen.Select(Spaces.Any, Gen.Double[0, 1]).Sample((space, unit) =>
        {
            foreach (var parameter in space)
            {
                var value = parameter.FromUnit(unit);
                var place = parameter.ToUnit(value);
                Assert.InRange(place, 0, 1);
                // The share of a single value may be narrow on a logarithmic scale, but its own place lies inside of it.
                if (parameter.Count is not null)
                    Assert.Equal(value, parameter.FromUnit(place));
                else
                    Assert.Equal(unit, place, 1e-6);
            }
        });

    [Theory]
    [InlineData(1e-300, 1e300)]
    [InlineData(5e-324, double.MaxValue)]
    [InlineData(1e-10, 1e-3)]
    public void A_logarithmic_range_may_be_as_wide_as_numbers_go(double low, double high)
    {
        var parameter = new FloatParameter("a", low, high, Log: true);
        Assert.Equal((low, high), (parameter.FromUnit(0).AsDouble(), parameter.FromUnit(1).AsDouble()));
        Assert.Equal((Math.Log10(low) + Math.Log10(high)) / 2, Math.Log10(parameter.FromUnit(0.5).AsDouble()), 1e-6);
        Assert.Equal(0.25, parameter.ToUnit(parameter.FromUnit(0.25)), 1e-6);
    }

    [Fact]
    public void Values_on_a_grid_are_numbers_a_person_would_write()
    {
        var dropout = new FloatParameter("dropout", 0, 0.5, Step: 0.1);
        Assert.Equal("0, 0.1, 0.2, 0.3, 0.4, 0.5", string.Join(", ", Enumerable.Range(0, 6).Select(k => dropout.FromUnit((k + 0.5) / 6))));
    }
}
