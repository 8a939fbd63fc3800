using SkiaSharp;
using Workbench.Core.Datasets;
using Workbench.Tests.Serving;
using Workbench.Tests.Training;

namespace Workbench.Tests.Datasets;

public sealed class DrawnPicturesTests
{
    private static readonly SKColor Paper = new(238, 236, 230);

    [Fact]
    public void Digits_of_mnist_are_drawn() =>
        Assert.All(Enumerable.Range(0, 100), i => Assert.True(DrawnPictures.IsDrawn(Pictures.Of(Samples.Mnist.Image(i)).Png())));

    [Fact]
    public void A_pen_on_paper_is_drawn_whatever_its_size_and_format()
    {
        using var scan = Pictures.Drawn(900, 700, Paper, canvas =>
        {
            using var pen = new SKPaint { Color = new SKColor(40, 40, 48), StrokeWidth = 14, Style = SKPaintStyle.Stroke, IsAntialias = true };
            canvas.DrawCircle(450, 350, 180, pen);
            canvas.DrawLine(300, 200, 600, 500, pen);
        });

        Assert.True(DrawnPictures.IsDrawn(scan.Png()));
        Assert.True(DrawnPictures.IsDrawn(scan.Jpeg()));
    }

    [Fact]
    public void Shades_colours_and_a_blank_sheet_are_not()
    {
        using var shades = Pictures.Drawn(64, 64, SKColors.Black, canvas =>
        {
            using var light = new SKPaint { Shader = SKShader.CreateRadialGradient(new SKPoint(32, 32), 45, [SKColors.White, SKColors.Black], SKShaderTileMode.Clamp) };
            canvas.DrawPaint(light);
        });
        using var poppy = Pictures.Drawn(64, 64, Paper, canvas =>
        {
            using var red = new SKPaint { Color = SKColors.Red };
            canvas.DrawCircle(32, 32, 12, red);
        });
        using var blank = Pictures.Drawn(64, 64, Paper, _ => { });

        Assert.All([shades, poppy, blank], picture => Assert.False(DrawnPictures.IsDrawn(picture.Png())));
    }

    [Theory]
    [InlineData(0, 0, false)]
    [InlineData(57, 64, false)]
    [InlineData(58, 64, true)]
    public void A_dataset_is_drawn_when_nine_in_ten_of_its_pictures_are(int drawn, int lookedAt, bool isDrawn) =>
        Assert.Equal(isDrawn, DrawnPictures.IsDrawn(drawn, lookedAt));

    [Theory]
    [InlineData(10, 10)]
    [InlineData(64, 64)]
    [InlineData(1000, 67)]
    [InlineData(70_000, 65)]
    public void Few_of_many_are_looked_at_and_all_of_few(int count, int lookedAt) =>
        Assert.Equal(lookedAt, Enumerable.Range(0, count).Count(place => DrawnPictures.LooksAt(place, count)));
}
