using SkiaSharp;
using Workbench.Core.Serving;

namespace Workbench.Tests.Serving;

public sealed class OrientationTests
{
    public static TheoryData<string, byte> Orientations
    {
        get
        {
            var all = new TheoryData<string, byte>();
            foreach (var format in (string[])["jpeg", "png", "webp"])
            {
                foreach (var orientation in (byte[])[1, 2, 3, 4, 5, 6, 7, 8])
                {
                    all.Add(format, orientation);
                }
            }
            return all;
        }
    }

    [Theory]
    [MemberData(nameof(Orientations))]
    public void The_orientation_in_exif_is_honoured_in_every_format_that_carries_one(string format, byte orientation)
    {
        using var upright = Pictures.OnPaper(DigitReader.Unseen(1).First().Image);
        using var stored = Stored(upright, orientation);

        var turned = DigitReader.Prepare(Turned(stored));

        // The blocks of JPEG and WebP lie differently on the turned picture, so the two agree nearly, not exactly.
        var difference = turned.Zip(DigitReader.Prepare(upright.Jpeg(95)), (a, b) => (double)Math.Abs(a - b)).Average();
        Assert.InRange(difference, 0, 4);

        byte[] Turned(SKBitmap picture) => format switch
        {
            "jpeg" => Pictures.WithOrientation(picture.Jpeg(95), orientation),
            "png" => Pictures.PngWithOrientation(picture.Png(), orientation),
            _ => Pictures.WebpWithOrientation(picture.Webp(), picture.Width, picture.Height, orientation),
        };
    }

    [Fact]
    public void A_digit_in_mnists_own_form_is_turned_too()
    {
        var image = DigitReader.Unseen(1).First().Image;
        using var upright = Pictures.Of(image);
        using var stored = Stored(upright, 6);

        Assert.Equal(image, DigitReader.Prepare(Pictures.PngWithOrientation(stored.Png(), 6)));
    }

    [Fact]
    public void A_damaged_orientation_is_none()
    {
        var image = DigitReader.Unseen(1).First().Image;
        using var picture = Pictures.Of(image);
        var png = Pictures.PngWithOrientation(picture.Png(), 6);
        png[33 + 12]++;

        Assert.Equal(image, DigitReader.Prepare(png));
    }

    /// <summary>The picture as a camera held otherwise stores it.</summary>
    private static SKBitmap Stored(SKBitmap upright, byte orientation)
    {
        var swapped = orientation >= 5;
        var stored = new SKBitmap(swapped ? upright.Height : upright.Width, swapped ? upright.Width : upright.Height);
        int right = upright.Width - 1, bottom = upright.Height - 1;
        for (var y = 0; y < upright.Height; y++)
        {
            for (var x = 0; x < upright.Width; x++)
            {
                // Which stored row and column shows this pixel: the definition of the tag in the EXIF standard.
                var (column, row) = orientation switch
                {
                    2 => (right - x, y),
                    3 => (right - x, bottom - y),
                    4 => (x, bottom - y),
                    5 => (y, x),
                    6 => (y, right - x),
                    7 => (bottom - y, right - x),
                    8 => (bottom - y, x),
                    _ => (x, y),
                };
                stored.SetPixel(column, row, upright.GetPixel(x, y));
            }
        }
        return stored;
    }
}
