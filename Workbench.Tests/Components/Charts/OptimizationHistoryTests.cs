using Plotly.Blazor.LayoutLib.YAxisLib;
using Plotly.Blazor.Traces;
using Workbench.Components.Charts;
using Workbench.Core.Search;
using static Workbench.Tests.Components.StudyData;

namespace Workbench.Tests.Components.Charts;

public sealed class OptimizationHistoryTests
{
    private static readonly ValueScale All = new();
    private static readonly ValueScale Focus = new(Focus: true);

    [Fact]
    public void Shows_each_complete_trial_at_its_number_with_its_parameters_to_hover()
    {
        var complete = Trace(OptimizationHistory.Draw(Study(), [Trial(0, 0.9), Trial(2, 0.95, rate: 0.01)], All), "Complete");

        Assert.Equal([0.0, 2.0], complete.X);
        Assert.Equal([0.9, 0.95], complete.Y);
        Assert.Equal([0, 2], complete.CustomData);
        Assert.Equal("<b>Trial 2</b>  0.9500<br>learning_rate  0.01<br>num_hidden  32", complete.HoverTextArray[1]);
    }

    [Theory]
    [InlineData(Direction.Maximize, new[] { 0.5, 0.7, 0.7 })]
    [InlineData(Direction.Minimize, new[] { 0.5, 0.4, 0.4 })]
    public void Draws_the_best_so_far_up_to_the_last_complete_trial(Direction direction, double[] expected)
    {
        var trials = new[] { Trial(0, 0.5), Trial(1, direction == Direction.Maximize ? 0.7 : 0.4), Trial(2, 0.6), Trial(3, 0.99, TrialState.Pruned) };

        var best = Trace(OptimizationHistory.Draw(Study(direction), trials, All), "Best so far");

        Assert.Equal(expected.Cast<object>(), best.Y);
        Assert.Equal(2, best.X[^1]);
    }

    [Fact]
    public void Marks_pruned_trials_where_they_ended_and_failed_ones_at_the_worst_value()
    {
        var chart = OptimizationHistory.Draw(
            Study(), [Trial(0, 0.9), Trial(1, 0.3, TrialState.Pruned), Trial(2, null, TrialState.Failed), Trial(3, null, TrialState.Running)], All);

        Assert.Equal([0.3], Trace(chart, "Pruned").Y);
        Assert.Equal([0.3], Trace(chart, "Failed").Y);
        Assert.Equal([2.0], Trace(chart, "Failed").X);
    }

    [Fact]
    public void One_hopeless_trial_does_not_press_the_others_into_a_line()
    {
        var trials = Enumerable.Range(0, 9).Select(i => Trial(i, 0.90 + 0.01 * i)).Append(Trial(9, 0.1)).ToList();

        var range = OptimizationHistory.Draw(Study(), trials, Focus).Layout.YAxis[0].Range;

        Assert.InRange((double)range[0], 0.88, 0.90);
        Assert.InRange((double)range[1], 0.98, 1);
        Assert.Null(OptimizationHistory.Draw(Study(), trials, All).Layout.YAxis[0].Range);
    }

    [Fact]
    public void In_focus_failed_trials_are_marked_at_the_worse_edge_of_the_view()
    {
        var trials = Enumerable.Range(0, 9).Select(i => Trial(i, 0.90 + 0.01 * i)).Append(Trial(9, null, TrialState.Failed)).ToList();

        var chart = OptimizationHistory.Draw(Study(), trials, Focus);

        Assert.InRange((double)Trace(chart, "Failed").Y[0], (double)chart.Layout.YAxis[0].Range[0], 0.90);
    }

    [Fact]
    public void Values_lie_on_a_logarithmic_axis_when_a_person_wants_that_and_all_are_positive()
    {
        var axis = OptimizationHistory.Draw(Study(), [Trial(0, 0.5)], new(Log: true)).Layout.YAxis[0];
        Assert.Equal(TypeEnum.Log, axis.Type);
        Assert.Null(OptimizationHistory.Draw(Study(), [Trial(0, 0.5), Trial(1, -1)], new(Log: true)).Layout.YAxis[0].Type);
    }

    [Fact]
    public void A_focused_logarithmic_axis_has_its_range_in_powers_of_ten()
    {
        var trials = Enumerable.Range(1, 9).Select(i => Trial(i, Math.Pow(10, -i / 10.0))).ToList();

        var range = OptimizationHistory.Draw(Study(Direction.Minimize), trials, new(Focus: true, Log: true)).Layout.YAxis[0].Range;

        Assert.InRange((double)range[0], -1, -0.9);
        Assert.InRange((double)range[1], -0.1, 0);
    }

    [Fact]
    public void Of_ten_thousand_trials_two_thousand_are_drawn_and_all_are_in_the_table()
    {
        var chart = OptimizationHistory.Draw(Study(), [.. Enumerable.Range(0, 10_000).Select(i => Trial(i, i))], All);

        Assert.Equal(2000, Trace(chart, "Complete").X.Count);
        Assert.Equal(9999.0, Trace(chart, "Complete").X[^1]);
        Assert.Equal(10_000, chart.Table!().Rows.Count);
    }

    [Fact]
    public void Keeps_a_persons_zoom_while_the_view_is_the_same()
    {
        var before = OptimizationHistory.Draw(Study(), [Trial(0, 0.5)], All);
        var after = OptimizationHistory.Draw(Study(), [Trial(0, 0.5), Trial(1, 0.6)], All);

        Assert.Equal(before.Layout.UiRevision, after.Layout.UiRevision);
        Assert.NotEqual(before.Layout.UiRevision, OptimizationHistory.Draw(Study(), [Trial(0, 0.5)], Focus).Layout.UiRevision);
    }

    [Fact]
    public void Says_in_words_what_it_shows()
    {
        var chart = OptimizationHistory.Draw(Study(), [Trial(0, 0.9), Trial(1, null, TrialState.Failed)], All);

        Assert.Equal(
            "Optimization history of mnist-transfer-1: 1 complete, 0 pruned and 1 failed trials. The best val_accuracy so far is 0.9000.", chart.Description);
    }

    [Fact]
    public void Without_a_value_a_note_stands_in_its_place()
    {
        Assert.NotNull(OptimizationHistory.Draw(Study(), [], Focus).Note);
        Assert.NotNull(OptimizationHistory.Draw(Study(), [Trial(0, null, TrialState.Failed)], All).Note);
        Assert.Null(OptimizationHistory.Draw(Study(), [Trial(0, 0.5)], All).Note);
    }

    [Fact]
    public void A_value_that_is_no_number_is_left_out()
    {
        Assert.Equal([1.0], Trace(OptimizationHistory.Draw(Study(), [Trial(0, double.NaN), Trial(1, 0.5)], All), "Complete").X);
    }

    private static Scatter Trace(Chart chart, string name) => chart.Traces.OfType<Scatter>().Single(t => t.Name == name);
}
