using SkiaSharp;
using Workbench.Core.Datasets;
using Workbench.Core.Models;
using Workbench.Core.Pictures;
using Workbench.Core.Preparations;
using Workbench.Tests.Serving;
using Workbench.Tests.Training;

namespace Workbench.Tests.Preparations;

public sealed class PreparationTests
{
    private static readonly PreparationCatalog Catalog = new([DigitPreparation.Kind, ImageNetPreparation.Kind, ScaledPreparation.Kind]);
    private static readonly Preparation ImageNet = Catalog.Create(ImageNetPreparation.Usual);

    public static TheoryData<string> Names => ["digit", "imagenet", "scaled"];

    /// <summary>What every preparation does.</summary>
    [Theory, MemberData(nameof(Names))]
    public void A_preparation_is_made_again_from_its_settings_and_tells_what_it_makes(string name)
    {
        var preparation = Catalog.Create(Settings(name));
        using var picture = Scene(320, 200);

        var prepared = preparation.Prepare(picture.Jpeg(95));
        var again = Catalog.Create(preparation.Settings).Prepare(picture.Jpeg(95));

        Assert.Equal(name, preparation.Settings.Name);
        Assert.Equal(preparation.Shape.Channels * preparation.Shape.Height * preparation.Shape.Width, prepared.Length);
        Assert.Equal(prepared, again);
        Assert.True(prepared.Distinct().Count() > 20);
        Assert.EndsWith(".", preparation.Description, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("imagenet", 1)]
    [InlineData("scaled", 0.01)]
    public void A_file_and_its_decoded_pixels_become_the_same(string name, double tolerance)
    {
        var preparation = Catalog.Create(Settings(name));
        using var picture = Scene(300, 260);
        var pixels = new float[preparation.Size];

        preparation.Prepare(Pixels(picture), pixels);

        Assert.Equal(preparation.Prepare(picture.Png()), pixels, (one, other) => Math.Abs(one - other) <= tolerance);
    }

    [Fact]
    public void ImageNet_sees_the_middle_of_a_picture_in_planes_of_red_green_and_blue()
    {
        using var picture = Pictures.Drawn(400, 512, SKColors.Black, canvas => canvas.DrawRect(0, 56, 400, 400, new SKPaint { Color = new SKColor(200, 100, 50) }));

        var prepared = ImageNet.Prepare(picture.Png());

        Assert.Equal((3, 224, 224), ImageNet.Shape);
        Assert.All(prepared[..(224 * 224)], value => Assert.Equal(200, value, 0.01f));
        Assert.All(prepared[(224 * 224)..(2 * 224 * 224)], value => Assert.Equal(100, value, 0.01f));
        Assert.All(prepared[(2 * 224 * 224)..], value => Assert.Equal(50, value, 0.01f));
    }

    [Fact]
    public void What_is_transparent_is_white_and_a_grey_picture_has_three_equal_planes()
    {
        using var clear = Pictures.Drawn(256, 256, SKColors.Transparent, _ => { });
        Assert.All(ImageNet.Prepare(clear.Png()), value => Assert.Equal(255, value, 0.01f));

        using var grey = Pictures.Of(Samples.Mnist.Image(0));
        var planes = ImageNet.Prepare(grey.Png()).Chunk(224 * 224).ToArray();
        Assert.Equal(planes[0], planes[2]);
        Assert.True(planes[0].Max() > 200);
    }

    [Theory]
    [InlineData(1), InlineData(3), InlineData(6), InlineData(8)]
    public void A_photograph_that_was_turned_is_seen_upright(int orientation)
    {
        // Red above, green below, which a turned camera stores otherwise.
        using var stored = Pictures.Drawn(300, 300, SKColors.Black, canvas =>
        {
            var (red, green) = orientation switch
            {
                3 => (SKRect.Create(0, 150, 300, 150), SKRect.Create(0, 0, 300, 150)),
                6 => (SKRect.Create(0, 0, 150, 300), SKRect.Create(150, 0, 150, 300)),
                8 => (SKRect.Create(150, 0, 150, 300), SKRect.Create(0, 0, 150, 300)),
                _ => (SKRect.Create(0, 0, 300, 150), SKRect.Create(0, 150, 300, 150)),
            };
            canvas.DrawRect(red, new SKPaint { Color = SKColors.Red });
            canvas.DrawRect(green, new SKPaint { Color = SKColors.Lime });
        });

        var prepared = ImageNet.Prepare(Pictures.PngWithOrientation(stored.Png(), (byte)orientation));

        Assert.Equal((255, 0), (Math.Round(prepared[20 * 224 + 100], 2), Math.Round(prepared[200 * 224 + 100], 2)));
        Assert.Equal((0, 255), (Math.Round(prepared[224 * 224 + 20 * 224 + 100], 2), Math.Round(prepared[224 * 224 + 200 * 224 + 100], 2)));
    }

    [Theory]
    [InlineData(28, 28), InlineData(40, 17), InlineData(64, 64)]
    public void Scaled_pictures_have_their_size_and_lie_between_0_and_1(int height, int width)
    {
        var preparation = Catalog.Create(ScaledPreparation.To(1, height, width));
        using var picture = Scene(500, 300);

        var prepared = preparation.Prepare(picture.Png());

        Assert.Equal(height * width, prepared.Length);
        Assert.All(prepared, value => Assert.InRange(value, 0, 1.0001f));
    }

    [Fact]
    public void A_picture_in_its_own_size_passes_unchanged()
    {
        var image = Samples.Mnist.Image(3).ToArray();
        var to = new float[784];

        Catalog.Create(ScaledPreparation.To(1, 28, 28)).Prepare(new Pixels(28, 28, 1, image), to);

        Assert.Equal(image.Select(value => value / 255f), to, (one, other) => Math.Abs(one - other) < 1e-5);
    }

    [Fact]
    public void Pictures_that_a_dataset_has_prepared_are_taken_as_they_are()
    {
        var (prepared, digits) = (new float[784], Catalog.Create(DigitPreparation.Usual));
        // White up to the rim: no preparation would leave it so.
        var dataset = new GreyImages("rim", 28, [.. Enumerable.Repeat((byte)200, 784)], [0], ["a"], 1) { Preparation = "digit" };

        digits.Prepare(dataset, 0, prepared);

        Assert.All(prepared, value => Assert.Equal(200 / 255f, value));
    }

    [Fact]
    public void A_digit_of_a_dataset_is_framed_as_its_file_is_and_a_blank_one_is_nothing()
    {
        var digits = Catalog.Create(DigitPreparation.Usual);
        using var picture = Pictures.OnCanvas(Samples.Mnist.Image(7), 160, 120, SKRect.Create(30, 10, 100, 100), SKColors.White, SKColors.DarkBlue);
        var prepared = new float[784];

        digits.Prepare(Pixels(picture), prepared);
        Assert.True(prepared.Zip(digits.Prepare(picture.Png()), (one, other) => Math.Abs(one - other)).Average() < 0.01);

        digits.Prepare(new Pixels(50, 50, 3, [.. Enumerable.Repeat((byte)90, 7500)]), prepared);
        Assert.All(prepared, value => Assert.Equal(0, value));
    }

    [Fact]
    public void A_small_file_of_many_pixels_takes_no_more_than_a_strip_and_the_size_that_is_wanted()
    {
        using var large = Pictures.Drawn(6000, 6000, SKColors.Beige, canvas => canvas.DrawOval(3000, 3000, 2000, 900, new SKPaint { Color = SKColors.Teal }));
        var file = large.Png();

        using var picture = ImageNet.Open(new MemoryStream(file));

        Assert.InRange(picture.Memory, 1, (46 << 20) + file.Length);
        Assert.InRange(picture.DecodeColour(256, 256).Values.Length, 3 * 256 * 256, 3 * 512 * 512);
        using var small = large.Resize(new SKImageInfo(256, 256, SKColorType.Rgba8888, SKAlphaType.Premul), SKSamplingOptions.Default);
        Assert.True(ImageNet.Prepare(file).Zip(ImageNet.Prepare(small.Png()), (one, other) => Math.Abs(one - other)).Average() < 2);
    }

    [Fact]
    public void Numbers_that_make_no_sense_and_unknown_names_are_refused()
    {
        Assert.Throws<FormatException>(() => Catalog.Create(new PreparationSettings("imagenet", new Dictionary<string, double>())));
        Assert.Throws<FormatException>(() => Catalog.Create(ScaledPreparation.To(2, 28, 28)));
        Assert.Contains("digit, imagenet, scaled", Assert.Throws<FormatException>(
            () => Catalog.Create(new PreparationSettings("other", new Dictionary<string, double>()))).Message, StringComparison.Ordinal);
    }

    private static PreparationSettings Settings(string name) => name switch
    {
        "digit" => DigitPreparation.Usual,
        "imagenet" => ImageNetPreparation.Usual,
        _ => ScaledPreparation.To(3, 48, 64),
    };

    private static SKBitmap Scene(int width, int height) => Pictures.Drawn(width, height, SKColors.SkyBlue, canvas =>
    {
        using var shade = SKShader.CreateLinearGradient(
            new SKPoint(0, 0), new SKPoint(width, height), [SKColors.DarkGreen, SKColors.Orange, SKColors.White], SKShaderTileMode.Clamp);
        canvas.DrawOval(width / 2f, height / 2f, width / 3f, height / 3f, new SKPaint { Shader = shade });
    });

    private static Pixels Pixels(SKBitmap bitmap) => new(
        bitmap.Width, bitmap.Height, 3, [.. bitmap.Pixels.SelectMany(pixel => new[] { pixel.Red, pixel.Green, pixel.Blue })]);
}
