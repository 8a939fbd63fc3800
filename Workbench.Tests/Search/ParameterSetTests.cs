using System.Text.Json;
using CsCheck;
using Workbench.Core.Search;

namespace Workbench.Tests.Search;

public class ParameterSetTests
{
    private static readonly ParameterSet Set = new(("learning_rate", 0.01), ("num_hidden", 32), ("opt", "adam"), ("whole", 5.0));

    [Fact]
    public void Is_an_object_as_JSON_and_keeps_each_kind()
    {
        var json = JsonSerializer.Serialize(Set);
        Assert.Equal("""{"learning_rate":0.01,"num_hidden":32,"opt":"adam","whole":5.0}""", json);
        var read = JsonSerializer.Deserialize<ParameterSet>(json)!;
        Assert.Equal(Set, read);
        Assert.True(read["num_hidden"].IsInteger);
        Assert.False(read["whole"].IsInteger);
    }

    [Fact]
    public void Any_value_survives_a_round_trip() => Gen.OneOf(
        Gen.Double.Where(double.IsFinite).Select(x => (ParameterValue)x), Gen.Long.Select(x => (ParameterValue)x), Gen.String.Select(x => (ParameterValue)x))
        .Sample(value => Assert.Equal(value, JsonSerializer.Deserialize<ParameterValue>(JsonSerializer.Serialize(value))));

    [Fact]
    public void Equals_another_in_any_order()
    {
        ParameterSet other = new(("whole", 5.0), ("opt", "adam"), ("num_hidden", 32), ("learning_rate", 0.01));
        Assert.Equal(Set, other);
        Assert.Equal(Set.GetHashCode(), other.GetHashCode());
        Assert.NotEqual(Set, new ParameterSet(("learning_rate", 0.01)));
    }

    [Fact]
    public void Names_what_is_missing_or_of_another_kind()
    {
        Assert.Equal(32, Set.Int("num_hidden"));
        Assert.Equal(32.0, Set.Double("num_hidden"));
        Assert.Equal("0.01", Set.Text("learning_rate"));
        Assert.Equal("momentum", Assert.Throws<SearchException>(() => Set.Double("momentum")).Parameter);
        Assert.Contains("num_hidden", Assert.Throws<SearchException>(() => Set.Double("momentum")).Message, StringComparison.Ordinal);
        Assert.Equal("opt", Assert.Throws<SearchException>(() => Set.Double("opt")).Parameter);
        Assert.Equal("learning_rate", Assert.Throws<SearchException>(() => Set.Int("learning_rate")).Parameter);
    }

    [Fact]
    public void Refuses_a_name_given_twice() =>
        Assert.Equal("a", Assert.Throws<SearchException>(() => JsonSerializer.Deserialize<ParameterSet>("""{"a":1,"a":2}""")).Parameter);

    [Fact]
    public void Refuses_what_is_neither_number_nor_text() =>
        Assert.Equal("a", Assert.Throws<SearchException>(() => JsonSerializer.Deserialize<ParameterSet>("""{"a":[1]}""")).Parameter);
}
