using System.Globalization;
using Plotly.Blazor.Traces;
using Plotly.Blazor.Traces.BarLib;
using Workbench.Core.Search;
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
        List<Trial> finished = [.. TrialMarks.Complete(trials).Concat(TrialMarks.Pruned(trials)).Where(t => t.Params is not null).OrderBy(t => t.Number).Select(AsTrial)];
        if (finished.Select(t => t.Value ?? t.Intermediate[^1].Value).Distinct().Count() == 1 && finished.Count > 1)
        {
            return Chart.Without(description, "All trials have the same value: no parameter makes a difference yet.");
        }
        // Plotly draws bars from the bottom up.
        var shares = Importance.Of(study.SearchSpace, finished, study.Direction).OrderBy(share => share.Value).ToList();
        return shares.Count == 0
            ? Chart.Without(description, $"It takes 5 finished trials to tell which parameters matter; there {(finished.Count == 1 ? "is 1" : $"are {finished.Count}")}.")
            : new Chart(
                [
                    new Bar
                    {
                        Orientation = OrientationEnum.H,
                        X = [.. shares.Select(s => (object)s.Value)],
                        Y = [.. shares.Select(s => (object)s.Key)],
                        TextArray = [.. shares.Select(s => Percent(s.Value))],
                        TextPosition = TextPositionEnum.Outside,
                        ClipOnAxis = false,
                        HoverTemplate = "<b>%{y}</b>  %{text}<extra></extra>",
                        Marker = new() { Color = "var(--mark-complete)" },
                        Width = 0.62m,
                    },
                ],
                Chart.Axes(
                    new() { Title = new() { Text = "Share of the variation" }, TickFormat = ".0%", Range = [0, Math.Min(1.12, shares[^1].Value * 1.18)], FixedRange = true },
                    new() { FixedRange = true, TickFont = new() { Color = "var(--text)", Size = 12 } },
                    legend: false),
                $"{description} {string.Join(", ", shares.AsEnumerable().Reverse().Select(s => $"{s.Key} {Percent(s.Value)}"))}.")
            {
                Table = () => new(["parameter", "importance"], [.. shares.AsEnumerable().Reverse().Select(IReadOnlyList<object?> (s) => [s.Key, s.Value])]),
            };
    }

    private static string Percent(double share) => share.ToString(share < 0.1 ? "0.0 %" : "0 %", CultureInfo.InvariantCulture);

    // Of a pruned trial what counts is the last value it reported.
    private static Trial AsTrial(Run run) => run.State == TrialState.Pruned
        ? new(run.Number!.Value, run.State, run.Params!, null, [new StepValue(1, run.Value!.Value)])
        : new(run.Number!.Value, run.State, run.Params!, run.Value, []);
}
