using SkiaSharp;
using Workbench.Core.Datasets;

namespace Workbench.Tests.Serving;

/// <summary>Pictures of digits, as people send them.</summary>
internal static class Pictures
{
    /// <summary>A 28×28 image as a picture of the same size.</summary>
    public static SKBitmap Of(ReadOnlySpan<byte> image)
    {
        var bitmap = new SKBitmap(new SKImageInfo(Dataset.Side, Dataset.Side, SKColorType.Gray8, SKAlphaType.Opaque));
        for (var y = 0; y < Dataset.Side; y++)
            image.Slice(y * Dataset.Side, Dataset.Side).CopyTo(bitmap.GetPixelSpan()[(y * bitmap.RowBytes)..]);
        return bitmap;
    }

    /// <summary>The digit on a larger canvas, in colours of one's choice.</summary>
    public static SKBitmap OnCanvas(ReadOnlySpan<byte> image, int width, int height, SKRect place, SKColor paper, SKColor ink)
    {
        using var digit = Of(image);
        var mask = new SKBitmap(new SKImageInfo(Dataset.Side, Dataset.Side, SKColorType.Alpha8, SKAlphaType.Premul));
        for (var y = 0; y < Dataset.Side; y++)
            image.Slice(y * Dataset.Side, Dataset.Side).CopyTo(mask.GetPixelSpan()[(y * mask.RowBytes)..]);
        var bitmap = new SKBitmap(new SKImageInfo(width, height, SKColorType.Rgba8888, SKAlphaType.Premul));
        using var canvas = new SKCanvas(bitmap);
        canvas.Clear(paper);
        using var paint = new SKPaint { Color = ink };
        using var shape = SKImage.FromBitmap(mask);
        canvas.DrawImage(shape, place, new SKSamplingOptions(SKCubicResampler.Mitchell), paint);
        mask.Dispose();
        return bitmap;
    }

    /// <summary>A drawing with a pen on a canvas.</summary>
    public static SKBitmap Drawn(int width, int height, SKColor paper, Action<SKCanvas> draw)
    {
        var bitmap = new SKBitmap(new SKImageInfo(width, height, SKColorType.Rgba8888, SKAlphaType.Premul));
        using var canvas = new SKCanvas(bitmap);
        canvas.Clear(paper);
        draw(canvas);
        return bitmap;
    }

    public static byte[] Png(this SKBitmap bitmap) => Encoded(bitmap, SKEncodedImageFormat.Png, 100);

    public static byte[] Jpeg(this SKBitmap bitmap, int quality = 80) => Encoded(bitmap, SKEncodedImageFormat.Jpeg, quality);

    public static byte[] Webp(this SKBitmap bitmap) => Encoded(bitmap, SKEncodedImageFormat.Webp, 90);

    /// <summary>The JPEG with an EXIF entry that says how it is to be turned.</summary>
    public static byte[] WithOrientation(byte[] jpeg, byte orientation)
    {
        byte[] exif =
        [
            0xff, 0xe1, 0, 34, .. "Exif\0\0"u8, .. "MM\0*"u8, 0, 0, 0, 8,
            0, 1, 0x01, 0x12, 0, 3, 0, 0, 0, 1, 0, orientation, 0, 0, 0, 0, 0, 0,
        ];
        return [.. jpeg[..2], .. exif, .. jpeg[2..]];
    }

    private static byte[] Encoded(SKBitmap bitmap, SKEncodedImageFormat format, int quality)
    {
        using var data = bitmap.Encode(format, quality);
        return data.ToArray();
    }
}
