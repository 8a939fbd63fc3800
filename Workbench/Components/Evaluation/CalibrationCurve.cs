using Plotly.Blazor.Traces;
using Plotly.Blazor.Traces.ScatterLib;
using Workbench.Components.Charts;
using Workbench.Core.Evaluation;

namespace Workbench.Components.Evaluation;

/// <summary>The calibration curve: how often answers of a confidence are right.</summary>
internal static class CalibrationCurve
{
    /// <summary>Draws one curve, or several in one plot.</summary>
    /// <param name="models">What the legend calls each, and how good its answers are; in the order of their colours.</param>
    public static Chart Draw(params IReadOnlyList<(string Name, EvaluationReport Report)> models) => new(
        [
            new Scatter
            {
                Name = "Calibrated",
                X = [0, 1],
                Y = [0, 1],
                Mode = ModeFlag.Lines,
                ShowLegend = false,
                Line = new() { Color = "var(--series-faint)", Width = 1, Dash = "dash" },
                HoverInfo = Plotly.Blazor.Traces.ScatterLib.HoverInfoFlag.Skip,
            },
            .. models.Select((model, i) => Curve(model.Name, model.Report, $"var({MetricCurves.Token(i)})")),
        ],
        Chart.Axes(
            new() { Title = new() { Text = "Confidence" }, TickFormat = ".0%", Range = [0, 1.02] },
            new() { Title = new() { Text = "Right" }, TickFormat = ".0%", Range = [0, 1.04] },
            legend: models.Count > 1),
        string.Join(' ', models.Select(model =>
            $"Calibration of {model.Report.Count} answers{(models.Count > 1 ? $" of {model.Name}" : "")}: their confidence is off by {Format.Percent(model.Report.CalibrationError)} on average.")))
    {
        Table = () => new(
            [.. models.Count > 1 ? ["model"] : Array.Empty<string>(), "confidence", "right", "answers"],
            [
                .. models.SelectMany(model => model.Report.Calibration.Select(IReadOnlyList<object?> (bin) =>
                    [.. models.Count > 1 ? [model.Name] : Array.Empty<object?>(), bin.Confidence, bin.Accuracy, bin.Count])),
            ]),
    };

    private static Scatter Curve(string name, EvaluationReport report, string color) => new()
    {
        Name = name,
        X = [.. report.Calibration.Select(bin => (object)bin.Confidence)],
        Y = [.. report.Calibration.Select(bin => (object)bin.Accuracy)],
        CustomData = [.. report.Calibration.Select(bin => (object)bin.Count)],
        Mode = ModeFlag.Lines | ModeFlag.Markers,
        Line = new() { Color = color, Width = 2 },
        Marker = new() { Color = color, Size = 8 },
        HoverTemplate = $"<b>{name}</b><br>confidence %{{x:.0%}}, right %{{y:.0%}}<br>%{{customdata}} answers<extra></extra>",
    };
}
