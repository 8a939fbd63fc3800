using Plotly.Blazor.Traces.ScatterLib;
using Workbench.Core.Search;
using Workbench.Core.Tracking;

namespace Workbench.Components.Charts;

/// <summary>Trials over two parameters, coloured by their rank: unlike values, ranks show the better region whatever the outliers.</summary>
internal static class RankPlot
{
    /// <summary>Draws the ranks.</summary>
    /// <param name="study">Says what is better.</param>
    /// <param name="trials">All trials, by number.</param>
    /// <param name="first">The parameter of the horizontal axis.</param>
    /// <param name="second">The parameter of the vertical axis.</param>
    public static Chart Draw(Study study, IReadOnlyList<Run> trials, Parameter first, Parameter second)
    {
        var (x, y) = (ParameterScale.Of(first), ParameterScale.Of(second));
        var shown = TrialMarks.Thin(TrialMarks.Complete(trials).FindAll(t => x.Of(t) is not null && y.Of(t) is not null));
        var description = $"Rank of {shown.Count} complete trials of {study.Name} by {study.Metric}, over {first.Name} and {second.Name}.";
        if (shown.Count == 0)
        {
            return Chart.Without(description, $"No complete trial has both {first.Name} and {second.Name} yet.");
        }
        var ranks = Ranks(shown, study.Direction);
        var points = TrialMarks.Points(
            TrialState.Complete, shown, t => x.Of(t)!.Value, t => y.Of(t)!.Value, TrialMarks.Size(shown.Count) + 1,
            t => $"{TrialMarks.Hover(t)}<br>better than {Format.Percent(ranks[t.Id])}");
        points.Marker = new Marker
        {
            Size = TrialMarks.Size(shown.Count) + 1,
            ColorArray = [.. shown.Select(t => (object)ranks[t.Id])],
            CMin = 0,
            CMax = 1,
            ColorScale = "var(--scale-value)",
            ShowScale = true,
            ColorBar = new() { Title = new() { Text = "Rank" }, TickVals = [0, 0.5m, 1], TickText = ["worst", "median", "best"] },
            Line = new() { Color = "var(--mark-stopped)", Width = 0.5m },
        };
        return new Chart([points], Chart.Axes(x.X(), y.Y(), $"{first.Name} {second.Name}", legend: false), description)
        {
            Table = () =>
            {
                var table = TrialMarks.Table(study, shown, first.Name, second.Name);
                return new([.. table.Columns, "rank"], [.. table.Rows.Zip(shown, IReadOnlyList<object?> (row, trial) => [.. row, ranks[trial.Id]])]);
            },
        };
    }

    /// <summary>The share of the other trials that each is better than, from 0 for the worst to 1 for the best; of equal ones, the mean.</summary>
    internal static Dictionary<long, double> Ranks(IReadOnlyList<Run> trials, Direction direction)
    {
        var worstFirst = (direction == Direction.Maximize ? trials.OrderBy(t => t.Value) : trials.OrderByDescending(t => t.Value)).ToList();
        var ranks = new Dictionary<long, double>();
        for (var (start, end) = (0, 0); start < worstFirst.Count; start = end)
        {
            while (end < worstFirst.Count && worstFirst[end].Value == worstFirst[start].Value)
            {
                end++;
            }
            for (var i = start; i < end; i++)
            {
                ranks[worstFirst[i].Id] = trials.Count == 1 ? 1 : (start + end - 1) / 2.0 / (trials.Count - 1);
            }
        }
        return ranks;
    }
}
