using Plotly.Blazor.Traces;
using Plotly.Blazor.Traces.ParCoordsLib;
using Workbench.Core.Search;
using Workbench.Core.Tracking;
using Direction = Workbench.Core.Search.Direction;

namespace Workbench.Components.Charts;

/// <summary>Each complete trial as a line through its value and its parameters, coloured by the value. Dragging along an axis picks out the
/// lines that pass there; axes can be moved.</summary>
internal static class ParallelCoordinates
{
    /// <summary>Draws the lines.</summary>
    /// <param name="study">Says what is better.</param>
    /// <param name="trials">All trials, by number.</param>
    /// <param name="values">The axis of the values.</param>
    public static Chart Draw(Study study, IReadOnlyList<Run> trials, ValueScale values)
    {
        var shown = TrialMarks.Thin(TrialMarks.Complete(trials).FindAll(t => t.Params is not null));
        var parameters = ParameterScale.Searched(study.SearchSpace).ToList();
        var description = $"Parallel coordinates: {study.Metric} and {parameters.Count} parameters of {shown.Count} complete trials of {study.Name}.";
        if (shown.Count == 0)
        {
            return Chart.Without(description, "Each complete trial becomes a line here.");
        }
        List<double> all = [.. shown.Select(t => t.Value!.Value)];
        var scale = values.For(all);
        var places = all.ConvertAll(scale.Place);
        var (low, high) = scale.Range(all, study.Direction) ?? (places.Min(), places.Max());
        return new Chart(
            [
                new ParCoords
                {
                    CustomData = [.. shown.Select(t => (object)t.Number!.Value)],
                    Dimensions = [Values(study.Metric, places, scale, low, high), .. parameters.Select(p => Dimension(ParameterScale.Of(p), shown))],
                    LabelFont = new() { Color = "var(--text)", Size = 11 },
                    TickFont = new() { Color = "var(--text-muted)", Size = 10 },
                    Line = new()
                    {
                        ColorArray = [.. places.Select(p => (object)p)],
                        CMin = (decimal)low,
                        CMax = (decimal)high,
                        ColorScale = "var(--scale-value)",
                        ReverseScale = study.Direction == Direction.Minimize,
                        ShowScale = false,
                    },
                },
            ],
            new() { UiRevision = scale.View, Margin = new() { L = 56, R = 40, T = 44, B = 20 }, ShowLegend = false },
            description)
        {
            Table = () => TrialMarks.Table(study, shown, parameters.Select(p => p.Name)),
        };
    }

    // Outliers that are out of focus run along the lower edge.
    private static Dimension Values(string name, List<double> places, ValueScale scale, double low, double high)
    {
        var margin = high > low ? 0 : Math.Max(Math.Abs(high) * 0.01, 1e-6);
        var ticks = Enumerable.Range(0, 5).Select(i => low - margin + (high - low + 2 * margin) * i / 4).ToList();
        return new()
        {
            Label = name,
            Range = [low - margin, high + margin],
            Values = [.. places.Select(p => (object)Math.Clamp(p, low, high))],
            TickVals = [.. ticks.Select(t => (object)t)],
            TickText = [.. ticks.Select(t => (object)Format.Value(scale.ValueAt(t)))],
        };
    }

    private static Dimension Dimension(ParameterScale scale, IReadOnlyList<Run> trials)
    {
        var places = trials.Select(t => scale.Of(t) is { } value ? scale.Place(value) : (double?)null).ToList();
        var ticks = scale.Ticks().ToList();
        var low = scale.Low;
        if (places.Contains(null))
        {
            // Trials without a conditional parameter meet below its axis.
            low -= (scale.High - scale.Low) * 0.15;
            ticks.Insert(0, (low, "none"));
        }
        return new()
        {
            Label = scale.Name,
            Range = [low, scale.High],
            Values = [.. places.Select(p => (object)(p ?? low))],
            TickVals = [.. ticks.Select(t => (object)t.Place)],
            TickText = [.. ticks.Select(t => (object)t.Text)],
        };
    }
}
