using Workbench.Core.Evaluation;

namespace Workbench.Tests.Evaluation;

public sealed class EvaluationReportTests
{
    private static readonly string[] Classes = ["cat", "dog", "owl"];

    // Of three cats two are right; both dogs are taken for cats; there is no owl.
    private static readonly Predictions Pets = Predictions.Of(
        [3, 0, 4, 1, 2],
        [0, 1, 1, 0, 0],
        [
            0.9f, 0.1f, 0,
            0.2f, 0.7f, 0.1f,
            0.6f, 0.4f, 0,
            0.95f, 0.05f, 0,
            0.8f, 0.1f, 0.1f,
        ],
        Classes.Length);

    [Fact]
    public void The_answer_is_the_most_probable_class()
    {
        Assert.Equal([0, 0, 0, 1, 1], Pets.Labels);
        Assert.Equal([0, 1, 0, 0, 0], Pets.Answers);
    }

    [Fact]
    public void Rows_of_the_confusion_are_what_is_right_and_columns_what_was_answered()
    {
        var report = EvaluationReport.Of(Pets, Classes);

        Assert.Equal([[2, 1, 0], [2, 0, 0], [0, 0, 0]], report.Confusion);
        Assert.Equal((5, 0.4), (report.Count, report.Accuracy));
    }

    [Fact]
    public void A_figure_that_there_is_no_case_for_is_null()
    {
        var report = EvaluationReport.Of(Pets, Classes);

        Assert.Equal(new ClassReport("cat", 3, 0.5, 2.0 / 3, 4.0 / 7), report.Classes[0]);
        Assert.Equal(new ClassReport("dog", 2, 0, 0, 0), report.Classes[1]);
        Assert.Equal(new ClassReport("owl", 0, null, null, null), report.Classes[2]);
        Assert.Equal(2.0 / 7, report.MacroF1, 1e-9);
    }

    [Fact]
    public void Mistakes_are_told_the_most_confident_first()
    {
        var mistakes = EvaluationReport.Of(Pets, Classes).Mistakes;

        Assert.Equal([1, 2, 0], mistakes.Select(mistake => mistake.Item));
        Assert.Equal(new Mistake(1, 1, 0, 0.95f, 0.05f), mistakes[0]);
    }

    [Fact]
    public void The_calibration_error_is_the_distance_between_confidence_and_accuracy()
    {
        var report = EvaluationReport.Of(Pets, Classes);

        // 0.6 right, 0.7 wrong, 0.8 wrong, 0.9 right and 0.95 wrong.
        Assert.Equal([(1, 1.0), (1, 0.0), (1, 0.0), (2, 0.5)], report.Calibration.Select(bin => (bin.Count, bin.Accuracy)));
        Assert.Equal((0.4 + 0.7 + 0.8 + (2 * 0.425)) / 5, report.CalibrationError, 1e-6);
    }
}
