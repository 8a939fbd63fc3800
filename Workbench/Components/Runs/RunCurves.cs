using Plotly.Blazor.LayoutLib.XAxisLib;
using Plotly.Blazor.Traces;
using Plotly.Blazor.Traces.ScatterLib;
using Workbench.Components.Charts;
using Workbench.Core.Tracking;
using Workbench.Core.Training;

namespace Workbench.Components.Runs;

/// <summary>A metric of a run by epoch.</summary>
/// <param name="Name">What the legend calls it.</param>
/// <param name="Color">Its colour among those of curves, from 0 on.</param>
/// <param name="RunId">The run.</param>
/// <param name="Points">The values, by epoch.</param>
/// <param name="Dashed">Whether it is drawn with gaps, to be told apart without its colour.</param>
internal sealed record RunCurve(string Name, int Color, long RunId, IReadOnlyList<MetricPoint> Points, bool Dashed = false);

/// <summary>Curves by epoch, of whichever runs and metrics.</summary>
internal static class RunCurves
{
    // Of more points than these the marks hide the line.
    private const int MostMarked = 200;

    /// <summary>Draws the curves. A click on one gives its run.</summary>
    /// <param name="title">What the vertical axis shows.</param>
    /// <param name="curves">From back to front.</param>
    /// <param name="unit">What a step is.</param>
    public static Chart Draw(string title, IReadOnlyList<RunCurve> curves, string unit = "epoch")
    {
        var drawn = curves.Where(curve => curve.Points.Count > 0).ToList();
        return new Chart(
            [.. drawn.Select(curve => Line(curve, unit))],
            new Plotly.Blazor.Layout
            {
                UiRevision = title,
                // One curve that is called as the axis is needs none.
                ShowLegend = !drawn.TrueForAll(curve => curve.Name == title),
                XAxis = [new() { Title = new() { Text = Format.Sentence(unit) }, ExponentFormat = ExponentFormatEnum.SI }],
                YAxis = [new() { Title = new() { Text = title } }],
            },
            $"Curves of {title} by {unit}: {(drawn.Count == 0 ? "none yet" : string.Join(", ", drawn.Select(curve => Last(curve, unit))))}.",
            drawn.Count == 0 ? $"Curves grow here from the first {unit} on." : null);
    }

    /// <summary>The charts of one run: metrics that their pipeline puts beside each other share one.</summary>
    public static IReadOnlyList<(string Metric, Chart Chart)> Of(IReadOnlyList<MetricPoint> points, Pipelines pipelines) =>
    [
        .. points.GroupBy(point => pipelines.Metric(point.Key)?.Beside ?? point.Key).OrderBy(group => group.Key, StringComparer.Ordinal)
            .Select(group => (group.Key, Draw(
                group.Key,
                [
                    .. group.GroupBy(point => point.Key).OrderBy(metric => metric.Key == group.Key)
                        .Select((metric, i) => new RunCurve(metric.Key, i, metric.First().RunId, [.. metric.OrderBy(point => point.Step)], metric.Key == group.Key)),
                ]))),
    ];

    private static Scatter Line(RunCurve curve, string unit)
    {
        var color = $"var({MetricCurves.Token(curve.Color)})";
        return new Scatter
        {
            Name = curve.Name,
            X = [.. curve.Points.Select(object (point) => point.Step)],
            Y = [.. curve.Points.Select(object (point) => point.Value)],
            CustomData = [.. curve.Points.Select(object (_) => curve.RunId)],
            Mode = curve.Points.Count > MostMarked ? ModeFlag.Lines : ModeFlag.Lines | ModeFlag.Markers,
            HoverTemplate = $"<b>{curve.Name}</b>  %{{y:.4f}}<br>{unit} %{{x}}<extra></extra>",
            Line = new() { Color = color, Width = 2, Dash = curve.Dashed ? "dot" : null },
            Marker = new() { Color = color, Size = 5 },
        };
    }

    private static string Last(RunCurve curve, string unit) => $"{curve.Name} at {Format.Value(curve.Points[^1].Value)} after {unit} {curve.Points[^1].Step}";
}
