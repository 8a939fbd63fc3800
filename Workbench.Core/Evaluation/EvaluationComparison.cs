namespace Workbench.Core.Evaluation;

/// <summary>The answers of two models beside each other: all of it worked out from their <see cref="Predictions"/>.</summary>
/// <param name="First">How good the first one's answers are.</param>
/// <param name="Second">How good the second one's are.</param>
/// <param name="Classes">Each class of either, in the order of the first one's classes; those of the second alone follow.</param>
/// <param name="Shared">How many pictures both answered; 0 when they are of different data.</param>
/// <param name="SamePictures">Whether both answered the same pictures and no others: only then their figures differ for no other reason than the models.</param>
/// <param name="OnlyFirstRight">Of the shared pictures those that the first one gets right and the second one wrong, the second's most confident mistakes first.</param>
/// <param name="OnlySecondRight">Those that the second one gets right and the first one wrong, likewise.</param>
public sealed record EvaluationComparison(
    EvaluationReport First, EvaluationReport Second, IReadOnlyList<ComparedClass> Classes, int Shared, bool SamePictures,
    IReadOnlyList<Disagreement> OnlyFirstRight, IReadOnlyList<Disagreement> OnlySecondRight)
{
    /// <summary>Works it out.</summary>
    /// <param name="first">The first one's answers; at least one.</param>
    /// <param name="firstClasses">The names of its classes.</param>
    /// <param name="second">The second one's answers; at least one.</param>
    /// <param name="secondClasses">The names of its classes.</param>
    /// <param name="sameData">Whether both are of the same version of a dataset, so that an index means the same picture.</param>
    public static EvaluationComparison Of(
        Predictions first, IReadOnlyList<string> firstClasses, Predictions second, IReadOnlyList<string> secondClasses, bool sameData)
    {
        var (one, other) = (EvaluationReport.Of(first, firstClasses), EvaluationReport.Of(second, secondClasses));
        var places = sameData ? second.Items.Index().ToDictionary(item => item.Item, item => item.Index) : [];
        List<Disagreement> shared =
        [
            .. Enumerable.Range(0, first.Count).Where(at => places.ContainsKey(first.Items[at])).Select(at => (Here: at, There: places[first.Items[at]]))
                .Select(at => new Disagreement(first.Items[at.Here], first.Labels[at.Here],
                    first.Answers[at.Here], first.Confidences[at.Here], second.Answers[at.There], second.Confidences[at.There])),
        ];
        return new EvaluationComparison(
            one, other,
            [
                .. firstClasses.Union(secondClasses).Select(name => new ComparedClass(
                    name, one.Classes.FirstOrDefault(of => of.Name == name), other.Classes.FirstOrDefault(of => of.Name == name))),
            ],
            shared.Count,
            shared.Count == first.Count && shared.Count == second.Count,
            [.. shared.Where(of => of.First == of.Label && of.Second != of.Label).OrderByDescending(of => of.SecondConfidence)],
            [.. shared.Where(of => of.Second == of.Label && of.First != of.Label).OrderByDescending(of => of.FirstConfidence)]);
    }
}

/// <summary>A class of two models.</summary>
/// <param name="Name">The class.</param>
/// <param name="First">The first one's figures; null when it has no such class.</param>
/// <param name="Second">The second one's.</param>
public sealed record ComparedClass(string Name, ClassReport? First, ClassReport? Second)
{
    /// <summary>The second one's F1 less the first one's, −1…1; null when one of them has none.</summary>
    public double? Difference => Second?.F1 - First?.F1;
}

/// <summary>A picture that two models answered.</summary>
/// <param name="Item">Index of the picture in the dataset's version.</param>
/// <param name="Label">Class index that is right.</param>
/// <param name="First">Class index that the first one answered.</param>
/// <param name="FirstConfidence">Probability of that answer, 0…1.</param>
/// <param name="Second">Class index that the second one answered.</param>
/// <param name="SecondConfidence">Probability of that answer, 0…1.</param>
public sealed record Disagreement(int Item, int Label, int First, float FirstConfidence, int Second, float SecondConfidence);
