using Bunit;
using Workbench.Components.Charts;
using Workbench.Components.Evaluation;
using Workbench.Core.Evaluation;
using Workbench.Core.Tracking;

namespace Workbench.Tests.Components.Evaluation;

public sealed class ComparedEvaluationTests : ComponentTests
{
    private static readonly string[] Classes = ["cat", "dog", "owl"];

    public ComparedEvaluationTests() => ComponentFactories.AddStub<PlotlyChart>();

    [Fact]
    public void Figures_stand_beside_each_other_with_their_difference()
    {
        var page = Compare([0, 1, 1, 2], [0, 0, 1, 2]);

        Assert.Equal(["75.0 %", "100.0 %", "+25.0"], page.FindAll(".summary tr")[1].QuerySelectorAll("td").Select(cell => cell.TextContent));
        Assert.Empty(page.FindAll(".notice"));
        Assert.Equal(2, page.FindAll(".confusion table").Count);
    }

    [Fact]
    public async Task Classes_are_sorted_by_their_difference_until_another_column_is_chosen()
    {
        var page = Compare([0, 1, 1, 2], [0, 0, 2, 2]);

        Assert.Equal(["dog", "owl", "cat"], Names());
        await page.InvokeAsync(() => page.FindAll(".classes th button")[3].Click());
        Assert.Equal(["cat", "owl", "dog"], Names());
        await page.InvokeAsync(() => page.FindAll(".classes th button")[0].Click());
        Assert.Equal(["cat", "dog", "owl"], Names());

        IEnumerable<string> Names() => page.FindAll(".classes tbody th").Select(name => name.TextContent);
    }

    [Fact]
    public void The_pictures_that_only_one_gets_right_are_shown_on_its_side()
    {
        var page = Compare([0, 1, 1, 2], [0, 0, 2, 2]);

        var sides = page.FindAll(".pictures").ToDictionary(side => side.QuerySelector("h2")!.TextContent, side => side.QuerySelectorAll("img").Select(picture => picture.GetAttribute("src")));
        Assert.Contains("items/12/", Assert.Single(sides["v1 right, v2 wrong"]), StringComparison.Ordinal);
        Assert.Contains("items/11/", Assert.Single(sides["v2 right, v1 wrong"]), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("set", 11, 2, "3 are the same")]
    [InlineData("other", 10, 0, "v1 on set and v2 on other")]
    public void That_they_were_judged_on_different_pictures_is_said(string dataset, int from, int sides, string said)
    {
        var page = Render(Side("v1", [0, 0, 1, 2], "set", 10), Side("v2", [0, 0, 1, 2], dataset, from));

        Assert.Contains("judged on different pictures", page.Find(".notice").TextContent, StringComparison.Ordinal);
        Assert.Contains(said, page.Find(".notice").TextContent, StringComparison.Ordinal);
        Assert.Equal(sides, page.FindAll(".pictures").Count);
    }

    private IRenderedComponent<ComparedEvaluation> Compare(int[] first, int[] second) => Render(Side("v1", first), Side("v2", second));

    private IRenderedComponent<ComparedEvaluation> Render(ComparedSide first, ComparedSide second) =>
        Render<ComparedEvaluation>(page => page.Add(p => p.First, first).Add(p => p.Second, second));

    // Two cats, a dog and an owl.
    private static ComparedSide Side(string name, int[] answers, string dataset = "set", int from = 10)
    {
        int[] items = [.. Enumerable.Range(from, 4)];
        var predictions = new Predictions(items, [0, 0, 1, 2], answers, [.. answers.Select(_ => 0.9f)], [.. answers.Select(_ => 0.1f)]);
        return new(name, new TrialEvaluation(StudyData.Study(dataset: dataset), 3, new HeldOut(Classes, predictions, null)));
    }
}
