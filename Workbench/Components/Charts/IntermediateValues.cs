using Plotly.Blazor.Traces;
using Plotly.Blazor.Traces.ScatterLib;
using Workbench.Core.Search;
using Workbench.Core.Tracking;

namespace Workbench.Components.Charts;

/// <summary>The objective of every trial by epoch: where pruned and failed trials ended is marked, the best and the running ones stand out.</summary>
internal static class IntermediateValues
{
    // Fewer curves than points elsewhere: each is some ten points, and more are not told apart.
    private const int Limit = 500;

    /// <summary>Draws the curves.</summary>
    /// <param name="study">Says what is better.</param>
    /// <param name="trials">All trials, by number.</param>
    /// <param name="steps">The objective by epoch, of each run.</param>
    /// <param name="values">The axis of the values.</param>
    public static Chart Draw(Study study, IReadOnlyList<Run> trials, IReadOnlyDictionary<long, IReadOnlyList<StepValue>> steps, ValueScale values)
    {
        var curves = trials.Select(t => (Trial: t, Steps: (IReadOnlyList<StepValue>)[.. steps.GetValueOrDefault(t.Id, []).Where(s => double.IsFinite(s.Value))]))
            .Where(c => c.Steps.Count > 0).ToList();
        var description = Describe(study, curves);
        if (curves.Count == 0)
        {
            return Chart.Without(description, $"Curves of {study.Metric} grow here from the first epoch on.");
        }
        var scale = values.For([.. curves.SelectMany(c => c.Steps).Select(s => s.Value)]);
        var range = scale.Range([.. curves.Select(c => c.Steps[^1].Value)], study.Direction);
        var best = TrialMarks.Best(TrialMarks.Complete(trials), study.Direction);
        List<(Run Trial, IReadOnlyList<StepValue> Steps)> Of(TrialState state) =>
            [.. TrialMarks.Thin([.. curves.Where(c => c.Trial.State == state && c.Trial != best)], Limit)];
        var (pruned, failed, running) = (Of(TrialState.Pruned), Of(TrialState.Failed), Of(TrialState.Running));
        return new Chart(
            [
                Lines("Complete", Of(TrialState.Complete), "var(--mark-complete)", 0.45m),
                Lines("Pruned", pruned, "var(--mark-pruned)", 0.7m),
                Lines("Failed", failed, "var(--mark-failed)", 0.7m),
                Ends(TrialState.Pruned, pruned),
                Ends(TrialState.Failed, failed),
                Lines("Best", [.. curves.Where(c => c.Trial == best)], "var(--best)", 1, 2),
                Lines("Running", running, "var(--mark-running)", 1, 2),
                Ends(TrialState.Running, running),
            ],
            Chart.Axes(new() { Title = new() { Text = "Epoch" } }, scale.Y(study.Metric, range), scale.View),
            description)
        {
            Table = () => new(
                [ChartTable.Trial, "state", "epoch", study.Metric],
                [.. curves.SelectMany(c => c.Steps.Select(IReadOnlyList<object?> (s) => [c.Trial.Number, c.Trial.State.ToString().ToLowerInvariant(), s.Step, s.Value]))]),
        };
    }

    // All of a kind in one trace, with gaps between: hundreds of curves cost no more than one.
    private static Scatter Lines(string name, List<(Run Trial, IReadOnlyList<StepValue> Steps)> curves, string color, decimal opacity, decimal width = 1.2m)
    {
        List<object?> epochs = [], values = [], trials = [];
        foreach (var (trial, steps) in curves)
        {
            epochs.AddRange([.. steps.Select(s => s.Step), null]);
            values.AddRange([.. steps.Select(s => s.Value), null]);
            trials.AddRange([.. steps.Select(_ => trial.Number), null]);
        }
        return new Scatter
        {
            Name = name,
            X = epochs,
            Y = values,
            CustomData = trials,
            // One epoch alone makes no line.
            Mode = curves.Any(c => c.Steps.Count == 1) ? ModeFlag.Lines | ModeFlag.Markers : ModeFlag.Lines,
            ConnectGaps = false,
            Opacity = opacity,
            ShowLegend = curves.Count > 0,
            HoverTemplate = $"<b>Trial %{{customdata}}</b>  %{{y:.4f}}<br>epoch %{{x}}, {name.ToLowerInvariant()}<extra></extra>",
            Line = new() { Color = color, Width = width },
            Marker = new() { Color = color, Size = 4 },
        };
    }

    private static Scatter Ends(TrialState state, List<(Run Trial, IReadOnlyList<StepValue> Steps)> curves)
    {
        var last = curves.ToDictionary(c => c.Trial.Id, c => c.Steps[^1]);
        var marks = TrialMarks.Points(
            state, curves.Select(c => c.Trial), t => last[t.Id].Step, t => last[t.Id].Value, 6,
            t => $"<b>Trial {t.Number}</b>  {Format.Value(last[t.Id].Value)}<br>{state.ToString().ToLowerInvariant()}{(state == TrialState.Running ? "," : "")} after epoch {last[t.Id].Step}");
        marks.ShowLegend = false;
        return marks;
    }

    private static string Describe(Study study, List<(Run Trial, IReadOnlyList<StepValue> Steps)> curves) =>
        $"Intermediate values: {study.Metric} by epoch of {curves.Count} trials of {study.Name}, " +
        $"{curves.Count(c => c.Trial.State == TrialState.Pruned)} of them pruned, {curves.Count(c => c.Trial.State == TrialState.Running)} running.";
}
