using System.Globalization;
using Plotly.Blazor;
using Plotly.Blazor.Traces;
using Plotly.Blazor.Traces.ScatterLib;
using Plotly.Blazor.Traces.ScatterLib.LineLib;
using Plotly.Blazor.Traces.ScatterLib.MarkerLib;
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
    /// <param name="focus">Whether outliers on the worse side are left out of view.</param>
    public static Chart Draw(Study study, IReadOnlyList<Run> trials, bool focus)
    {
        var valued = trials.Where(t => t.Value is { } value && double.IsFinite(value)).ToList();
        var complete = valued.Where(t => t.State == TrialState.Complete).ToList();
        var range = focus ? Focus(complete, study.Direction) : null;
        var size = trials.Count < 200 ? 7m : trials.Count < 600 ? 5.5m : 4m;
        var best = BestSoFar(complete, study.Direction);
        return new Chart(
            [
                Marks("Pruned", valued.Where(t => t.State == TrialState.Pruned), SymbolEnum.TriangleDown, "--mark-pruned", size),
                Marks("Failed", trials.Where(t => t.State == TrialState.Failed), SymbolEnum.X, "--mark-failed", size, Worst(valued, study.Direction, range)),
                Marks("Complete", complete, SymbolEnum.Circle, "--mark-complete", size),
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
            Chart.Axes("Trial", study.Metric, range, focus ? "focus" : "all"),
            Describe(study, trials, best),
            valued.Count == 0 ? "Each trial becomes a point here when it ends." : null);
    }

    private static Scatter Marks(string name, IEnumerable<Run> trials, SymbolEnum symbol, string color, decimal size, double? height = null)
    {
        var shown = trials.Where(t => (t.Value ?? height) is not null).ToList();
        return new Scatter
        {
            Name = name,
            X = [.. shown.Select(t => (object)t.Number!.Value)],
            Y = [.. shown.Select(t => (object)(height ?? t.Value!.Value))],
            CustomData = [.. shown.Select(t => (object)t.Number!.Value)],
            HoverTextArray = [.. shown.Select(Hover)],
            HoverTemplate = "%{hovertext}<extra></extra>",
            Mode = ModeFlag.Markers,
            Marker = new Marker { Color = $"var({color})", Symbol = symbol, Size = size },
        };
    }

    private static string Hover(Run trial) => string.Join("<br>", (string[])
    [
        $"<b>Trial {trial.Number}</b>  {(trial.Value is null ? "failed" : Format.Value(trial.Value))}",
        .. (trial.Params ?? ParameterSet.Empty).Select(p => $"{p.Key}  {Format.Parameter(p.Value)}"),
    ]);

    private static List<(int Number, double Value)> BestSoFar(List<Run> complete, Direction direction)
    {
        var line = new List<(int Number, double Value)>();
        foreach (var trial in complete)
        {
            var (number, value) = (trial.Number!.Value, trial.Value!.Value);
            if (line.Count == 0 || (direction == Direction.Maximize ? value > line[^1].Value : value < line[^1].Value))
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

    private static double? Worst(List<Run> valued, Direction direction, (double Low, double High)? range) => direction == Direction.Maximize
        ? range is { } shown ? shown.Low + (shown.High - shown.Low) * 0.04 : valued.Min(t => t.Value)
        : range is { } seen ? seen.High - (seen.High - seen.Low) * 0.04 : valued.Max(t => t.Value);

    // One hopeless trial would press all the others into a line: what lies further out than Tukey's fence is outside of the view.
    private static (double Low, double High)? Focus(List<Run> complete, Direction direction)
    {
        if (complete.Count < 5)
        {
            return null;
        }
        var values = complete.Select(t => t.Value!.Value).Order().ToList();
        var (lower, upper) = (values[values.Count / 4], values[values.Count * 3 / 4]);
        var fence = 1.5 * (upper - lower);
        var (low, high) = direction == Direction.Maximize
            ? (values.First(v => v >= lower - fence), values[^1])
            : (values[0], values.Last(v => v <= upper + fence));
        var margin = high > low ? (high - low) * 0.08 : Math.Max(Math.Abs(high) * 0.01, 1e-6);
        return (low - margin, high + margin);
    }

    private static string Describe(Study study, IReadOnlyList<Run> trials, List<(int Number, double Value)> best) => string.Create(
        CultureInfo.InvariantCulture,
        $"Optimization history of {study.Name}: {trials.Count(t => t.State == TrialState.Complete)} complete, {trials.Count(t => t.State == TrialState.Pruned)} pruned and {trials.Count(t => t.State == TrialState.Failed)} failed trials. ")
        + (best.Count == 0 ? "No value yet." : $"The best {study.Metric} so far is {Format.Value(best[^1].Value)}.");
}
