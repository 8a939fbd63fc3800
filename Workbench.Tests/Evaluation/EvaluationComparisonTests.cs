using Workbench.Core.Evaluation;

namespace Workbench.Tests.Evaluation;

public sealed class EvaluationComparisonTests
{
    private static readonly string[] Classes = ["cat", "dog"];

    [Fact]
    public void The_pictures_that_only_one_gets_right_are_told_with_both_answers()
    {
        var compared = EvaluationComparison.Of(Answers([5, 6, 7], [0, 0, 1], [0, 1, 1]), Classes, Answers([7, 6, 5], [1, 0, 0], [0, 0, 0]), Classes, sameData: true);

        Assert.True(compared.SamePictures);
        Assert.Equal((3, 2.0 / 3, 2.0 / 3), (compared.Shared, compared.First.Accuracy, compared.Second.Accuracy));
        Assert.Equal(new Disagreement(7, 1, 1, 0.9f, 0, 0.9f), Assert.Single(compared.OnlyFirstRight));
        Assert.Equal(new Disagreement(6, 0, 1, 0.9f, 0, 0.9f), Assert.Single(compared.OnlySecondRight));
    }

    [Fact]
    public void Of_different_pictures_those_that_both_answered_are_compared()
    {
        var compared = EvaluationComparison.Of(Answers([5, 6], [0, 0], [0, 1]), Classes, Answers([6, 8], [0, 1], [0, 1]), Classes, sameData: true);

        Assert.Equal((1, false), (compared.Shared, compared.SamePictures));
        Assert.Empty(compared.OnlyFirstRight);
        Assert.Equal(6, Assert.Single(compared.OnlySecondRight).Item);
    }

    [Fact]
    public void An_index_says_nothing_of_another_version_of_a_dataset()
    {
        var compared = EvaluationComparison.Of(Answers([5], [0], [0]), Classes, Answers([5], [0], [1]), Classes, sameData: false);

        Assert.Equal((0, false), (compared.Shared, compared.SamePictures));
        Assert.Empty(compared.OnlyFirstRight);
    }

    [Fact]
    public void A_class_is_compared_by_name_and_has_no_difference_where_one_lacks_it()
    {
        var compared = EvaluationComparison.Of(
            Answers([5, 6], [0, 1], [0, 1]), Classes, Answers([5, 6], [1, 2], [1, 1], classes: 3), ["ant", "cat", "owl"], sameData: false);

        Assert.Equal([("cat", 2.0 / 3 - 1), ("dog", null), ("ant", (double?)null), ("owl", null)], compared.Classes.Select(of => (of.Name, of.Difference)));
    }

    private static Predictions Answers(int[] items, int[] labels, int[] answers, int classes = 2)
    {
        var ofItems = new int[10];
        foreach (var (item, label) in items.Zip(labels))
        {
            ofItems[item] = label;
        }
        return Predictions.Of(items, ofItems, [.. answers.SelectMany(answer => Enumerable.Range(0, classes).Select(c => c == answer ? 0.9f : 0.1f / (classes - 1)))], classes);
    }
}
