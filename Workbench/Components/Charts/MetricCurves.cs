using Plotly.Blazor;
using Plotly.Blazor.Traces;
using Plotly.Blazor.Traces.ScatterLib;
using Plotly.Blazor.Traces.ScatterLib.MarkerLib;
using Workbench.Core.Tracking;

namespace Workbench.Components.Charts;

/// <summary>Why a trial's curve is shown.</summary>
public enum CurveRole
{
    /// <summary>It finished a moment ago: background, to compare with.</summary>
    Recent,

    /// <summary>It is the study's best.</summary>
    Best,

    /// <summary>It runs.</summary>
    Running,

    /// <summary>A person chose it.</summary>
    Chosen,
}

/// <summary>One trial's values of one metric by epoch.</summary>
/// <param name="Number">The trial.</param>
/// <param name="Role">Why it is shown.</param>
/// <param name="Color">Its colour among the chosen and running ones, from 0 on.</param>
/// <param name="Points">The values, by epoch.</param>
public sealed record Curve(int Number, CurveRole Role, int Color, IReadOnlyList<MetricPoint> Points);

/// <summary>A metric by epoch: of running and chosen trials in colours, of the best one in the colour of text, of recent ones faintly.</summary>
internal static class MetricCurves
{
    /// <summary>How many colours there are to tell curves apart by.</summary>
    public const int Colors = 8;

    /// <summary>Draws the curves.</summary>
    /// <param name="metric">The metric's name.</param>
    /// <param name="curves">In the order of their trials.</param>
    /// <param name="log">Whether the axis of the metric is logarithmic, where its values allow that.</param>
    public static Chart Draw(string metric, IReadOnlyList<Curve> curves, bool log = false)
    {
        var drawn = curves.Where(c => c.Points.Count > 0).ToList();
        if (drawn.Count == 0)
        {
            return Chart.Without(Describe(metric, drawn), "Curves grow here from the first epoch on.");
        }
        var scale = new ValueScale(Log: log).For([.. drawn.SelectMany(c => c.Points).Select(p => p.Value)]);
        return new Chart(
            [Background(drawn.Where(c => c.Role == CurveRole.Recent)), .. drawn.Where(c => c.Role != CurveRole.Recent).OrderBy(c => c.Role).Select(Line)],
            Chart.Axes(new() { Title = new() { Text = "Epoch" } }, scale.Y(metric, null), $"{metric} {scale.View}"),
            Describe(metric, drawn))
        {
            Table = () => new(
                [ChartTable.Trial, "epoch", metric], [.. drawn.SelectMany(c => c.Points.Select(IReadOnlyList<object?> (p) => [c.Number, p.Step, p.Value]))]),
        };
    }

    /// <summary>The name, in tokens.css, of a colour.</summary>
    public static string Token(int color) => $"--series-{color % Colors + 1}";

    // All in one trace, with gaps between: hundreds of curves cost no more than one.
    private static Scatter Background(IEnumerable<Curve> curves)
    {
        List<object?> epochs = [], values = [], trials = [];
        foreach (var curve in curves)
        {
            epochs.AddRange([.. curve.Points.Select(p => p.Step), null]);
            values.AddRange([.. curve.Points.Select(p => p.Value), null]);
            trials.AddRange([.. curve.Points.Select(_ => curve.Number), null]);
        }
        return new Scatter
        {
            Name = "Recent",
            X = epochs,
            Y = values,
            CustomData = trials,
            Mode = ModeFlag.Lines,
            ConnectGaps = false,
            HoverTemplate = "<b>Trial %{customdata}</b>  %{y:.4f}<br>epoch %{x}<extra></extra>",
            Line = new() { Color = "var(--series-faint)", Width = 1 },
        };
    }

    private static Scatter Line(Curve curve)
    {
        var color = curve.Role == CurveRole.Best ? "var(--best)" : $"var({Token(curve.Color)})";
        return new Scatter
        {
            Name = curve.Role switch
            {
                CurveRole.Best => $"Trial {curve.Number}, best",
                CurveRole.Running => $"Trial {curve.Number}, running",
                _ => $"Trial {curve.Number}",
            },
            X = [.. curve.Points.Select(p => (object)p.Step)],
            Y = [.. curve.Points.Select(p => (object)p.Value)],
            CustomData = [.. curve.Points.Select(object (_) => curve.Number)],
            Mode = ModeFlag.Lines | ModeFlag.Markers,
            HoverTemplate = $"<b>Trial {curve.Number}</b>  %{{y:.4f}}<br>epoch %{{x}}<extra></extra>",
            Line = new() { Color = color, Width = 2, Dash = curve.Role == CurveRole.Running ? "dot" : null },
            Marker = new Marker { Color = color, Size = 5, Symbol = curve.Role == CurveRole.Best ? SymbolEnum.Star : SymbolEnum.Circle },
        };
    }

    private static string Describe(string metric, List<Curve> curves)
    {
        var named = curves.Where(c => c.Role != CurveRole.Recent)
            .Select(c => $"trial {c.Number}{(c.Role == CurveRole.Best ? " (best)" : c.Role == CurveRole.Running ? " (running)" : "")} at {Format.Value(c.Points[^1].Value)} after epoch {c.Points[^1].Step}").ToList();
        return $"Curves of {metric} by epoch: {(named.Count == 0 ? "none yet" : string.Join(", ", named))}.";
    }
}
