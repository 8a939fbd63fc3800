using System.Buffers.Binary;
using SkiaSharp;
using Workbench.Core.Datasets;
using Workbench.Tests.Serving;

namespace Workbench.Tests.Datasets;

public class PictureDecoderTests
{
    private static readonly SKColor Reddish = new(200, 40, 90);

    [Fact]
    public void A_picture_comes_in_its_own_colours_row_by_row()
    {
        using var bitmap = Pictures.Drawn(3, 2, Reddish, canvas => canvas.DrawPoint(2, 1, SKColors.White));

        var pixels = PictureDecoder.Decode(bitmap.Png(), 2, channels: 3);

        Assert.Equal((3, 2, 3), (pixels.Width, pixels.Height, pixels.Channels));
        Assert.Equal([200, 40, 90], pixels.Values[..3]);
        Assert.Equal([255, 255, 255], pixels.Values[^3..]);
    }

    [Fact]
    public void What_is_transparent_is_white()
    {
        using var bitmap = Pictures.Drawn(2, 2, SKColors.Transparent, _ => { });

        Assert.All(PictureDecoder.Decode(bitmap.Png(), 2, channels: 3).Values, value => Assert.Equal(255, value));
    }

    [Fact]
    public void A_colour_picture_of_greys_is_grey()
    {
        using var grey = Pictures.Drawn(4, 4, new SKColor(90, 90, 90), _ => { });
        using var colour = Pictures.Drawn(4, 4, Reddish, _ => { });

        Assert.Equal(new PictureFacts(4, 4, 1), PictureDecoder.Inspect(grey.Png()));
        Assert.Equal(new PictureFacts(4, 4, 3), PictureDecoder.Inspect(colour.Png()));
        Assert.Equal([90], PictureDecoder.Decode(grey.Png(), 4, channels: 1).Values[..1]);
    }

    [Theory]
    [InlineData(3)]
    [InlineData(6)]
    [InlineData(8)]
    public void A_rotated_photograph_is_upright(byte orientation)
    {
        // Left half black, right half white, as it is stored.
        using var bitmap = Pictures.Drawn(64, 32, SKColors.White, canvas => canvas.DrawRect(0, 0, 32, 32, new SKPaint { Color = SKColors.Black }));
        byte[][] files = [Pictures.WithOrientation(bitmap.Jpeg(100), orientation), Pictures.PngWithOrientation(bitmap.Png(), orientation)];

        Assert.All(files, file =>
        {
            var pixels = PictureDecoder.Decode(file, 32, channels: 1);
            var facts = PictureDecoder.Inspect(file);
            Assert.Equal((facts.Width, facts.Height), (pixels.Width, pixels.Height));
            Assert.Equal(orientation == 3 ? (64, 32) : (32, 64), (pixels.Width, pixels.Height));
            var first = pixels.Values[0];
            // 3 turns by 180°, 6 clockwise, 8 the other way.
            Assert.Equal(orientation == 6 ? 0 : 255, first > 127 ? 255 : 0);
        });
    }

    [Fact]
    public void A_large_picture_comes_smaller_but_never_smaller_than_asked()
    {
        using var bitmap = Pictures.Drawn(1000, 700, Reddish, _ => { });

        Assert.All<byte[]>([bitmap.Jpeg(), bitmap.Png(), bitmap.Webp()], file =>
        {
            var pixels = PictureDecoder.Decode(file, 100, channels: 3);
            Assert.InRange(Math.Min(pixels.Width, pixels.Height), 100, 200);
            Assert.Equal(1000.0 / 700, pixels.Width / (double)pixels.Height, 0.05);
            Assert.InRange(pixels.Values[0], 195, 205);
        });
    }

    [Fact]
    public void Palettes_sixteen_bits_and_animations_are_read()
    {
        // A GIF of two frames, 1 × 1: the first white, the second black.
        var gif = Convert.FromHexString("47494638396101000100800000FFFFFF00000021F90400000000002C00000000010001000002024401002C00000000010001000002024C01003B");
        Assert.Equal([255, 255, 255], PictureDecoder.Decode(gif, 1, channels: 3).Values);

        var deep = SmallPictures.RawPng(16, 2, [200, 1, 40, 2, 90, 3], []);
        Assert.Equal([200, 40, 90], PictureDecoder.Decode(deep, 1, channels: 3).Values);

        var indexed = SmallPictures.RawPng(8, 3, [1], [0, 0, 0, 200, 40, 90]);
        Assert.Equal([200, 40, 90], PictureDecoder.Decode(indexed, 1, channels: 3).Values);
    }

    [Fact]
    public void What_is_no_sound_picture_is_told_why()
    {
        var png = SmallPictures.Png(1, 200, 200);
        using var bitmap = Pictures.Drawn(300, 300, Reddish, canvas => canvas.DrawCircle(100, 100, 80, new SKPaint { Color = SKColors.Blue }));
        var jpeg = bitmap.Jpeg();
        var huge = (byte[])png.Clone();
        BinaryPrimitives.WriteInt32BigEndian(huge.AsSpan(16), 60_000);
        BinaryPrimitives.WriteInt32BigEndian(huge.AsSpan(20), 60_000);
        BinaryPrimitives.WriteUInt32BigEndian(huge.AsSpan(29), System.IO.Hashing.Crc32.HashToUInt32(huge.AsSpan(12, 17)));
        (byte[] File, string Said)[] bad =
        [
            ([], "empty"),
            ("hello"u8.ToArray(), "no picture"),
            (png[..(png.Length / 2)], "cut off"),
            (jpeg[..(jpeg.Length / 2)], "cut off"),
            ([0, 0, 0, 24, .. "ftypheic"u8, 0, 0, 0, 0], "HEIC"),
            ([.. "II*\0"u8, .. new byte[20]], "TIFF"),
            (huge, "pixels"),
        ];

        Assert.All(bad, file => Assert.Contains(file.Said, Assert.Throws<DatasetException>(() => PictureDecoder.Inspect(file.File)).Message));
    }
}
