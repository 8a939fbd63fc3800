using Plotly.Blazor.Traces;
using Plotly.Blazor.Traces.ScatterLib;
using Plotly.Blazor.Traces.ScatterLib.MarkerLib;
using Workbench.Core.Search;
using Workbench.Core.Tracking;

namespace Workbench.Components.Charts;

/// <summary>Trials as points: each state has its shape and colour, in every chart the same.</summary>
internal static class TrialMarks
{
    /// <summary>More points than these are not told apart on a screen: of more trials only some are drawn.</summary>
    public const int Limit = 2000;

    /// <summary>The complete trials that have a number for a value.</summary>
    public static List<Run> Complete(IEnumerable<Run> trials) => [.. trials.Where(t => t is { State: TrialState.Complete, Value: { } value } && double.IsFinite(value))];

    /// <summary>The pruned trials that have a number for a value.</summary>
    public static List<Run> Pruned(IEnumerable<Run> trials) => [.. trials.Where(t => t is { State: TrialState.Pruned, Value: { } value } && double.IsFinite(value))];

    /// <summary>The better of two values.</summary>
    public static bool IsBetter(double value, double than, Direction direction) => direction == Direction.Maximize ? value > than : value < than;

    /// <summary>The best of the trials, all of which have values; the first of several.</summary>
    public static Run? Best(IReadOnlyList<Run> trials, Direction direction) =>
        direction == Direction.Maximize ? trials.MaxBy(t => t.Value) : trials.MinBy(t => t.Value);

    /// <summary>Evenly chosen trials when there are more than can be told apart.</summary>
    public static IReadOnlyList<T> Thin<T>(IReadOnlyList<T> trials, int limit = Limit) => trials.Count <= limit
        ? trials
        : [.. Enumerable.Range(0, limit).Select(i => trials[(int)((long)i * (trials.Count - 1) / (limit - 1))])];

    /// <summary>How large a mark is, in pixels, when there are so many.</summary>
    public static decimal Size(int count) => count < 200 ? 7m : count < 600 ? 5.5m : 4m;

    /// <summary>Trials as points that can be clicked.</summary>
    /// <param name="state">Says shape, colour and name.</param>
    /// <param name="trials">The trials.</param>
    /// <param name="x">Where they are, horizontally.</param>
    /// <param name="y">Where they are, vertically.</param>
    /// <param name="size">How large they are, in pixels.</param>
    /// <param name="hover">What is said about a trial under the pointer.</param>
    public static Scatter Points(
        TrialState state, IEnumerable<Run> trials, Func<Run, double> x, Func<Run, double> y, decimal size, Func<Run, string>? hover = null)
    {
        var shown = Thin([.. trials]);
        return new Scatter
        {
            Name = state.ToString(),
            X = [.. shown.Select(t => (object)x(t))],
            Y = [.. shown.Select(t => (object)y(t))],
            CustomData = [.. shown.Select(t => (object)t.Number!.Value)],
            HoverTextArray = [.. shown.Select(hover ?? Hover)],
            HoverTemplate = "%{hovertext}<extra></extra>",
            Mode = ModeFlag.Markers,
            Marker = new Marker { Color = $"var({Token(state)})", Symbol = Symbol(state), Size = size },
        };
    }

    /// <summary>A trial with its parameters.</summary>
    public static string Hover(Run trial) => string.Join("<br>", (string[])
    [
        $"<b>Trial {trial.Number}</b>  {(trial.Value is null ? trial.State.ToString().ToLowerInvariant() : Format.Value(trial.Value))}",
        .. (trial.Params ?? ParameterSet.Empty).Select(p => $"{p.Key}  {Format.Parameter(p.Value)}"),
    ]);

    /// <summary>The name, in tokens.css, of a state's colour.</summary>
    public static string Token(TrialState state) => $"--mark-{state.ToString().ToLowerInvariant()}";

    /// <summary>The shape that stands for a state.</summary>
    public static SymbolEnum Symbol(TrialState state) => state switch
    {
        TrialState.Pruned => SymbolEnum.TriangleDown,
        TrialState.Failed => SymbolEnum.X,
        _ => SymbolEnum.Circle,
    };

    /// <summary>A table of the trials: number, state, value, then some of their parameters.</summary>
    public static ChartTable Table(Study study, IEnumerable<Run> trials, params IEnumerable<string> parameters)
    {
        var names = parameters.ToList();
        return new(
            [ChartTable.Trial, "state", study.Metric, .. names],
            [.. trials.Select(IReadOnlyList<object?> (t) =>
                [t.Number, t.State.ToString().ToLowerInvariant(), t.Value, .. names.Select(name => Cell(t, name))])]);
    }

    private static object? Cell(Run trial, string parameter) => trial.Params?.TryGetValue(parameter, out var value) is not true
        ? null
        : value.IsInteger ? value.AsLong() : value.IsNumber ? value.AsDouble() : value.ToString();
}
