using Plotly.Blazor.Traces.ScatterLib;
using Plotly.Blazor.Traces.ScatterLib.MarkerLib;
using Workbench.Core.Search;
using Workbench.Core.Tracking;

namespace Workbench.Components.Charts;

/// <summary>The objective over one parameter; later trials are darker (in the dark theme, brighter).</summary>
internal static class SlicePlot
{
    /// <summary>Draws the slice.</summary>
    /// <param name="study">Says what is better.</param>
    /// <param name="trials">All trials, by number.</param>
    /// <param name="parameter">The parameter.</param>
    /// <param name="values">The axis of the values.</param>
    public static Chart Draw(Study study, IReadOnlyList<Run> trials, Parameter parameter, ValueScale values)
    {
        var x = ParameterScale.Of(parameter);
        var (complete, pruned) = (TrialMarks.Complete(trials).FindAll(Has), TrialMarks.Pruned(trials).FindAll(Has));
        List<double> all = [.. complete.Concat(pruned).Select(t => t.Value!.Value)];
        var description = $"Slice: {study.Metric} over {parameter.Name} of {all.Count} trials of {study.Name}.";
        if (all.Count == 0)
        {
            return Chart.Without(description, parameter.Condition is null
                ? "Each trial becomes a point here when it ends."
                : $"No trial with {parameter.Name} has ended yet; it exists only for some values of {parameter.Condition.Parent}.");
        }
        var scale = values.For(all);
        var range = scale.Range([.. complete.Select(t => t.Value!.Value)], study.Direction);
        var size = TrialMarks.Size(trials.Count);
        var points = TrialMarks.Points(TrialState.Complete, complete, t => x.Of(t)!.Value, t => t.Value!.Value, size);
        points.Marker = new Marker
        {
            Size = size,
            ColorArray = points.CustomData,
            ColorScale = "var(--scale-order)",
            ShowScale = true,
            ColorBar = new() { Title = new() { Text = "Trial" } },
            Line = new() { Color = "var(--mark-complete)", Width = 0.5m },
        };
        return new Chart(
            [TrialMarks.Points(TrialState.Pruned, pruned, t => x.Of(t)!.Value, t => t.Value!.Value, size), points],
            Chart.Axes(x.X(), scale.Y(study.Metric, range), $"{parameter.Name} {scale.View}", legend: pruned.Count > 0),
            description)
        {
            Table = () => TrialMarks.Table(study, complete.Concat(pruned).OrderBy(t => t.Number), parameter.Name),
        };

        bool Has(Run trial) => x.Of(trial) is not null;
    }
}
