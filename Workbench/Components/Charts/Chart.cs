using Plotly.Blazor;
using Plotly.Blazor.LayoutLib;
using Plotly.Blazor.LayoutLib.YAxisLib;

namespace Workbench.Components.Charts;

/// <summary>
/// A drawn chart. Colours are names from tokens.css, as in <c>var(--series-1)</c>: the browser looks them up in the theme of the moment.
/// A point's custom data is the number of the trial that a click on it opens.
/// </summary>
/// <param name="Traces">What is drawn, from back to front. Traces keep their place from one drawing to the next where they can:
/// those that have not changed are not sent again.</param>
/// <param name="Layout">The axes; the rest of the layout is the same for all charts.</param>
/// <param name="Description">The chart in words, for who can't see it.</param>
/// <param name="Note">What stands in the chart's place while there is nothing to draw.</param>
public sealed record Chart(IReadOnlyList<ITrace> Traces, Plotly.Blazor.Layout Layout, string Description, string? Note = null)
{
    /// <summary>What is drawn as a table, made when it is asked for: to be read aloud, and to be exported.</summary>
    public Func<ChartTable>? Table { get; init; }

    /// <summary>A chart that has nothing to draw yet.</summary>
    /// <param name="description">What it would show.</param>
    /// <param name="note">What is missing.</param>
    public static Chart Without(string description, string note) => new([], new(), $"{description} {note}", note);

    /// <summary>A layout with two axes.</summary>
    /// <param name="x">The horizontal one.</param>
    /// <param name="y">The vertical one.</param>
    /// <param name="view">While this stays the same, a person's zoom is kept.</param>
    /// <param name="legend">Whether the traces' names are shown.</param>
    public static Plotly.Blazor.Layout Axes(XAxis x, YAxis y, string view = "", bool legend = true) =>
        new() { UiRevision = view, XAxis = [x], YAxis = [y], ShowLegend = legend };

    /// <summary>A layout with two titled axes.</summary>
    /// <param name="x">Title of the horizontal axis.</param>
    /// <param name="y">Title of the vertical axis.</param>
    /// <param name="range">What the vertical axis shows at first; null for all.</param>
    /// <param name="view">While this stays the same, a person's zoom is kept.</param>
    public static Plotly.Blazor.Layout Axes(string x, string y, (double Low, double High)? range = null, string view = "") => Axes(
        new XAxis { Title = new() { Text = x } },
        new YAxis
        {
            Title = new() { Text = y },
            AutoRange = range is null ? AutoRangeEnum.True : AutoRangeEnum.False,
            Range = range is { } shown ? [shown.Low, shown.High] : null,
        },
        view);
}
