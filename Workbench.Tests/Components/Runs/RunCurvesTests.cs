using Plotly.Blazor.Traces;
using Workbench.Components.Runs;
using Workbench.Tests.Training;
using static Workbench.Tests.Components.StudyData;

namespace Workbench.Tests.Components.Runs;

public sealed class RunCurvesTests
{
    [Fact]
    public void Training_and_validation_of_a_metric_share_a_chart_and_training_is_dashed()
    {
        var charts = RunCurves.Of([Point(0, 1, 0.5, "loss"), Point(0, 2, 0.4, "loss"), Point(0, 1, 0.6, "val_loss"), Point(0, 1, 0.9, "accuracy")], Samples.Pipelines);

        Assert.Equal(["accuracy", "loss"], charts.Select(chart => chart.Metric));
        var loss = charts[1].Chart.Traces.Cast<Scatter>().ToList();
        Assert.Equal(["val_loss ", "loss dot"], loss.Select(trace => $"{trace.Name} {trace.Line.Dash}"));
        Assert.Equal([1L, 2L], loss[1].X);
        Assert.Equal([0.5, 0.4], loss[1].Y);
        Assert.NotEqual(loss[0].Line.Color, loss[1].Line.Color);
    }

    [Fact]
    public void Each_run_has_its_colour_and_a_point_leads_to_it()
    {
        var chart = RunCurves.Draw("loss", [new RunCurve("Trial 3", 0, 103, [Point(3, 1, 0.5)]), new RunCurve("Trial 5", 1, 105, [Point(5, 1, 0.25)])]);

        Assert.Equal(["var(--series-1)", "var(--series-2)"], chart.Traces.Cast<Scatter>().Select(trace => (string)trace.Line.Color));
        Assert.Equal([105L], ((Scatter)chart.Traces[1]).CustomData);
        Assert.Equal("Curves of loss by epoch: Trial 3 at 0.5000 after epoch 1, Trial 5 at 0.2500 after epoch 1.", chart.Description);
    }

    [Fact]
    public void Without_an_epoch_a_note_stands_in_its_place() => Assert.NotNull(RunCurves.Draw("loss", [new RunCurve("Trial 3", 0, 103, [])]).Note);
}
