using Plotly.Blazor.Traces;
using Workbench.Components.Charts;
using Workbench.Core.Search;
using static Workbench.Tests.Components.StudyData;

namespace Workbench.Tests.Components.Charts;

/// <summary>The plots over trials, epochs and time: intermediate values, distribution, timeline; and the table of a chart.</summary>
public sealed class TrialPlotTests
{
    private static readonly ValueScale All = new();

    [Fact]
    public void Intermediate_values_are_one_trace_a_state_with_gaps_between_the_trials()
    {
        var chart = IntermediateValues.Draw(Study(), [Trial(0, 0.3), Trial(1, 0.2), Trial(2, 0.9)], Steps((0, [0.1, 0.3]), (1, [0.2]), (2, [0.9])), All);

        var complete = Trace(chart, "Complete");
        Assert.Equal([1, 2, null, 1, null], complete.X);
        Assert.Equal([0.1, 0.3, null, 0.2, null], complete.Y);
        Assert.Equal([0, 0, null, 1, null], complete.CustomData);
        Assert.Equal([0.9, null], Trace(chart, "Best").Y);
    }

    [Fact]
    public void Where_a_trial_was_pruned_or_failed_is_marked()
    {
        var chart = IntermediateValues.Draw(
            Study(), [Trial(0, 0.2, TrialState.Pruned), Trial(1, null, TrialState.Failed), Trial(2, null, TrialState.Running)],
            Steps((0, [0.1, 0.2]), (1, [0.4]), (2, [0.5, 0.6])), All);

        var ends = chart.Traces.OfType<Scatter>().Where(t => t.HoverTextArray is not null).ToDictionary(t => t.Name);
        Assert.Equal([2.0], ends["Pruned"].X);
        Assert.Equal([0.2], ends["Pruned"].Y);
        Assert.Equal([0.4], ends["Failed"].Y);
        Assert.Equal(["<b>Trial 2</b>  0.6000<br>running, after epoch 2"], ends["Running"].HoverTextArray);
    }

    [Fact]
    public void An_epoch_whose_value_is_no_number_is_left_out()
    {
        var chart = IntermediateValues.Draw(Study(), [Trial(0, null, TrialState.Failed)], Steps((0, [0.5, double.NaN])), All);

        Assert.Equal([0.5, null], chart.Traces.OfType<Scatter>().First(t => t.Name == "Failed").Y);
        Assert.NotNull(IntermediateValues.Draw(Study(), [Trial(0, null, TrialState.Failed)], Steps((0, [double.NaN])), All).Note);
    }

    [Fact]
    public void The_distribution_rises_by_an_equal_step_at_each_complete_trial()
    {
        var chart = EmpiricalDistribution.Draw(Study(), [Trial(0, 0.8), Trial(1, 0.2), Trial(2, 0.9, TrialState.Pruned), Trial(3, 0.4), Trial(4, 0.4)], All);

        var curve = Assert.IsType<Scatter>(Assert.Single(chart.Traces));
        Assert.Equal([0.2, 0.2, 0.4, 0.4, 0.8], curve.X);
        Assert.Equal([0, 0.25, 0.5, 0.75, 1.0], curve.Y);
        Assert.Equal([1, 1, 3, 4, 0], curve.CustomData);
    }

    [Fact]
    public void A_timeline_has_a_bar_from_the_start_of_a_trial_to_its_end_and_for_running_ones_to_now()
    {
        var chart = Timeline.Draw(Study(), [Trial(0, 0.5), Trial(1, null, TrialState.Running)], Start.AddSeconds(30));

        var (complete, running) = (Bars(chart, "Complete"), Bars(chart, "Running"));
        Assert.Equal(["2026-11-24T09:30:00.000"], complete.BaseArray);
        Assert.Equal([10_000.0], complete.X);
        Assert.Equal([20_000.0], running.X);
        Assert.Equal(["here:1"], complete.Y);
    }

    [Fact]
    public void A_worker_that_runs_two_trials_at_a_time_has_two_lanes()
    {
        var (first, second, third) = (Trial(0, 0.5), Trial(1, 0.5), Trial(2, 0.5));
        (second.StartedAt, second.FinishedAt) = (first.StartedAt.AddSeconds(1), first.StartedAt.AddSeconds(30));

        var chart = Timeline.Draw(Study(), [first, second, third], Start.AddHours(1));

        Assert.Equal(["here:1", "here:1 (2)", "here:1"], Bars(chart, "Complete").Y);
        Assert.Equal(["here:1 (2)", "here:1"], chart.Layout.YAxis[0].CategoryArray);
    }

    [Fact]
    public void A_table_becomes_CSV_with_quotes_where_they_are_needed_numbers_in_full_and_no_formulas() =>
        Assert.Equal(
            "\uFEFFtrial,note,value,at\r\n0,\"a, \"\"b\"\"\",-0.1234567890123,2026-11-24T09:30:00.000Z\r\n1,'=A1,,\r\n",
            new ChartTable(["trial", "note", "value", "at"], [[0, "a, \"b\"", -0.1234567890123, Start], [1, "=A1", null, null]]).ToCsv());

    private static Dictionary<long, IReadOnlyList<StepValue>> Steps(params (int Trial, double[] Values)[] trials) =>
        trials.ToDictionary(t => 100L + t.Trial, IReadOnlyList<StepValue> (t) => [.. t.Values.Select((value, i) => new StepValue(i + 1, value))]);

    private static Scatter Trace(Chart chart, string name) => chart.Traces.OfType<Scatter>().Single(t => t.Name == name && t.HoverTextArray is null);

    private static Bar Bars(Chart chart, string name) => chart.Traces.OfType<Bar>().Single(t => t.Name == name);
}
