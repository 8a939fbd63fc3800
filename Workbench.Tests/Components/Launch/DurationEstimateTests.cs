using Workbench.Components.Launch;
using Workbench.Core.Search;
using Workbench.Core.Tracking;
using static Workbench.Tests.Components.StudyData;

namespace Workbench.Tests.Components.Launch;

public sealed class DurationEstimateTests
{
    private static readonly SearchSpace Space = new(new FloatParameter("x", 0, 1), new IntParameter("epochs", 2, 8));

    [Fact]
    public void Nobody_can_tell_from_fewer_than_three_trials() =>
        Assert.Null(DurationEstimate.Of([Time(5, 10), Time(5, 10)], Space, 20, 2, 2));

    [Fact]
    public void Trials_take_what_an_epoch_took_times_the_epochs_to_expect_shared_among_those_that_run()
    {
        // 2 s an epoch, 5 epochs on average, 20 trials two at a time.
        var estimate = DurationEstimate.Of([Time(4, 8), Time(5, 10), Time(10, 20)], Space, 20, 2, 2)!;

        Assert.Equal(TimeSpan.FromSeconds(100), estimate.Total);
        Assert.Equal("20 trials of 10 s, 2 at a time: reckoned by epoch from the last 3 trials of first here.", estimate.How);
    }

    [Fact]
    public void Longer_trials_take_longer() =>
        Assert.Equal(
            TimeSpan.FromSeconds(200),
            DurationEstimate.Of([Time(5, 10), Time(5, 10), Time(5, 10)], new SearchSpace(new FixedParameter("epochs", 10)), 20, 2, 2)!.Total);

    [Fact]
    public void Without_epochs_a_trial_takes_as_long_as_the_middle_one_did() =>
        Assert.Equal(
            TimeSpan.FromSeconds(3),
            DurationEstimate.Of([Time(5, 1), Time(5, 3), Time(5, 60)], new SearchSpace(new FloatParameter("x", 0, 1)), 1, 1, 2)!.Total);

    [Fact]
    public void Trials_that_had_as_much_company_tell_most()
    {
        var known = new[] { Time(5, 10, 1), Time(5, 10, 1), Time(5, 10, 1), Time(5, 20, 2), Time(5, 20, 2), Time(5, 20, 2) };

        Assert.Equal(TimeSpan.FromSeconds(100), DurationEstimate.Of(known, Space, 10, 2, 2)!.Total);
        Assert.Equal(TimeSpan.FromSeconds(100), DurationEstimate.Of(known, Space, 10, 1, 2)!.Total);
    }

    [Fact]
    public void More_jobs_than_workers_do_not_make_it_faster()
    {
        var estimate = DurationEstimate.Of([Time(5, 10, 8), Time(5, 10, 8), Time(5, 10, 8)], Space, 16, 8, 2)!;

        Assert.Equal(TimeSpan.FromSeconds(80), estimate.Total);
        Assert.Contains("2 at a time, which is what the workers can do", estimate.How, StringComparison.Ordinal);
    }

    [Fact]
    public void Fewer_trials_than_places_take_as_long_as_one() =>
        Assert.Equal(TimeSpan.FromSeconds(10), DurationEstimate.Of([Time(5, 10), Time(5, 10), Time(5, 10)], Space, 3, 8, null)!.Total);

    [Theory]
    [InlineData(4, "a few seconds")]
    [InlineData(23, "about 25 s")]
    [InlineData(57, "about 1 min")]
    [InlineData(200, "about 3 min")]
    [InlineData(1700, "about 30 min")]
    [InlineData(3550, "about 1 h")]
    [InlineData(9100, "about 2.5 h")]
    [InlineData(72_000, "about 20 h")]
    [InlineData(400_000, "about 5 days")]
    public void Says_no_more_than_is_known(int seconds, string words) =>
        Assert.Equal(words, DurationEstimate.Rough(TimeSpan.FromSeconds(seconds)));

    private static TrialTime Time(int epochs, double seconds, int jobs = 2) =>
        new("first", jobs, Start, Start.AddSeconds(seconds), new ParameterSet(("x", 0.5), ("epochs", epochs)));
}
