using System.Globalization;
using Plotly.Blazor;
using Plotly.Blazor.Traces;
using Plotly.Blazor.Traces.ScatterLib;
using Plotly.Blazor.Traces.ScatterLib.LineLib;
using Plotly.Blazor.Traces.ScatterLib.MarkerLib;
using Workbench.Components.Charts;
using Workbench.Core.Tracking;
using Direction = Workbench.Core.Search.Direction;

namespace Workbench.Components.Compare;

/// <summary>Several studies in one chart, each in a colour of its own.</summary>
internal static class ComparisonCharts
{
    /// <summary>The best value so far of each study, by trial or by the time since its launch; all values faintly behind.</summary>
    /// <param name="studies">In the order of their colours.</param>
    /// <param name="byTime">Whether time, not the number of trials, is what is spent.</param>
    /// <param name="focus">Whether outliers on the worse side are left out of view.</param>
    public static Chart History(IReadOnlyList<ComparedStudy> studies, bool byTime, bool focus)
    {
        var paths = studies.Select(study => Path(study, byTime)).ToList();
        var (unit, seconds) = byTime ? Unit(paths.SelectMany(path => path).Select(point => point.X).DefaultIfEmpty().Max()) : ("", 1);
        var ends = paths.Select(path => path.Count == 0 ? "no value yet" : $"{Format.Value(path[^1].Best)} after {path.Count} trials");
        return new Chart(
            [
                .. studies.Select((study, i) => Values(study, i, paths[i], seconds)),
                .. studies.Select((study, i) => Best(study, i, paths[i], seconds, byTime ? $" {unit}" : "")),
            ],
            Chart.Axes(byTime ? $"Time since launch, {unit}" : "Trials", Metric(studies), focus ? Focus(paths) : null, $"{byTime} {unit} {focus}"),
            $"Best value so far of {Named(studies, ends)}.",
            paths.All(path => path.Count == 0) ? "Lines grow here as trials end." : null);
    }

    /// <summary>The share of each study's trials that came no further than a value.</summary>
    /// <param name="studies">In the order of their colours.</param>
    /// <param name="focus">Whether outliers on the worse side are left out of view.</param>
    public static Chart Distribution(IReadOnlyList<ComparedStudy> studies, bool focus)
    {
        var values = studies.Select(study => study.Complete.Select(t => t.Value!.Value).Order().ToList()).ToList();
        var layout = Chart.Axes(Metric(studies), "Share of trials up to it", (-0.02, 1.02), $"{focus}");
        if (focus && Focus(studies) is { } range)
        {
            layout.XAxis[0].Range = [range.Low, range.High];
        }
        var middles = values.Select(v => v.Count == 0 ? "no value yet" : $"median {Format.Value(v[v.Count / 2])} of {v.Count}");
        return new Chart(
            [
                .. studies.Select((study, i) => new Scatter
                {
                    Name = study.Study.Name,
                    X = [.. values[i].Take(1).Concat(values[i]).Select(v => (object)v)],
                    Y = [.. values[i].Count == 0 ? Array.Empty<object>() : [0.0, .. values[i].Select((_, k) => (object)((k + 1.0) / values[i].Count))]],
                    Mode = ModeFlag.Lines,
                    HoverTemplate = $"<b>{Escape(study)}</b><br>%{{y:.0%}} up to %{{x:.4f}}<extra></extra>",
                    Line = new() { Shape = ShapeEnum.Hv, Color = Color(i), Width = 2 },
                }),
            ],
            layout,
            $"Distribution of the values of {Named(studies, middles)}.",
            values.All(v => v.Count == 0) ? "Values gather here as trials end." : null);
    }

    private static Scatter Values(ComparedStudy study, int index, List<Point> path, double unit) => new()
    {
        Name = $"{study.Study.Name}, trials",
        X = [.. path.Select(point => (object)(point.X / unit))],
        Y = [.. path.Select(point => (object)point.Value)],
        Mode = ModeFlag.Markers,
        ShowLegend = false,
        HoverInfo = HoverInfoFlag.Skip,
        Marker = new Marker { Color = Color(index), Size = 4, Opacity = 0.35m },
    };

