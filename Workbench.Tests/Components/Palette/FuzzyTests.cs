using Workbench.Components.Palette;

namespace Workbench.Tests.Components.Palette;

public sealed class FuzzyTests
{
    [Theory]
    [InlineData("mt1", "mnist-transfer-1", "m t 1")]
    [InlineData("MNIST", "mnist-transfer-1", "mnist")]
    [InlineData("1 mn", "mnist-transfer-1", "mn 1")]
    [InlineData("stps", "stop study", "st p s")]
    [InlineData("add", "Load and add", "add")]
    [InlineData("tr", "retrial trial", "tr")]
    public void The_letters_that_were_typed_are_marked_where_they_fit_best(string query, string text, string pieces)
    {
        var match = Fuzzy.Match(query, text)!;

        var marked = string.Concat(text.Select((c, i) => match.Marks.Contains(i) ? c : ' '));
        Assert.Equal(pieces, string.Join(' ', marked.Split(' ', StringSplitOptions.RemoveEmptyEntries)));
    }

    [Theory]
    [InlineData("x", "study")]
    [InlineData("yduts", "study")]
    [InlineData("study now", "study")]
    [InlineData("s", "")]
    public void What_does_not_contain_all_letters_in_order_does_not_fit(string query, string text) => Assert.Null(Fuzzy.Match(query, text));

    [Fact]
    public void Nothing_typed_fits_to_everything() => Assert.Empty(Fuzzy.Match(" ", "study")!.Marks);

    [Theory]
    [InlineData("mnist", "mnist-transfer-1", "my-nice-test")]
    [InlineData("gp", "go to predict", "graph")]
    [InlineData("mnist-1", "mnist-1", "mnist-10")]
    public void The_better_fit_has_the_higher_score(string query, string better, string worse) =>
        Assert.True(Fuzzy.Match(query, better)!.Score > Fuzzy.Match(query, worse)!.Score);
}
