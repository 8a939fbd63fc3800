using Plotly.Blazor.Traces;
using Plotly.Blazor.Traces.ScatterLib;
using Workbench.Components.Charts;
using Workbench.Core.Evaluation;

namespace Workbench.Components.Evaluation;

/// <summary>The calibration curve: how often answers of a confidence are right.</summary>
internal static class CalibrationCurve
{
    /// <summary>Draws it.</summary>
    public static Chart Draw(EvaluationReport report) => new(
        [
            new Scatter
            {
                Name = "Calibrated",
                X = [0, 1],
                Y = [0, 1],
                Mode = ModeFlag.Lines,
                Line = new() { Color = "var(--series-faint)", Width = 1, Dash = "dash" },
                HoverInfo = Plotly.Blazor.Traces.ScatterLib.HoverInfoFlag.Skip,
            },
            new Scatter
            {
                Name = "Answers",
                X = [.. report.Calibration.Select(bin => (object)bin.Confidence)],
                Y = [.. report.Calibration.Select(bin => (object)bin.Accuracy)],
                CustomData = [.. report.Calibration.Select(bin => (object)bin.Count)],
                Mode = ModeFlag.Lines | ModeFlag.Markers,
                Line = new() { Color = "var(--series-1)", Width = 2 },
                Marker = new() { Color = "var(--series-1)", Size = 8 },
                HoverTemplate = "confidence %{x:.0%}, right %{y:.0%}<br>%{customdata} answers<extra></extra>",
            },
        ],
        Chart.Axes(
            new() { Title = new() { Text = "Confidence" }, TickFormat = ".0%", Range = [0, 1.02] },
            new() { Title = new() { Text = "Right" }, TickFormat = ".0%", Range = [0, 1.04] },
            legend: false),
        $"Calibration of {report.Count} answers: their confidence is off by {Format.Percent(report.CalibrationError)} on average.")
    {
        Table = () => new(
            ["confidence", "right", "answers"],
            [.. report.Calibration.Select(IReadOnlyList<object?> (bin) => [bin.Confidence, bin.Accuracy, bin.Count])]),
    };
}
