using Plotly.Blazor.Traces;
using Plotly.Blazor.Traces.ScatterLib.MarkerLib;
using Workbench.Core.Search;
using Workbench.Core.Tracking;
using Direction = Workbench.Core.Search.Direction;

namespace Workbench.Components.Charts;

/// <summary>
/// The objective over two parameters, as a surface between the trials: at each place of a grid the mean of the trials, weighted by a
/// Gaussian of their distance (Nadaraya–Watson regression), so that one lucky trial does not make a hill.
/// </summary>
internal static class ContourPlot
{
    private const int Grid = 32;
    private const int Levels = 14;

    // Of the range of a parameter.
    private const double Bandwidth = 0.09;

    /// <summary>Draws the surface and the trials on it; milliseconds at a thousand trials.</summary>
    /// <param name="study">Says what is better.</param>
    /// <param name="trials">All trials, by number.</param>
    /// <param name="first">The parameter of the horizontal axis.</param>
    /// <param name="second">The parameter of the vertical axis; another one.</param>
    /// <param name="values">Whether outliers on the worse side count for the colours.</param>
    public static Chart Draw(Study study, IReadOnlyList<Run> trials, Parameter first, Parameter second, ValueScale values)
    {
        var (x, y) = (ParameterScale.Of(first), ParameterScale.Of(second));
        var description = $"Contour of {study.Metric} over {first.Name} and {second.Name}, from the trials of {study.Name}.";
        if (first.Name == second.Name)
        {
            return Chart.Without(description, "Choose two different parameters for x and y.");
        }
        var complete = TrialMarks.Complete(trials).FindAll(Has);
        var pruned = TrialMarks.Pruned(trials).FindAll(Has);
        if (complete.Count < 3)
        {
            return Chart.Without(description, $"It takes 3 complete trials that have both {first.Name} and {second.Name}; there {(complete.Count == 1 ? "is 1" : $"are {complete.Count}")}.");
        }
        List<double> all = [.. complete.Select(t => t.Value!.Value)];
        var (low, high) = (values with { Log = false }).Range(all, study.Direction) ?? (all.Min(), all.Max());
        if (high <= low)
        {
            var margin = Math.Max(Math.Abs(high) * 1e-3, 1e-6);
            (low, high) = (low - margin, high + margin);
        }
        var (across, up) = (Places(x), Places(y));
        var size = TrialMarks.Size(trials.Count) - 1;
        var best = TrialMarks.Best(complete, study.Direction)!;
        var star = TrialMarks.Points(TrialState.Complete, [best], X, Y, 13);
        (star.Name, star.Marker.Symbol, star.Marker.Color, star.Marker.Line) =
            ("Best", SymbolEnum.Star, "var(--surface)", new() { Color = "var(--best)", Width = 1.5m });
        var dots = TrialMarks.Points(TrialState.Complete, complete, X, Y, size);
        (dots.Marker.Color, dots.Marker.Line) = ("var(--best)", new() { Color = "var(--surface)", Width = 1 });
        var surface = Surface([.. TrialMarks.Thin(complete).Select(t => (Unit(x, X(t)), Unit(y, Y(t)), Math.Clamp(t.Value!.Value, low, high)))],
            [.. across.Select(place => Unit(x, place))], [.. up.Select(place => Unit(y, place))]);
        return new Chart(
            [
                new Contour
                {
                    X = [.. across.Select(v => (object)v)],
                    Y = [.. up.Select(v => (object)v)],
                    Z = surface,
                    ZMin = (decimal)low,
                    ZMax = (decimal)high,
                    // Plotly's own choice of levels may be none at all, and then it fails.
                    AutoContour = false,
                    Contours = new()
                    {
                        Start = (decimal)(low + (high - low) / (2 * Levels)),
                        End = (decimal)(high - (high - low) / (2 * Levels)),
                        Size = (decimal)((high - low) / Levels),
                    },
                    ColorScale = "var(--scale-value)",
                    ReverseScale = study.Direction == Direction.Minimize,
                    ColorBar = new() { Title = new() { Text = study.Metric } },
                    Line = new() { Width = 0.5m, Color = "var(--surface)" },
                    HoverTemplate = $"about %{{z:.4f}}<br>{first.Name}  %{{x:.4g}}<br>{second.Name}  %{{y:.4g}}<extra></extra>",
                },
                TrialMarks.Points(TrialState.Pruned, pruned, X, Y, size),
                dots,
                star,
            ],
            Chart.Axes(x.X(), y.Y(), $"{first.Name} {second.Name}", legend: false),
            $"{description} The best is trial {best.Number} at {first.Name} {Cell(x, best)}, {second.Name} {Cell(y, best)}.")
        {
            Table = () => TrialMarks.Table(study, complete.Concat(pruned).OrderBy(t => t.Number), first.Name, second.Name),
        };

        double X(Run trial) => x.Of(trial)!.Value;
        double Y(Run trial) => y.Of(trial)!.Value;
        bool Has(Run trial) => x.Of(trial) is not null && y.Of(trial) is not null;
    }

    /// <summary>The weighted mean at each place of a grid; a row for each place up.</summary>
    /// <param name="points">Places between 0 and 1, and the value there.</param>
    /// <param name="across">The grid's horizontal places.</param>
    /// <param name="up">The grid's vertical places.</param>
    internal static object[] Surface(IReadOnlyList<(double X, double Y, double Value)> points, double[] across, double[] up)
    {
        var squares = new double[points.Count];
        var rows = new object[up.Length];
        for (var row = 0; row < up.Length; row++)
        {
            var line = new double[across.Length];
            for (var column = 0; column < across.Length; column++)
            {
                var nearest = double.MaxValue;
                for (var i = 0; i < squares.Length; i++)
                {
                    var (dx, dy) = (points[i].X - across[column], points[i].Y - up[row]);
                    squares[i] = dx * dx + dy * dy;
                    nearest = Math.Min(nearest, squares[i]);
                }
                var (sum, weights) = (0.0, 0.0);
                for (var i = 0; i < squares.Length; i++)
                {
                    // Relative to the nearest one, so that far from all trials it is the nearest that counts, not 0 / 0.
                    var weight = Math.Exp((nearest - squares[i]) / (2 * Bandwidth * Bandwidth));
                    sum += weight * points[i].Value;
                    weights += weight;
                }
                line[column] = sum / weights;
            }
            rows[row] = line;
        }
        return rows;
    }

    // Where the grid's lines are: one for each choice, or evenly over the axis.
    private static double[] Places(ParameterScale scale) => scale.Choices is { } choices
        ? [.. Enumerable.Range(0, choices).Select(i => (double)i)]
        : [.. Enumerable.Range(0, Grid).Select(i => scale.ValueAt(scale.Low + (scale.High - scale.Low) * i / (Grid - 1)))];

    private static double Unit(ParameterScale scale, double value) => (scale.Place(value) - scale.Low) / (scale.High - scale.Low);

    private static string Cell(ParameterScale scale, Run trial) => Format.Parameter(trial.Params![scale.Name]);
}
