using System.Buffers.Binary;
using System.IO.Hashing;
using SkiaSharp;
using Workbench.Core.Pictures;
using Workbench.Core.Serving;

namespace Workbench.Tests.Serving;

public sealed class ImageFaultTests
{
    private const string Blank = "The image is blank: nothing on it stands out from the background.";

    [Fact]
    public void No_bytes_are_an_empty_file() => Refused([], ImageFault.Empty, "The file is empty.");

    [Theory]
    [InlineData("just a text")]
    [InlineData("%PDF-1.7 and so on")]
    [InlineData("<svg xmlns='http://www.w3.org/2000/svg'/>")]
    public void Something_else_than_an_image_is_told_apart(string text) => Refused(
        System.Text.Encoding.UTF8.GetBytes(text), ImageFault.NotAnImage,
        "The file is not an image of a known format, such as PNG or JPEG.");

    [Fact]
    public void More_than_ten_megabytes_are_not_looked_at() => Refused(
        new byte[PictureLimits.MostBytes + 1], ImageFault.TooLarge,
        "The file has 10,485,761 bytes; at most 10,485,760 are taken.");

    [Fact]
    public void More_than_forty_megapixels_are_refused_by_the_header_alone() =>
        Refused(PngHeader(20_000, 2_001), ImageFault.TooManyPixels, "The image has 20,000 × 2,001 pixels; at most 40,000,000 are taken.");

    [Fact]
    public void A_png_cut_off_is_truncated()
    {
        var png = Digit().Png();

        foreach (var share in (double[])[0.5, 0.9])
            Refused(png[..(int)(share * png.Length)], ImageFault.Truncated, "The image is cut off or damaged.");
    }

    [Fact]
    public void A_jpeg_cut_off_is_truncated()
    {
        var jpeg = Digit().Jpeg();

        Refused(jpeg[..(jpeg.Length / 2)], ImageFault.Truncated, "The image is cut off or damaged.");
    }

    [Theory]
    [InlineData(0xff000000)]
    [InlineData(0xffffffff)]
    [InlineData(0xff3366cc)]
    [InlineData(0x00000000)]
    public void A_single_colour_is_blank(uint colour) =>
        Refused(Pictures.Drawn(100, 80, new SKColor(colour), _ => { }).Png(), ImageFault.Blank, Blank);

    [Fact]
    public void An_empty_image_of_the_models_own_size_is_blank() =>
        Refused(Pictures.Of(new byte[784]).Png(), ImageFault.Blank, Blank);

    [Fact]
    public void Paper_alone_is_blank_however_it_is_lit_and_however_the_camera_rustles()
    {
        var random = new Random(1);
        using var paper = new SKBitmap(400, 300);
        for (var y = 0; y < paper.Height; y++)
        {
            for (var x = 0; x < paper.Width; x++)
            {
                var value = (byte)Math.Clamp(220 - 0.2 * x - 0.1 * y + 4 * (random.NextDouble() + random.NextDouble() - 1), 0, 255);
                paper.SetPixel(x, y, new SKColor(value, value, value));
            }
        }

        Refused(paper.Jpeg(), ImageFault.Blank, Blank);
    }

    // Each ended the whole process: Skia reads, skips and seeks as the header says, through a stream that threw.
    [Theory]
    [InlineData(100, 0x9000_0000)]
    [InlineData(100, 0x7fff_ffff)]
    [InlineData(0xffff_ffff, 22)]
    [InlineData(0x7fff_ffff, 22)]
    public void An_icon_that_promises_gigabytes_is_no_image(uint size, uint offset)
    {
        byte[] icon = [0, 0, 1, 0, 1, 0, 16, 16, 0, 0, 1, 0, 32, 0, 0, 0, 0, 0, 0, 0, 0, 0, .. new byte[1000]];
        BinaryPrimitives.WriteUInt32LittleEndian(icon.AsSpan(14), size);
        BinaryPrimitives.WriteUInt32LittleEndian(icon.AsSpan(18), offset);

        Assert.Throws<ImageException>(() => DigitReader.Prepare(icon));
    }

    [Theory]
    [InlineData(0x9000_0000)]
    [InlineData(0x7fff_ffff)]
    public void A_bitmap_whose_pixels_lie_gigabytes_away_is_truncated(uint offset)
    {
        byte[] bitmap = [.. "BM"u8, .. new byte[12], 40, 0, 0, 0, 28, 0, 0, 0, 28, 0, 0, 0, 1, 0, 24, 0, .. new byte[24 + 28 * 28 * 3]];
        BinaryPrimitives.WriteUInt32LittleEndian(bitmap.AsSpan(2), (uint)bitmap.Length);
        BinaryPrimitives.WriteUInt32LittleEndian(bitmap.AsSpan(10), offset);

        Assert.Throws<ImageException>(() => DigitReader.Prepare(bitmap));
    }

    private static void Refused(byte[] file, ImageFault fault, string sentence)
    {
        var failure = Assert.Throws<ImageException>(() => DigitReader.Prepare(file));
        Assert.Equal((fault, sentence), (failure.Fault, failure.Message));
    }

    private static SKBitmap Digit() => Pictures.OnCanvas(
        DigitReader.Unseen(1).First().Image, 300, 300, SKRect.Create(40, 40, 200, 200), SKColors.White, SKColors.Black);

    /// <summary>A PNG that promises so many pixels and ends there.</summary>
    private static byte[] PngHeader(int width, int height)
    {
        byte[] chunk = [.. "IHDR"u8, 0, 0, 0, 0, 0, 0, 0, 0, 8, 0, 0, 0, 0];
        BinaryPrimitives.WriteInt32BigEndian(chunk.AsSpan(4), width);
        BinaryPrimitives.WriteInt32BigEndian(chunk.AsSpan(8), height);
        var checksum = new byte[4];
        BinaryPrimitives.WriteUInt32BigEndian(checksum, Crc32.HashToUInt32(chunk));
        return [137, 80, 78, 71, 13, 10, 26, 10, 0, 0, 0, 13, .. chunk, .. checksum, 0, 0, 0, 0, .. "IDAT"u8, 0x35, 0xaf, 0x06, 0x1e];
    }
}
