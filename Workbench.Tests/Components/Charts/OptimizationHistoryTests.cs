using Plotly.Blazor.Traces;
using Workbench.Components.Charts;
using Workbench.Core.Search;
using static Workbench.Tests.Components.StudyData;

namespace Workbench.Tests.Components.Charts;

public sealed class OptimizationHistoryTests
{
    [Fact]
    public void Shows_each_complete_trial_at_its_number_with_its_parameters_to_hover()
    {
        var complete = Trace(OptimizationHistory.Draw(Study(), [Trial(0, 0.9), Trial(2, 0.95, rate: 0.01)], false), "Complete");

        Assert.Equal([0, 2], complete.X);
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

        var best = Trace(OptimizationHistory.Draw(Study(direction), trials, false), "Best so far");

        Assert.Equal(expected.Cast<object>(), best.Y);
        Assert.Equal(2, best.X[^1]);
    }

    [Fact]
    public void Marks_pruned_trials_where_they_ended_and_failed_ones_at_the_worst_value()
    {
        var chart = OptimizationHistory.Draw(
            Study(), [Trial(0, 0.9), Trial(1, 0.3, TrialState.Pruned), Trial(2, null, TrialState.Failed), Trial(3, null, TrialState.Running)], false);

        Assert.Equal([0.3], Trace(chart, "Pruned").Y);
        Assert.Equal([0.3], Trace(chart, "Failed").Y);
        Assert.Equal([2], Trace(chart, "Failed").X);
    }

    [Fact]
    public void One_hopeless_trial_does_not_press_the_others_into_a_line()
    {
        var trials = Enumerable.Range(0, 9).Select(i => Trial(i, 0.90 + 0.01 * i)).Append(Trial(9, 0.1)).ToList();

        var range = OptimizationHistory.Draw(Study(), trials, true).Layout.YAxis[0].Range;

        Assert.InRange((double)range[0], 0.88, 0.90);
        Assert.InRange((double)range[1], 0.98, 1);
        Assert.Null(OptimizationHistory.Draw(Study(), trials, false).Layout.YAxis[0].Range);
    }

    [Fact]
    public void In_focus_failed_trials_are_marked_at_the_worse_edge_of_the_view()
    {
        var trials = Enumerable.Range(0, 9).Select(i => Trial(i, 0.90 + 0.01 * i)).Append(Trial(9, null, TrialState.Failed)).ToList();

        var chart = OptimizationHistory.Draw(Study(), trials, true);

        Assert.InRange((double)Trace(chart, "Failed").Y[0], (double)chart.Layout.YAxis[0].Range[0], 0.90);
    }

    [Fact]
    public void Keeps_a_persons_zoom_while_the_view_is_the_same()
    {
        var before = OptimizationHistory.Draw(Study(), [Trial(0, 0.5)], false);
        var after = OptimizationHistory.Draw(Study(), [Trial(0, 0.5), Trial(1, 0.6)], false);

        Assert.Equal(before.Layout.UiRevision, after.Layout.UiRevision);
        Assert.NotEqual(before.Layout.UiRevision, OptimizationHistory.Draw(Study(), [Trial(0, 0.5)], true).Layout.UiRevision);
    }

    [Fact]
    public void Says_in_words_what_it_shows()
    {
        var chart = OptimizationHistory.Draw(Study(), [Trial(0, 0.9), Trial(1, null, TrialState.Failed)], false);

        Assert.Equal(
            "Optimization history of mnist-transfer-1: 1 complete, 0 pruned and 1 failed trials. The best val_accuracy so far is 0.9000.", chart.Description);
    }

    [Fact]
    public void Without_a_value_a_note_stands_in_its_place()
    {
        Assert.NotNull(OptimizationHistory.Draw(Study(), [], true).Note);
        Assert.NotNull(OptimizationHistory.Draw(Study(), [Trial(0, null, TrialState.Failed)], false).Note);
        Assert.Null(OptimizationHistory.Draw(Study(), [Trial(0, 0.5)], false).Note);
    }

    [Fact]
    public void A_value_that_is_no_number_is_left_out()
    {
        Assert.Equal([1], Trace(OptimizationHistory.Draw(Study(), [Trial(0, double.NaN), Trial(1, 0.5)], false), "Complete").X);
    }

    private static Scatter Trace(Chart chart, string name) => chart.Traces.OfType<Scatter>().Single(t => t.Name == name);
}
