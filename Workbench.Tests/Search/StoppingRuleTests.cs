using System.Text.Json;
using Workbench.Core.Search;

namespace Workbench.Tests.Search;

public class StoppingRuleTests
{
    // 4 of 10 trials had losses 5, 3, 4, 6.
    private static readonly SearchProgress Progress = new(4, 10, Best: 3, BestBefore: 3, SinceBest: 2, TimeSpan.FromSeconds(60));

    private static string? Reached(StoppingRule rule, SearchProgress progress, Direction direction = Direction.Minimize) =>
        rule.Reached(progress, direction);

    [Fact]
    public void Without_a_condition_a_study_goes_on() => Assert.Null(Reached(new(), Progress));

    [Fact]
    public void Stops_when_the_time_is_up()
    {
        Assert.Null(Reached(new() { Seconds = 60.5 }, Progress));
        Assert.Equal("The time of 60 s was up, after 4 of 10 trials.", Reached(new() { Seconds = 60 }, Progress));
    }

    [Fact]
    public void Stops_after_trials_without_improvement_but_not_before_the_first_value()
    {
        Assert.Equal("2 trials in a row brought no improvement on 3, after 4 of 10 trials.", Reached(new() { Patience = 2 }, Progress));
        Assert.Null(Reached(new() { Patience = 3 }, Progress));
        Assert.Null(Reached(new() { Patience = 2 }, Progress with { Best = null, BestBefore = null }));
    }

    [Theory]
    [InlineData(Direction.Minimize, 4.0, 3.0, true)]
    [InlineData(Direction.Minimize, 4.0, 2.9, false)]
    [InlineData(Direction.Maximize, 2.0, 3.0, true)]
    [InlineData(Direction.Maximize, 2.0, 3.1, false)]
    public void Stops_when_the_target_is_reached(Direction direction, double before, double target, bool stops)
    {
        var reason = Reached(new() { Target = target }, Progress with { BestBefore = before }, direction);

        Assert.Equal(stops ? "The target 3 was reached with 3, after 4 of 10 trials." : null, reason);
    }

    [Fact]
    public void The_first_value_can_reach_the_target_and_none_reaches_it_twice()
    {
        Assert.NotNull(Reached(new() { Target = 3 }, Progress with { BestBefore = null }));
        Assert.Null(Reached(new() { Target = 3 }, Progress));
    }

    [Fact]
    public void Survives_a_round_trip_and_refuses_what_cannot_be()
    {
        StoppingRule rule = new() { Patience = 100, Target = 0.99 };
        rule.Validate();
        Assert.Equal(rule, JsonSerializer.Deserialize<StoppingRule>(JsonSerializer.Serialize(rule)));
        Assert.Equal("patience", Fault(new() { Patience = 0 }).Parameter);
        Assert.Equal("seconds: -1 is not possible; it has to be above 0.", Fault(new() { Seconds = -1 }).Message);
        Assert.Equal("target", Fault(new() { Target = double.NaN }).Parameter);
    }

    private static SearchException Fault(StoppingRule rule) => Assert.Throws<SearchException>(rule.Validate);
}