    private static Scatter Best(ComparedStudy study, int index, List<Point> path, double unit, string of) => new()
    {
        Name = study.Study.Name,
        X = [.. path.Select(point => (object)(point.X / unit))],
        Y = [.. path.Select(point => (object)point.Best)],
        Mode = ModeFlag.Lines,
        HoverTemplate = $"<b>{Escape(study)}</b><br>%{{y:.4f}} after %{{x:.4~g}}{(of.Length == 0 ? " trials" : of)}<extra></extra>",
        Line = new() { Shape = ShapeEnum.Hv, Color = Color(index), Width = 2 },
    };

    // In the order of finishing: that is when a value was known.
    private static List<Point> Path(ComparedStudy study, bool byTime)
    {
        var path = new List<Point>();
        var better = study.Study.Direction == Direction.Maximize ? (Func<double, double, double>)Math.Max : Math.Min;
        foreach (var trial in byTime ? study.Complete.OrderBy(t => t.FinishedAt) : study.Complete)
        {
            var x = byTime ? (trial.FinishedAt!.Value - study.Study.CreatedAt).TotalSeconds : trial.Number!.Value + 1;
            path.Add(new Point(x, trial.Value!.Value, path.Count == 0 ? trial.Value.Value : better(path[^1].Best, trial.Value.Value)));
        }
        return path;
    }

    // One hopeless trial would press all lines together: what lies further out than Tukey's fence, on the worse side, is outside of the view.
    private static (double Low, double High)? Focus(IReadOnlyList<ComparedStudy> studies)
    {
        double low = double.PositiveInfinity, high = double.NegativeInfinity;
        foreach (var study in studies)
        {
            var values = study.Complete.Select(t => t.Value!.Value).Order().ToList();
            if (values.Count == 0)
            {
                continue;
            }
            var (lower, upper) = (values[values.Count / 4], values[values.Count * 3 / 4]);
            var fence = 1.5 * (upper - lower);
            var maximize = study.Study.Direction == Direction.Maximize;
            low = Math.Min(low, maximize ? values.First(v => v >= lower - fence) : values[0]);
            high = Math.Max(high, maximize ? values[^1] : values.Last(v => v <= upper + fence));
        }
        return high >= low ? Widen(low, high) : null;
    }

    // The first trials differ by luck: in view is what the studies found after them, where lines lie close together.
    private static (double Low, double High)? Focus(IReadOnlyList<List<Point>> paths)
    {
        var found = paths.SelectMany(path => path.Skip(Math.Min(path.Count - 1, Math.Max(2, path.Count / 10)))).Select(point => point.Best).ToList();
        return found.Count == 0 ? null : Widen(found.Min(), found.Max());
    }

    private static (double Low, double High) Widen(double low, double high)
    {
        var margin = high > low ? (high - low) * 0.06 : Math.Max(Math.Abs(high) * 0.01, 1e-6);
        return (low - margin, high + margin);
    }

    private static (string Name, double Seconds) Unit(double longest) => longest switch
    {
        < 180 => ("s", 1),
        < 3 * 3600 => ("min", 60),
        _ => ("h", 3600),
    };

    private static string Metric(IReadOnlyList<ComparedStudy> studies) => string.Join(" / ", studies.Select(s => s.Study.Metric).Distinct());

    private static string Named(IReadOnlyList<ComparedStudy> studies, IEnumerable<string> words) =>
        string.Join("; ", studies.Zip(words, (study, word) => string.Create(CultureInfo.InvariantCulture, $"{study.Study.Name}: {word}")));

    private static string Color(int index) => $"var({MetricCurves.Token(index)})";

    private static string Escape(ComparedStudy study) => System.Net.WebUtility.HtmlEncode(study.Study.Name);

    private readonly record struct Point(double X, double Value, double Best);
}
