using Workbench.Core.Tracking;

namespace Workbench.Tests.Tracking;

public sealed class ActivityReportTests
{
    [Theory]
    [InlineData(0.35, 0.35, 7, "computing features 35 %, 13 s left")]
    [InlineData(0.6, 0.1, 20, "computing features 60 %, 80 s left")]
    [InlineData(0.1, 0.1, 60, "computing features 10 %, 9 min left")]
    public void The_rest_takes_as_long_as_what_was_done_while_it_was_watched(double share, double gained, double seconds, string said) =>
        Assert.Equal(said, ActivityReport.Say("computing features", share, gained, TimeSpan.FromSeconds(seconds)));

    [Theory]
    [InlineData(0.35, 0.35, 1)]
    [InlineData(0.35, 0, 10)]
    public void Before_the_pace_is_known_no_time_is_told(double share, double gained, double seconds) =>
        Assert.Equal("computing features 35 %", ActivityReport.Say("computing features", share, gained, TimeSpan.FromSeconds(seconds)));
}
