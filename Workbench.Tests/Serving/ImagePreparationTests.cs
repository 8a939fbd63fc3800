using SkiaSharp;
using Workbench.Core.Preparations;
using Workbench.Core.Serving;

namespace Workbench.Tests.Serving;

public sealed class ImagePreparationTests
{
    [Fact]
    public void A_digit_in_mnists_own_form_passes_unchanged()
    {
        foreach (var (image, _) in DigitReader.Unseen(200))
        {
            using var picture = Pictures.Of(image);
            Assert.Equal(image, DigitReader.Prepare(picture.Png()));
        }
    }

    [Fact]
    public void An_inverted_digit_comes_out_as_it_was()
    {
        var same = DigitReader.Unseen(200).Count(digit =>
        {
            using var picture = Pictures.Of([.. digit.Image.Select(value => (byte)(255 - value))]);
            var difference = DigitReader.Prepare(picture.Png()).Zip(digit.Image, (a, b) => Math.Abs(a - b)).Max();
            return difference <= 8;
        });

        Assert.InRange(same, 190, 200);
    }

    [Theory]
    [InlineData("white on black", 0xff000000, 0xffffffff)]
    [InlineData("black on white", 0xffffffff, 0xff000000)]
    [InlineData("blue on white", 0xffffffff, 0xff1a3fb0)]
    [InlineData("pencil on paper", 0xfff4f0e6, 0xff8a8a8a)]
    [InlineData("chalk on a board", 0xff1f3d2b, 0xffd8e0d8)]
    [InlineData("yellow on blue", 0xff203080, 0xffffe030)]
    [InlineData("black on nothing", 0x00000000, 0xff000000)]
    [InlineData("white on nothing", 0x00ffffff, 0xffffffff)]
    public void The_colours_do_not_matter(string colours, uint paper, uint ink) => Assert.True(
        DigitReader.Accuracy(Placed(100, (image, random) =>
        {
            var size = random.Next(60, 200);
            var place = SKRect.Create(random.Next(5, 110), random.Next(5, 30), size, size);
            return Pictures.OnCanvas(image, 320, 240, place, new(paper), new(ink)).Png();
        })) >= 0.95, colours);

    [Theory]
    [InlineData(28, 60)]
    [InlineData(40, 300)]
    [InlineData(700, 1600)]
    [InlineData(1500, 2000)]
    public void The_size_does_not_matter(int digit, int canvas) => Assert.InRange(
        DigitReader.Accuracy(Placed(canvas > 1000 ? 15 : 50, (image, random) =>
        {
            var place = SKRect.Create(random.Next(canvas - digit), random.Next(canvas - digit), digit, digit);
            return Pictures.OnCanvas(image, canvas, canvas, place, SKColors.White, SKColors.Black).Png();
        })), 0.92, 1);

    [Fact]
    public void Jpeg_and_webp_are_read_as_png_is()
    {
        Assert.InRange(DigitReader.Accuracy(Placed(50, (image, _) => Pictures.OnPaper(image).Jpeg(quality: 40))), 0.94, 1);
        Assert.InRange(DigitReader.Accuracy(Placed(50, (image, _) => Pictures.OnPaper(image).Webp())), 0.94, 1);
    }

    [Fact]
    public void A_photograph_of_paper_is_read_in_uneven_light_and_with_noise() => Assert.InRange(
        DigitReader.Accuracy(Placed(30, (image, random) =>
        {
            using var page = Pictures.OnPaper(image);
            double slopeX = random.NextDouble() - 0.5, slopeY = random.NextDouble() - 0.5;
            for (var y = 0; y < page.Height; y++)
            {
                for (var x = 0; x < page.Width; x++)
                {
                    var light = 0.65 + 0.5 * (slopeX * x / page.Width + slopeY * y / page.Height);
                    var noise = 12 * (random.NextDouble() + random.NextDouble() - 1);
                    var value = (byte)Math.Clamp(page.GetPixel(x, y).Red * light + noise, 0, 255);
                    page.SetPixel(x, y, new SKColor(value, value, value));
                }
            }
            return page.Jpeg();
        })), 0.92, 1);

    [Fact]
    public void Specks_around_the_digit_are_left_out() => Assert.InRange(
        DigitReader.Accuracy(Placed(50, (image, random) =>
        {
            using var page = Pictures.OnPaper(image);
            for (var speck = 0; speck < 12; speck++)
                page.SetPixel(random.Next(page.Width), random.Next(page.Height), SKColors.Black);
            return page.Png();
        })), 0.94, 1);

    [Fact]
    public void The_dark_edge_of_a_table_beside_the_paper_is_left_out() => Assert.InRange(
        DigitReader.Accuracy(Placed(50, (image, _) =>
        {
            using var page = Pictures.OnPaper(image);
            using var canvas = new SKCanvas(page);
            canvas.DrawRect(0, 0, 12, page.Height, new SKPaint { Color = new SKColor(40, 30, 25) });
            return page.Png();
        })), 0.94, 1);

    [Theory]
    [InlineData(700, 1600)]
    [InlineData(1500, 2000)]
    public void A_large_picture_that_is_shrunk_while_it_is_decoded_is_read_as_well(int digit, int canvas) => Assert.InRange(
        DigitReader.Accuracy(Placed(30, (image, random) =>
        {
            var place = SKRect.Create(random.Next(canvas - digit), random.Next(canvas - digit), digit, digit);
            using var page = Pictures.OnCanvas(image, canvas, canvas, place, SKColors.White, SKColors.Black);
            return random.Next(2) == 0 ? page.Jpeg() : page.Webp();
        })), 0.92, 1);

