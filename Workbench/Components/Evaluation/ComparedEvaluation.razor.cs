using System.Globalization;
using Microsoft.AspNetCore.Components;
using Workbench.Components.Charts;
using Workbench.Core.Evaluation;
using Workbench.Core.Tracking;

namespace Workbench.Components.Evaluation;

/// <summary>One of the two that are compared.</summary>
/// <param name="Name">What it is called, for example <c>v2</c>.</param>
/// <param name="Evaluation">Its answers.</param>
public sealed record ComparedSide(string Name, TrialEvaluation Evaluation);

/// <summary>How two models answer what they were not trained on, beside each other: figures, classes, confusion, calibration, and the pictures
/// that only one of them gets right.</summary>
public sealed partial class ComparedEvaluation
{
    private const string ByClass = "Class";
    private const string ByDifference = "Difference";

    private (ComparedSide, ComparedSide)? _of;
    private IReadOnlyList<string> _parts = [];
    private string _part = EvaluationParts.Validation;
    private EvaluationComparison _compared = default!;
    private Chart _calibration = default!;
    private IReadOnlyList<ComparedClass> _classes = [];
    private (string Column, bool Down) _order = (ByDifference, false);

    /// <summary>The first.</summary>
    [Parameter, EditorRequired]
    public required ComparedSide First { get; set; }

    /// <summary>The second; differences are its figures less the first's.</summary>
    [Parameter, EditorRequired]
    public required ComparedSide Second { get; set; }

    private IReadOnlyList<string> Classes => First.Evaluation.Answers.Classes;

    private IReadOnlyList<string> Columns => [ByClass, First.Name, Second.Name, ByDifference];

    private string? Warning => (_compared.SamePictures, _compared.Shared) switch
    {
        (true, _) => null,
        (_, 0) => $"The two were judged on different pictures, {First.Name} on {Of(First)} and {Second.Name} on {Of(Second)}: their figures differ for that reason, too.",
        _ => $"The two were judged on different pictures of {Of(First)}; {Number(_compared.Shared)} are the same. Their figures differ for that reason, too.",
    };

    private IReadOnlyList<(string Name, string First, string Second, string Difference, string Tone)> Figures
    {
        get
        {
            var (first, second) = (_compared.First, _compared.Second);
            return
            [
                Line("Accuracy", first.Accuracy, second.Accuracy),
                Line("Mean F1 of the classes", first.MacroF1, second.MacroF1),
                Line("Calibration error", first.CalibrationError, second.CalibrationError, smaller: true),
                ("Mistakes", Number(Mistakes(first)), Number(Mistakes(second)), (Mistakes(second) - Mistakes(first)).ToString("+#,0;−#,0;0", CultureInfo.InvariantCulture), ""),
                ("Pictures", Number(first.Count), Number(second.Count), "", ""),
            ];
        }
    }

    /// <inheritdoc/>
    protected override void OnParametersSet()
    {
        if (_of == (First, Second))
        {
            return;
        }
        _of = (First, Second);
        _parts = First.Evaluation.Answers.Test is not null && Second.Evaluation.Answers.Test is not null
            ? [EvaluationParts.Test, EvaluationParts.Validation]
            : [EvaluationParts.Validation];
        ChoosePart(_parts[0]);
    }

    private void ChoosePart(string part)
    {
        _part = part;
        _compared = Second.Evaluation.Against(First.Evaluation, test: part == EvaluationParts.Test);
        _calibration = CalibrationCurve.Draw((First.Name, _compared.First), (Second.Name, _compared.Second));
        Arrange();
    }

    private void Sort(string column)
    {
        _order = (column, column == _order.Column && !_order.Down);
        Arrange();
    }

    private void Arrange()
    {
        // What there is no figure for stands at the end, whichever way.
        Func<ComparedClass, double?> value = _order.Column == First.Name ? of => of.First?.F1 : _order.Column == Second.Name ? of => of.Second?.F1 : of => of.Difference;
        var sorted = _order.Column == ByClass ? _compared.Classes.OrderBy(of => of.Name, StringComparer.CurrentCulture)
            : _compared.Classes.OrderBy(of => value(of) is null).ThenBy(of => _order.Down ? -value(of) : value(of));
        _classes = _order is (ByClass, true) ? [.. sorted.Reverse()] : [.. sorted];
    }

    private string? Sorted(string column) => column != _order.Column ? null : _order.Down ? "descending" : "ascending";

    private string Told(Disagreement picture) =>
        $"{First.Name}: {Classes[picture.First]}, {Format.Percent(picture.FirstConfidence)}; {Second.Name}: {Classes[picture.Second]}, {Format.Percent(picture.SecondConfidence)}";

    private static string Of(ComparedSide side) => side.Evaluation.Study is { DatasetVersion: { } version } study ? $"{study.Dataset} version {version}" : side.Evaluation.Study.Dataset!;

    private static int Mistakes(EvaluationReport report) => report.Count - (int)Math.Round(report.Accuracy * report.Count);

    private static (string, string, string, string, string) Line(string name, double first, double second, bool smaller = false) =>
        (name, Format.PreciseShare(first), Format.PreciseShare(second), Points(second - first), Tone(smaller ? first - second : second - first));

    private static string Tone(double? gain) => gain switch { > 0.0005 => "gain", < -0.0005 => "loss", _ => "" };

    // Points of a percentage: a difference of shares is no share.
    private static string Points(double? difference) =>
        difference is { } known ? (100 * known).ToString("+0.0;−0.0;0.0", CultureInfo.InvariantCulture) : "–";

    private static string Share(double? share) => share is { } known ? Format.PreciseShare(known) : "–";

    private static string Number(int number) => number.ToString("N0", CultureInfo.InvariantCulture);
}
