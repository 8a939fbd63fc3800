using System.Text.Json;
using Workbench.Core.Search;

namespace Workbench.Tests.Search;

public class StoppingRuleTests
{
    private static readonly Trial[] Trials = [.. new double[] { 5, 3, 4, 6 }.Select((value, i) => Spaces.Complete(i, ParameterSet.Empty, value))];

    private static string? Reached(StoppingRule rule, IReadOnlyList<Trial> trials, Direction direction = Direction.Minimize, double seconds = 0) =>
        rule.Reached(trials, direction, TimeSpan.FromSeconds(seconds));

    [Fact]
    public void Without_a_condition_a_study_goes_on() => Assert.Null(Reached(new(), Trials, seconds: 1e9));

    [Fact]
    public void Stops_after_a_number_of_finished_trials()
    {
        Assert.NotNull(Reached(new() { Trials = 4 }, Trials));
        Assert.Null(Reached(new() { Trials = 4 }, [.. Trials[..3], Trials[3] with { State = TrialState.Running }]));
    }

    [Fact]
    public void Stops_when_the_time_is_up()
    {
        Assert.Null(Reached(new() { Seconds = 60 }, Trials, seconds: 59));
        Assert.Equal("The time of 60 s is up.", Reached(new() { Seconds = 60 }, Trials, seconds: 60));
    }

    [Fact]
    public void Stops_after_trials_without_improvement()
    {
        Assert.NotNull(Reached(new() { Patience = 2 }, Trials));
        Assert.Null(Reached(new() { Patience = 3 }, Trials));
        Assert.Null(Reached(new() { Patience = 2 }, Trials, Direction.Maximize));
        Assert.NotNull(Reached(new() { Patience = 3 }, [.. Trials, Trials[0] with { Number = 4, State = TrialState.Failed, Value = null }]));
    }

    [Fact]
    public void Stops_when_the_target_is_reached()
    {
        Assert.Equal("The target 3 was reached with 3.", Reached(new() { Target = 3 }, Trials));
        Assert.Null(Reached(new() { Target = 2.9 }, Trials));
        Assert.NotNull(Reached(new() { Target = 6 }, Trials, Direction.Maximize));
        Assert.Null(Reached(new() { Target = 6.1 }, Trials, Direction.Maximize));
    }

    [Fact]
    public void Survives_a_round_trip_and_refuses_what_cannot_be()
    {
        StoppingRule rule = new() { Trials = 100, Target = 0.99 };
        Assert.Equal(rule, JsonSerializer.Deserialize<StoppingRule>(JsonSerializer.Serialize(rule)));
        Assert.Equal("patience", Assert.Throws<SearchException>(() => new StoppingRule { Patience = 0 }.Validate()).Parameter);
        rule.Validate();
    }
}
