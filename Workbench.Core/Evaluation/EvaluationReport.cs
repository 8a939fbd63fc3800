namespace Workbench.Core.Evaluation;

/// <summary>How good answers are: all of it worked out from <see cref="Predictions"/>.</summary>
/// <param name="Count">How many pictures were answered.</param>
/// <param name="Accuracy">Share of right answers, 0…1.</param>
/// <param name="MacroF1">Mean of the classes' F1, each class counting the same; classes without pictures left out.</param>
/// <param name="CalibrationError">
/// Expected calibration error (Guo et al., "On calibration of modern neural networks", 2017): the distance between confidence and accuracy,
/// averaged over the bins by their counts; 0 is best.
/// </param>
/// <param name="Confusion">How many pictures of each class (row) got each answer (column).</param>
/// <param name="Classes">Figures of each class, in the order of the classes.</param>
/// <param name="Calibration">The bins of the calibration curve that hold answers, by rising confidence.</param>
/// <param name="Mistakes">Wrong answers, the most confident first, at most <see cref="MostMistakes"/>.</param>
public sealed record EvaluationReport(
    int Count, double Accuracy, double MacroF1, double CalibrationError, IReadOnlyList<IReadOnlyList<int>> Confusion,
    IReadOnlyList<ClassReport> Classes, IReadOnlyList<CalibrationBin> Calibration, IReadOnlyList<Mistake> Mistakes)
{
    /// <summary>The most mistakes that are listed.</summary>
    public const int MostMistakes = 100;

    private const int Bins = 10;

    /// <summary>Works it out.</summary>
    /// <param name="predictions">The answers; at least one.</param>
    /// <param name="classes">The names of the classes.</param>
    public static EvaluationReport Of(Predictions predictions, IReadOnlyList<string> classes)
    {
        var confusion = Enumerable.Range(0, classes.Count).Select(_ => new int[classes.Count]).ToArray();
        for (var i = 0; i < predictions.Count; i++)
        {
            confusion[predictions.Labels[i]][predictions.Answers[i]]++;
        }
        ClassReport[] reports = [.. classes.Select((name, c) => Report(name, c, confusion))];
        var bins = Calibrate(predictions);
        return new EvaluationReport(
            predictions.Count,
            Enumerable.Range(0, classes.Count).Sum(c => confusion[c][c]) / (double)predictions.Count,
            reports.Where(report => report.Count > 0).Average(report => report.F1 ?? 0),
            bins.Sum(bin => bin.Count * Math.Abs(bin.Confidence - bin.Accuracy)) / predictions.Count,
            confusion,
            reports,
            bins,
            FindMistakes(predictions));
    }

    // F1 = 2·precision·recall / (precision + recall) = 2·hits / (answered + there are).
    private static ClassReport Report(string name, int c, int[][] confusion)
    {
        var (hits, there, answered) = (confusion[c][c], confusion[c].Sum(), confusion.Sum(row => row[c]));
        return new(name, there, Share(hits, answered), Share(hits, there), Share(2 * hits, answered + there));
    }

    private static double? Share(int part, int whole) => whole == 0 ? null : (double)part / whole;

    private static CalibrationBin[] Calibrate(Predictions predictions) =>
    [
        .. Enumerable.Range(0, predictions.Count).GroupBy(i => Math.Min((int)(predictions.Confidences[i] * Bins), Bins - 1)).OrderBy(bin => bin.Key)
            .Select(bin => new CalibrationBin(
                (double)bin.Key / Bins,
                (bin.Key + 1.0) / Bins,
                bin.Count(),
                bin.Average(i => (double)predictions.Confidences[i]),
                bin.Average(i => predictions.Labels[i] == predictions.Answers[i] ? 1.0 : 0))),
    ];

    private static Mistake[] FindMistakes(Predictions predictions) =>
    [
        .. Enumerable.Range(0, predictions.Count).Where(i => predictions.Labels[i] != predictions.Answers[i])
            .OrderByDescending(i => predictions.Confidences[i]).Take(MostMistakes)
            .Select(i => new Mistake(predictions.Items[i], predictions.Labels[i], predictions.Answers[i], predictions.Confidences[i], predictions.OfLabels[i])),
    ];
}

/// <summary>Figures of one class.</summary>
/// <param name="Name">The class.</param>
/// <param name="Count">How many pictures of it there were.</param>
/// <param name="Precision">Share of the answers naming it that were right, 0…1; null when no answer named it.</param>
/// <param name="Recall">Share of its pictures that were recognized, 0…1; null when it had none.</param>
/// <param name="F1">Harmonic mean of the two, 0…1; null when there was neither a picture nor an answer.</param>
public sealed record ClassReport(string Name, int Count, double? Precision, double? Recall, double? F1);

/// <summary>Answers of about the same confidence.</summary>
/// <param name="From">The least confidence, 0…1.</param>
/// <param name="To">The most.</param>
/// <param name="Count">How many answers.</param>
/// <param name="Confidence">Their mean confidence.</param>
/// <param name="Accuracy">The share of them that was right.</param>
public sealed record CalibrationBin(double From, double To, int Count, double Confidence, double Accuracy);

/// <summary>A wrong answer.</summary>
/// <param name="Item">Index of the picture in the dataset's version.</param>
/// <param name="Label">Class index that is right.</param>
/// <param name="Answer">Class index that was answered.</param>
/// <param name="Confidence">Probability of the answer, 0…1.</param>
/// <param name="OfLabel">Probability of the class that is right, 0…1.</param>
public sealed record Mistake(int Item, int Label, int Answer, float Confidence, float OfLabel);
