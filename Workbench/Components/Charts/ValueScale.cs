using Plotly.Blazor.LayoutLib;
using Workbench.Core.Search;

namespace Workbench.Components.Charts;

/// <summary>How the values of the objective lie on an axis.</summary>
/// <param name="Focus">Whether outliers on the worse side are left out of view.</param>
/// <param name="Log">Whether the axis is logarithmic; it is not when a value is zero or negative.</param>
public sealed record ValueScale(bool Focus = false, bool Log = false)
{
    private const int FewestToFocus = 5;

    /// <summary>The scale as it can be for these values.</summary>
    public ValueScale For(IReadOnlyList<double> values) => Log && values.Any(v => v <= 0) ? this with { Log = false } : this;

    /// <summary>What to show of the values at first, in the axis's own coordinates (powers of ten when logarithmic); null for all.</summary>
    // One hopeless trial would press all the others into a line: what lies further out than Tukey's fence is outside of the view.
    public (double Low, double High)? Range(IReadOnlyList<double> values, Direction direction)
    {
        if (!Focus || values.Count < FewestToFocus)
        {
            return null;
        }
        var places = values.Select(Place).Order().ToList();
        var (lower, upper) = (places[places.Count / 4], places[places.Count * 3 / 4]);
        var fence = 1.5 * (upper - lower);
        var (low, high) = direction == Direction.Maximize
            ? (places.First(v => v >= lower - fence), places[^1])
            : (places[0], places.Last(v => v <= upper + fence));
        var margin = high > low ? (high - low) * 0.08 : Math.Max(Math.Abs(high) * 0.01, 1e-6);
        return (low - margin, high + margin);
    }

    /// <summary>Where a value lies, in the axis's own coordinates.</summary>
    public double Place(double value) => Log ? Math.Log10(value) : value;

    /// <summary>The value at a place: the inverse of <see cref="Place"/>.</summary>
    public double ValueAt(double place) => Log ? Math.Pow(10, place) : place;

    /// <summary>A horizontal axis.</summary>
    public XAxis X(string title, (double Low, double High)? range) => new()
    {
        Title = new() { Text = title },
        Type = Log ? Plotly.Blazor.LayoutLib.XAxisLib.TypeEnum.Log : null,
        AutoRange = range is null ? Plotly.Blazor.LayoutLib.XAxisLib.AutoRangeEnum.True : Plotly.Blazor.LayoutLib.XAxisLib.AutoRangeEnum.False,
        Range = range is { } shown ? [shown.Low, shown.High] : null,
    };

    /// <summary>A vertical axis.</summary>
    public YAxis Y(string title, (double Low, double High)? range) => new()
    {
        Title = new() { Text = title },
        Type = Log ? Plotly.Blazor.LayoutLib.YAxisLib.TypeEnum.Log : null,
        AutoRange = range is null ? Plotly.Blazor.LayoutLib.YAxisLib.AutoRangeEnum.True : Plotly.Blazor.LayoutLib.YAxisLib.AutoRangeEnum.False,
        Range = range is { } shown ? [shown.Low, shown.High] : null,
    };

    /// <summary>While this stays the same, so does the view of an axis.</summary>
    public string View => $"{(Focus ? "focus" : "all")} {(Log ? "log" : "linear")}";
}
