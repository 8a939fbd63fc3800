using System.Globalization;
using Plotly.Blazor.Traces;
using Plotly.Blazor.Traces.ScatterLib;
using Plotly.Blazor.Traces.ScatterLib.LineLib;
using Workbench.Core.Search;
using Workbench.Core.Tracking;
using Direction = Workbench.Core.Search.Direction;

namespace Workbench.Components.Charts;

/// <summary>A study's values by trial number, with the best so far; pruned and failed trials have marks of their own.</summary>
internal static class OptimizationHistory
{
    /// <summary>Draws the history.</summary>
    /// <param name="study">Says what is better.</param>
    /// <param name="trials">All trials, by number.</param>
    /// <param name="values">The axis of the values.</param>
    public static Chart Draw(Study study, IReadOnlyList<Run> trials, ValueScale values)
    {
        var (complete, pruned) = (TrialMarks.Complete(trials), TrialMarks.Pruned(trials));
        List<double> all = [.. complete.Concat(pruned).Select(t => t.Value!.Value)];
        var best = BestSoFar(complete, study.Direction);
        var description = Describe(study, trials, best);
        if (all.Count == 0)
        {
            return Chart.Without(description, "Each trial becomes a point here when it ends.");
        }
        var scale = values.For(all);
        var range = scale.Range([.. complete.Select(t => t.Value!.Value)], study.Direction);
        var size = TrialMarks.Size(trials.Count);
        var worst = Worst(all, study.Direction, scale, range);
        double Number(Run trial) => trial.Number!.Value;
        return new Chart(
            [
                TrialMarks.Points(TrialState.Pruned, pruned, Number, t => t.Value!.Value, size),
                TrialMarks.Points(TrialState.Failed, trials.Where(t => t.State == TrialState.Failed), Number, _ => worst, size),
                TrialMarks.Points(TrialState.Complete, complete, Number, t => t.Value!.Value, size),
                new Scatter
                {
                    Name = "Best so far",
                    X = [.. best.Select(point => (object)point.Number)],
                    Y = [.. best.Select(point => (object)point.Value)],
                    Mode = ModeFlag.Lines,
                    HoverInfo = HoverInfoFlag.Skip,
                    Line = new() { Shape = ShapeEnum.Hv, Color = "var(--best)", Width = 1.5m },
                },
            ],
            Chart.Axes(new() { Title = new() { Text = "Trial" } }, scale.Y(study.Metric, range), scale.View),
            description)
        {
            Table = () => TrialMarks.Table(study, trials, study.SearchSpace.Select(p => p.Name)),
        };
    }

    private static List<(int Number, double Value)> BestSoFar(List<Run> complete, Direction direction)
    {
        var line = new List<(int Number, double Value)>();
        foreach (var trial in complete)
        {
            var (number, value) = (trial.Number!.Value, trial.Value!.Value);
            if (line.Count == 0 || TrialMarks.IsBetter(value, line[^1].Value, direction))
            {
                line.Add((number, value));
            }
        }
        if (line.Count > 0 && complete[^1].Number > line[^1].Number)
        {
            line.Add((complete[^1].Number!.Value, line[^1].Value));
        }
        return line;
    }

    // Failed trials have no value: they are marked at the worse edge of the view.
    private static double Worst(List<double> values, Direction direction, ValueScale scale, (double Low, double High)? range) => (direction, range) switch
    {
        (Direction.Maximize, { } shown) => scale.ValueAt(shown.Low + (shown.High - shown.Low) * 0.04),
        (Direction.Minimize, { } shown) => scale.ValueAt(shown.High - (shown.High - shown.Low) * 0.04),
        (Direction.Maximize, null) => values.Min(),
        _ => values.Max(),
    };

    private static string Describe(Study study, IReadOnlyList<Run> trials, List<(int Number, double Value)> best) => string.Create(
        CultureInfo.InvariantCulture,
        $"Optimization history of {study.Name}: {trials.Count(t => t.State == TrialState.Complete)} complete, {trials.Count(t => t.State == TrialState.Pruned)} pruned and {trials.Count(t => t.State == TrialState.Failed)} failed trials. ")
        + (best.Count == 0 ? "No value yet." : $"The best {study.Metric} so far is {Format.Value(best[^1].Value)}.");
}
