using AngleSharp.Dom;
using Bunit;
using SkiaSharp;
using Workbench.Components.Predict;

namespace Workbench.Tests.Components.Predict;

public sealed class PredictPartsTests : ComponentTests
{
    public PredictPartsTests() => JSInterop.Mode = JSRuntimeMode.Loose;

    [Fact]
    public void The_image_the_model_sees_is_shown_pixel_by_pixel()
    {
        var pixels = Enumerable.Range(0, 28 * 28).Select(i => (byte)(i * 7)).ToArray();

        using var bitmap = SKBitmap.Decode(Convert.FromBase64String(GrayBitmap.DataUri(pixels, 28).Split(',')[1]));

        Assert.Equal((28, 28), (bitmap.Width, bitmap.Height));
        Assert.Equal(pixels, bitmap.Pixels.Select(pixel => pixel.Red));
    }

    [Fact]
    public void The_most_probable_class_stands_out()
    {
        var bars = Render<Probabilities>(p => p.Add(b => b.Classes, ["cat", "dog", "owl"]).Add(b => b.Values, [0.2f, 0.7996f, 0.0004f]));

        Assert.Equal(["cat20.0 %", "dog80.0 %", "owl< 0.1 %"], bars.FindAll("li").Select(li => li.Text().Replace("\n", "", StringComparison.Ordinal).Replace("  ", "", StringComparison.Ordinal).Trim()));
        Assert.Equal("dog", bars.Find("li.top b").TextContent);
    }

    [Fact]
    public void Before_the_first_answer_no_class_stands_out()
    {
        var bars = Render<Probabilities>(p => p.Add(b => b.Classes, ["0", "1"]).Add(b => b.Values, null));

        Assert.Empty(bars.FindAll(".top"));
        Assert.Equal(2, bars.FindAll("li").Count);
    }

    [Theory]
    [InlineData("digit", "0", "1")]
    [InlineData("character", "a", "ж")]
    [InlineData("picture", "cat", "star")]
    [InlineData("picture", "0", "10")]
    public void What_is_drawn_is_called_after_the_classes(string thing, params string[] classes) => Assert.Equal(thing, PredictPage.Drawn(classes));

    [Fact]
    public void The_sheet_speaks_of_what_the_model_is_made_for()
    {
        var pad = Render<ImagePad>(p => p.Add(x => x.CanDraw, true).Add(x => x.Thing, "letter").Add(x => x.OnSeveral, _ => Task.FromResult(0)).Add(x => x.OnOneOfSeveral, _ => Task.FromResult(false)));

        Assert.Equal("Draw a letter", pad.Find(".invitation b").TextContent);
        Assert.Contains("the letter is found", pad.Find(".below").TextContent, StringComparison.Ordinal);
        pad.Render(p => p.Add(x => x.CanDraw, false));
        Assert.Equal("Drop pictures", pad.Find(".invitation b").TextContent);
        Assert.DoesNotContain("letter is found", pad.Find(".below").TextContent, StringComparison.Ordinal);
    }
}
