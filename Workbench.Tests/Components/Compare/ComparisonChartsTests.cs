using Plotly.Blazor.Traces;
using Workbench.Components.Charts;
using Workbench.Components.Compare;
using Workbench.Core.Search;
using Workbench.Core.Tracking;
using static Workbench.Tests.Components.StudyData;

namespace Workbench.Tests.Components.Compare;

public sealed class ComparisonChartsTests
{
    [Fact]
    public void Each_study_has_a_line_of_its_best_value_so_far_and_its_values_faintly_behind()
    {
        var chart = ComparisonCharts.History([Compared(Study(), 0.5, 0.7, 0.6), Compared(Study(), 0.9)], byTime: false, focus: false);

        var best = (Scatter)chart.Traces[2];
        Assert.Equal([1, 2, 3], best.X.Select(Convert.ToInt32));
        Assert.Equal([0.5, 0.7, 0.7], best.Y);
        Assert.Equal([0.5, 0.7, 0.6], ((Scatter)chart.Traces[0]).Y);
        Assert.Equal([0.9], ((Scatter)chart.Traces[3]).Y);
        Assert.NotEqual(best.Line.Color, ((Scatter)chart.Traces[3]).Line.Color);
    }

    [Fact]
    public void Where_less_is_better_the_line_goes_down()
    {
        var chart = ComparisonCharts.History([Compared(Study(Direction.Minimize), 0.5, 0.7, 0.4)], byTime: false, focus: false);

        Assert.Equal([0.5, 0.5, 0.4], ((Scatter)chart.Traces[1]).Y);
    }

    [Fact]
    public void By_time_trials_count_in_the_order_in_which_they_ended_since_the_launch()
    {
        var slow = Trial(0, 0.6);
        slow.FinishedAt = Start.AddSeconds(100);
        var study = new ComparedStudy(Summary(Study()), [slow, Trial(1, 0.5), Trial(2, 0.8)]);

        var best = (Scatter)ComparisonCharts.History([study], byTime: true, focus: false).Traces[1];

        Assert.Equal([20.0, 30.0, 100.0], best.X);
        Assert.Equal([0.5, 0.8, 0.8], best.Y);
    }

    [Theory]
    [InlineData(60, "s", 60)]
    [InlineData(600, "min", 10)]
    [InlineData(36_000, "h", 10)]
    public void Time_has_the_unit_that_fits(int seconds, string unit, double shown)
    {
        var trial = Trial(0, 0.6);
        trial.FinishedAt = Start.AddSeconds(seconds);

        var chart = ComparisonCharts.History([new ComparedStudy(Summary(Study()), [trial])], byTime: true, focus: false);

        Assert.Equal($"Time since launch, {unit}", chart.Layout.XAxis[0].Title.Text);
        Assert.Equal([shown], ((Scatter)chart.Traces[1]).X);
    }

    [Fact]
    public void Only_complete_trials_are_compared()
    {
        var study = new ComparedStudy(
            Summary(Study()), [Trial(0, 0.6), Trial(1, 0.9, TrialState.Pruned), Trial(2, null, TrialState.Failed), Trial(3, double.NaN), Trial(4, null, TrialState.Running)]);

        Assert.Equal([0.6], ((Scatter)ComparisonCharts.History([study], false, false).Traces[1]).Y);
        Assert.Equal([0.6, 0.6], ((Scatter)ComparisonCharts.Distribution([study], false).Traces[0]).X);
    }

    [Fact]
    public void In_focus_the_view_is_on_what_was_found_after_the_first_trials()
    {
        var range = ComparisonCharts.History([Compared(Study(), 0.1, 0.5, 0.90, 0.91), Compared(Study(), 0.2, 0.3, 0.95)], false, focus: true).Layout.YAxis[0].Range;

        Assert.InRange((double)range[0], 0.88, 0.90);
        Assert.InRange((double)range[1], 0.95, 0.97);
        Assert.Null(ComparisonCharts.History([Compared(Study(), 0.1, 0.5)], false, focus: false).Layout.YAxis[0].Range);
    }

    [Fact]
    public void The_distribution_rises_from_none_to_all_of_the_trials()
    {
        var line = (Scatter)ComparisonCharts.Distribution([Compared(Study(), 0.7, 0.5, 0.9, 0.6)], focus: false).Traces[0];

        Assert.Equal([0.5, 0.5, 0.6, 0.7, 0.9], line.X);
        Assert.Equal([0.0, 0.25, 0.5, 0.75, 1.0], line.Y);
    }

    [Fact]
    public void In_focus_one_hopeless_trial_does_not_press_distributions_together()
    {
        var values = Enumerable.Range(0, 9).Select(i => 0.90 + 0.01 * i).Append(0.1).ToArray();

        var chart = ComparisonCharts.Distribution([Compared(Study(), values)], focus: true);

        Assert.InRange((double)chart.Layout.XAxis[0].Range[0], 0.88, 0.90);
    }

    [Fact]
    public void Charts_say_in_words_what_they_show_and_wait_when_there_is_nothing()
    {
        var studies = new[] { Compared(Study(), 0.5, 0.7), Compared(Study()) };

        Assert.Equal("Best value so far of mnist-transfer-1: 0.7000 after 2 trials; mnist-transfer-1: no value yet.", ComparisonCharts.History(studies, false, true).Description);
        Assert.Equal("Distribution of the values of mnist-transfer-1: median 0.7000 of 2; mnist-transfer-1: no value yet.", ComparisonCharts.Distribution(studies, true).Description);
        Assert.Null(ComparisonCharts.History(studies, false, true).Note);
        Assert.NotNull(ComparisonCharts.History([studies[1]], false, true).Note);
        Assert.NotNull(ComparisonCharts.Distribution([studies[1]], true).Note);
    }

    [Fact]
    public void Changing_what_is_drawn_over_gives_the_view_back()
    {
        var studies = new[] { Compared(Study(), 0.5, 0.7) };
        Chart Draw(bool byTime, bool focus) => ComparisonCharts.History(studies, byTime, focus);

        Assert.Equal(Draw(false, true).Layout.UiRevision, Draw(false, true).Layout.UiRevision);
        Assert.Equal(3, new[] { Draw(false, true), Draw(true, true), Draw(true, false) }.Select(chart => chart.Layout.UiRevision).Distinct().Count());
    }

    private static ComparedStudy Compared(Study study, params double[] values) => new(Summary(study), [.. values.Select((value, i) => Trial(i, value))]);

    private static StudySummary Summary(Study study) => new(study, new TrialCounts(0, 0, 0, 0, 0), null);
}
