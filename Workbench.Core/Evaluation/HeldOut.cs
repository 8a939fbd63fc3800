namespace Workbench.Core.Evaluation;

/// <summary>What a training answered of what it did not see.</summary>
/// <param name="Classes">The names of the classes, by class index.</param>
/// <param name="Validation">Of the pictures that the search was judged on.</param>
/// <param name="Test">Of the dataset's own test part, which the search does not see; null when it has none.</param>
public sealed record HeldOut(IReadOnlyList<string> Classes, Predictions Validation, Predictions? Test);

/// <summary>Answers, one a picture: five lists of the same length.</summary>
/// <param name="Items">Index of the picture in the dataset's version.</param>
/// <param name="Labels">Class index that is right.</param>
/// <param name="Answers">Class index that was answered: the most probable.</param>
/// <param name="Confidences">Probability of the answer, 0…1.</param>
/// <param name="OfLabels">Probability of the class that is right, 0…1.</param>
public sealed record Predictions(
    IReadOnlyList<int> Items, IReadOnlyList<int> Labels, IReadOnlyList<int> Answers, IReadOnlyList<float> Confidences, IReadOnlyList<float> OfLabels)
{
    /// <summary>How many pictures were answered.</summary>
    public int Count => Items.Count;

    /// <summary>Takes the answers from probabilities.</summary>
    /// <param name="items">Index of each picture in the dataset's version.</param>
    /// <param name="labels">The class index of each picture of the dataset.</param>
    /// <param name="probabilities">Picture after picture, the probability of each class.</param>
    /// <param name="classes">How many classes there are.</param>
    public static Predictions Of(IReadOnlyList<int> items, IReadOnlyList<int> labels, ReadOnlySpan<float> probabilities, int classes)
    {
        var (right, answers, confidences, ofLabels) = (new int[items.Count], new int[items.Count], new float[items.Count], new float[items.Count]);
        for (var i = 0; i < items.Count; i++)
        {
            var row = probabilities.Slice(i * classes, classes);
            var best = 0;
            for (var c = 1; c < classes; c++)
            {
                best = row[c] > row[best] ? c : best;
            }
            // Five digits are more than anyone reads, and half the size.
            (right[i], answers[i]) = (labels[items[i]], best);
            (confidences[i], ofLabels[i]) = (MathF.Round(row[best], 5), MathF.Round(row[right[i]], 5));
        }
        return new([.. items], right, answers, confidences, ofLabels);
    }
}