    [Fact]
    public void A_picture_decoded_in_strips_comes_out_as_one_decoded_at_once()
    {
        // Light and dark parts, and something half transparent, in every strip.
        using var large = Pictures.Drawn(3000, 4000, SKColors.Transparent, canvas =>
        {
            using var pen = new SKPaint { Color = new SKColor(200, 40, 90, 160), StrokeWidth = 260, Style = SKPaintStyle.Stroke };
            canvas.DrawLine(600, 300, 2200, 3700, pen);
            pen.Color = SKColors.DarkBlue;
            canvas.DrawOval(1500, 2000, 900, 1500, pen);
        });
        using var strips = new DigitPreparation().Open(new MemoryStream(large.Png()));

        Assert.InRange(strips.Memory, 0, 40 << 20);
        Assert.All(Shrunk(large, 21).Zip(strips.DecodeGrey(192).Grey.Values), pair => Assert.Equal(pair.First, pair.Second, 1e-4f));
    }

    [Theory]
    [InlineData(2)]
    [InlineData(8)]
    [InlineData(20)]
    [InlineData(40)]
    public void A_digit_drawn_with_any_pen_is_read(float pen)
    {
        foreach (var (digit, path) in Strokes())
        {
            using var drawing = Pictures.Drawn(400, 400, SKColors.White, canvas =>
            {
                using var outline = SKPath.ParseSvgPathData(path);
                using var paint = new SKPaint { Style = SKPaintStyle.Stroke, StrokeWidth = pen, IsAntialias = true };
                (paint.StrokeCap, paint.StrokeJoin) = (SKStrokeCap.Round, SKStrokeJoin.Round);
                canvas.DrawPath(outline, paint);
            });
            Assert.Equal(digit, DigitReader.Read(drawing.Png()));
        }
    }

    [Fact]
    public void Ink_fits_twenty_pixels_and_lies_in_the_middle()
    {
        foreach (var (image, _) in DigitReader.Unseen(30))
        {
            using var picture = Pictures.OnPaper(image);
            var prepared = DigitReader.Prepare(picture.Png());
            var ink = Enumerable.Range(0, 784).Where(at => prepared[at] > 0).ToArray();
            double mass = ink.Sum(at => prepared[at]);

            Assert.InRange(ink.Max(at => at / 28) - ink.Min(at => at / 28) + 1, 1, 20);
            Assert.InRange(ink.Max(at => at % 28) - ink.Min(at => at % 28) + 1, 1, 20);
            Assert.Equal(255, prepared.Max());
            Assert.Equal(14, ink.Sum(at => at % 28 * prepared[at]) / mass, tolerance: 0.51);
            Assert.Equal(14, ink.Sum(at => at / 28 * prepared[at]) / mass, tolerance: 0.51);
        }
    }

    /// <summary>The digits as a hand draws them on a canvas of 400×400.</summary>
    private static IEnumerable<(int Digit, string Path)> Strokes() =>
    [
        (0, "M200 80 C110 80 100 320 200 320 C300 320 290 80 200 80 Z"),
        (1, "M205 80 L195 320"),
        (2, "M120 130 C150 60 280 60 270 150 C260 220 170 260 120 310 C180 300 230 310 290 305"),
        (3, "M130 100 C200 60 290 90 260 150 C250 180 210 190 180 195 C250 190 300 240 260 290 C220 335 150 320 120 290"),
        (4, "M150 80 C140 140 130 180 120 210 L280 200 M250 90 C245 180 240 250 235 330"),
        (5, "M280 90 L150 90 L140 190 C210 160 290 190 270 260 C255 325 160 330 120 290"),
        (6, "M260 80 C170 120 120 220 140 280 C160 330 260 325 265 260 C265 200 170 200 142 265"),
        (7, "M120 90 L285 90 C240 170 210 240 190 325"),
        (8, "M270 120 C230 60 130 80 150 140 C170 200 280 210 265 280 C245 340 130 330 140 265 C150 210 260 190 270 120"),
        (9, "M265 130 C240 70 140 80 145 150 C150 210 250 205 265 135 C265 200 255 270 235 325"),
    ];

    private static IEnumerable<(byte[] File, int Label)> Placed(int count, Func<byte[], Random, byte[]> place)
    {
        var random = new Random(11);
        return [.. DigitReader.Unseen(count).Select(digit => (place(digit.Image, random), digit.Label))];
    }

    /// <summary>Means over squares, on white.</summary>
    private static IEnumerable<float> Shrunk(SKBitmap picture, int side)
    {
        for (var top = 0; top < picture.Height; top += side)
        {
            for (var left = 0; left < picture.Width; left += side)
            {
                var (sum, count) = (0.0, 0);
                for (var y = top; y < Math.Min(picture.Height, top + side); y++)
                {
                    for (var x = left; x < Math.Min(picture.Width, left + side); x++, count++)
                    {
                        var colour = picture.GetPixel(x, y);
                        var luminance = 0.299 * colour.Red + 0.587 * colour.Green + 0.114 * colour.Blue;
                        sum += 255 + (luminance - 255) * colour.Alpha / 255;
                    }
                }
                yield return (float)(sum / count / 255);
            }
        }
    }
}
