using Plotly.Blazor.Traces;
using Plotly.Blazor.Traces.ScatterLib;
using Plotly.Blazor.Traces.ScatterLib.LineLib;
using Workbench.Core.Search;
using Workbench.Core.Tracking;

namespace Workbench.Components.Charts;

/// <summary>The empirical distribution function of the objective: which share of the complete trials has at most a value.</summary>
internal static class EmpiricalDistribution
{
    /// <summary>Draws the distribution.</summary>
    /// <param name="study">Says what is better.</param>
    /// <param name="trials">All trials, by number.</param>
    /// <param name="values">The axis of the values.</param>
    public static Chart Draw(Study study, IReadOnlyList<Run> trials, ValueScale values)
    {
        var sorted = TrialMarks.Complete(trials).OrderBy(t => t.Value).ThenBy(t => t.Number).ToList();
        var description = $"Empirical distribution of {study.Metric} over {sorted.Count} complete trials of {study.Name}.";
        if (sorted.Count == 0)
        {
            return Chart.Without(description, "It begins with the first complete trial.");
        }
        List<double> all = [.. sorted.Select(t => t.Value!.Value)];
        var scale = values.For(all);
        var steps = sorted.Select((t, i) => (Trial: t, Share: (i + 1.0) / sorted.Count)).ToList();
        var shown = TrialMarks.Thin(steps);
        return new Chart(
            [
                new Scatter
                {
                    Name = study.Name,
                    // The curve rises from 0 at the smallest value.
                    X = [shown[0].Trial.Value!.Value, .. shown.Select(s => (object)s.Trial.Value!.Value)],
                    Y = [0, .. shown.Select(s => (object)s.Share)],
                    CustomData = [shown[0].Trial.Number!.Value, .. shown.Select(s => (object)s.Trial.Number!.Value)],
                    Mode = ModeFlag.Lines,
                    Line = new() { Shape = ShapeEnum.Hv, Color = "var(--mark-complete)", Width = 2 },
                    HoverTemplate = "<b>%{y:.0%}</b> of the trials have at most %{x:.4f}<br>trial %{customdata}<extra></extra>",
                },
            ],
            Chart.Axes(
                scale.X(study.Metric, scale.Range(all, study.Direction)),
                new() { Title = new() { Text = "Share of trials" }, TickFormat = ".0%", Range = [0, 1.04] },
                scale.View,
                legend: false),
            $"{description} Half of them have at most {Format.Value(all[(all.Count - 1) / 2])}.")
        {
            Table = () => new(
                [ChartTable.Trial, study.Metric, "share"], [.. steps.Select(IReadOnlyList<object?> (s) => [s.Trial.Number, s.Trial.Value, s.Share])]),
        };
    }
}
