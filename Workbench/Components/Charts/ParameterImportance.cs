using System.Globalization;
using Plotly.Blazor.Traces;
using Plotly.Blazor.Traces.BarLib;
using Workbench.Core.Search;
using Workbench.Core.Studies;
using Workbench.Core.Tracking;

namespace Workbench.Components.Charts;

/// <summary>How much of the objective's variation each parameter accounts for, by <see cref="Importance"/>.</summary>
internal static class ParameterImportance
{
    /// <summary>Works out and draws the importances; takes milliseconds at a thousand trials.</summary>
    /// <param name="study">Says what is better.</param>
    /// <param name="trials">All trials, by number.</param>
    public static Chart Draw(Study study, IReadOnlyList<Run> trials)
    {
        var description = $"Importance of the parameters of {study.Name} for {study.Metric}.";
        List<Run> finished = [.. TrialMarks.Complete(trials).Concat(TrialMarks.Pruned(trials)).OrderBy(t => t.Number)];
        if (StudyImportance.Hindrance(study, finished) is { } hindrance)
        {
            return Chart.Without(description, hindrance);
        }
        if (finished.Select(t => t.Value).Distinct().Count() == 1)
        {
            return Chart.Without(description, "All trials have the same value: no parameter makes a difference yet.");
        }
        // Plotly draws bars from the bottom up.
        var shares = StudyImportance.Of(study, finished).OrderBy(share => share.Share).ToList();
        return new Chart(
            [
                new Bar
                {
                    Orientation = OrientationEnum.H,
                    X = [.. shares.Select(s => (object)s.Share)],
                    Y = [.. shares.Select(s => (object)s.Parameter)],
                    TextArray = [.. shares.Select(s => Percent(s.Share))],
                    TextPosition = TextPositionEnum.Outside,
                    ClipOnAxis = false,
                    HoverTemplate = "<b>%{y}</b>  %{text}<extra></extra>",
                    Marker = new() { Color = "var(--mark-complete)" },
                    Width = 0.62m,
                },
            ],
            Chart.Axes(
                new() { Title = new() { Text = "Share of the variation" }, TickFormat = ".0%", Range = [0, Math.Min(1.12, shares[^1].Share * 1.18)], FixedRange = true },
                new() { FixedRange = true, TickFont = new() { Color = "var(--text)", Size = 12 } },
                legend: false),
            $"{description} {string.Join(", ", shares.AsEnumerable().Reverse().Select(s => $"{s.Parameter} {Percent(s.Share)}"))}.")
        {
            Table = () => new(["parameter", "importance"], [.. shares.AsEnumerable().Reverse().Select(IReadOnlyList<object?> (s) => [s.Parameter, s.Share])]),
        };
    }

    private static string Percent(double share) => share.ToString(share < 0.1 ? "0.0 %" : "0 %", CultureInfo.InvariantCulture);
}
