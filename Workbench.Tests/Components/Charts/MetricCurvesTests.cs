using Plotly.Blazor.Traces;
using Workbench.Components.Charts;
using static Workbench.Tests.Components.StudyData;

namespace Workbench.Tests.Components.Charts;

public sealed class MetricCurvesTests
{
    [Fact]
    public void Recent_trials_share_one_trace_with_gaps_between()
    {
        var chart = MetricCurves.Draw("val_accuracy", [Curve(3, CurveRole.Recent, 0.1, 0.2), Curve(4, CurveRole.Recent, 0.3)]);

        var background = Assert.IsType<Scatter>(Assert.Single(chart.Traces));
        Assert.Equal([1L, 2L, null, 1L, null], background.X);
        Assert.Equal([0.1, 0.2, null, 0.3, null], background.Y);
        Assert.Equal([3, 3, null, 4, null], background.CustomData);
    }

    [Fact]
    public void Running_and_chosen_trials_have_their_colours_and_the_best_has_the_colour_of_text()
    {
        var chart = MetricCurves.Draw(
            "loss", [Curve(0, CurveRole.Best, 0.5), Curve(1, CurveRole.Running, 0.6) with { Color = 7 }, Curve(2, CurveRole.Chosen, 0.7) with { Color = 9 }]);

        Assert.Equal(
            [("Trial 0, best", "var(--best)"), ("Trial 1, running", "var(--series-8)"), ("Trial 2", "var(--series-2)")],
            chart.Traces.OfType<Scatter>().Skip(1).Select(t => (t.Name, (string)t.Line.Color)));
    }

    [Fact]
    public void A_trial_without_an_epoch_is_not_drawn_and_a_note_says_what_will_be()
    {
        var chart = MetricCurves.Draw("loss", [Curve(0, CurveRole.Running)]);

        Assert.Empty(chart.Traces);
        Assert.NotNull(chart.Note);
    }

    [Fact]
    public void Says_in_words_where_the_curves_are()
    {
        var chart = MetricCurves.Draw("loss", [Curve(0, CurveRole.Best, 0.5, 0.25), Curve(5, CurveRole.Running, 0.75), Curve(1, CurveRole.Recent, 1)]);

        Assert.Equal("Curves of loss by epoch: trial 0 (best) at 0.2500 after epoch 2, trial 5 (running) at 0.7500 after epoch 1.", chart.Description);
    }

    private static Curve Curve(int trial, CurveRole role, params double[] values) =>
        new(trial, role, 0, [.. values.Select((value, i) => Point(trial, i + 1, value))]);
}
