using AngleSharp.Dom;
using Bunit;
using SkiaSharp;
using Workbench.Components.Predict;

namespace Workbench.Tests.Components.Predict;

public sealed class PredictPartsTests : ComponentTests
{
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
}
