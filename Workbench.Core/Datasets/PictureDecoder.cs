using SkiaSharp;

namespace Workbench.Core.Datasets;

/// <summary>What a picture's file says of it.</summary>
/// <param name="Width">Pixels in a row, upright.</param>
/// <param name="Height">Rows, upright.</param>
/// <param name="Channels">1 when all of it is grey, else 3.</param>
public sealed record PictureFacts(int Width, int Height, int Channels);

/// <summary>Decodes the pictures of datasets: PNG, JPEG, WebP, GIF (its first frame), BMP and the like, in any depth and colour space.</summary>
public static class PictureDecoder
{
    /// <summary>The largest file that is decoded.</summary>
    public const int MostBytes = 32 << 20;

    /// <summary>The most pixels of a picture that is decoded.</summary>
    public const long MostPixels = 40_000_000;

    // Such pictures are decoded one at a time: each takes a hundred megabytes.
    private const long LargePixels = 8_000_000;

    private static readonly SKEncodedImageFormat[] Known =
    [
        SKEncodedImageFormat.Png, SKEncodedImageFormat.Jpeg, SKEncodedImageFormat.Webp, SKEncodedImageFormat.Gif, SKEncodedImageFormat.Bmp,
        SKEncodedImageFormat.Ico, SKEncodedImageFormat.Wbmp,
    ];

    private static readonly SemaphoreSlim Large = new(1);

    /// <summary>Decodes the whole picture, as small as its format allows, to see that it is sound.</summary>
    /// <exception cref="DatasetException">It is no picture, damaged or too large; the message says which, as a sentence.</exception>
    public static PictureFacts Inspect(byte[] file) => Decode(file, 1, (stored, bitmap, origin) =>
    {
        var isGrey = stored.ColorType == SKColorType.Gray8 || IsGrey(bitmap.GetPixelSpan());
        return Swaps(origin) ? new PictureFacts(stored.Height, stored.Width, isGrey ? 1 : 3) : new PictureFacts(stored.Width, stored.Height, isGrey ? 1 : 3);
    });

    /// <summary>Decodes a picture: upright, on white.</summary>
    /// <param name="file">Its file.</param>
    /// <param name="shorterSide">The least width and height that are needed; one that is at least twice as large is scaled down by a whole number.</param>
    /// <param name="channels">1 or 3.</param>
    /// <exception cref="DatasetException">It is no picture, damaged or too large; the message says which, as a sentence.</exception>
    public static Pixels Decode(byte[] file, int shorterSide, int channels) => Decode(file, shorterSide, (_, bitmap, origin) =>
    {
        var factor = Math.Max(1, Math.Min(bitmap.Width, bitmap.Height) / Math.Max(1, shorterSide));
        var pixels = bitmap.ColorType == SKColorType.Gray8
            ? Shrink(bitmap.GetPixelSpan(), bitmap.RowBytes, bitmap.Width, bitmap.Height, factor, 1)
            : Shrink(bitmap.GetPixelSpan(), bitmap.RowBytes, bitmap.Width, bitmap.Height, factor, 4);
        return Upright(InChannels(pixels, channels), origin);
    });

    private static T Decode<T>(byte[] file, int shorterSide, Func<SKImageInfo, SKBitmap, SKEncodedOrigin, T> use)
    {
        if (file.Length == 0)
        {
            throw new DatasetException("The file is empty.");
        }
        if (file.Length > MostBytes)
        {
            throw new DatasetException($"The file has {file.Length:N0} bytes; {MostBytes:N0} is the most of a picture.");
        }
        using var data = SKData.CreateCopy(file);
        using var codec = SKCodec.Create(data);
        if (codec is null || !Known.Contains(codec.EncodedFormat))
        {
            throw new DatasetException(Unknown(file));
        }
        var stored = codec.Info;
        var pixels = (long)stored.Width * stored.Height;
        if (pixels > MostPixels)
        {
            throw new DatasetException($"The picture has {stored.Width:N0} × {stored.Height:N0} pixels; {MostPixels:N0} is the most.");
        }
        var origin = PngHeader.Read(new MemoryStream(file, writable: false))?.Origin ?? codec.EncodedOrigin;
        if (pixels > LargePixels)
        {
            Large.Wait();
        }
        try
        {
            var size = ScaledSize(codec, shorterSide);
            // Without a colour space Skia hands out the stored values as they are.
            using var bitmap = new SKBitmap(stored.ColorType == SKColorType.Gray8
                ? new SKImageInfo(size.Width, size.Height, SKColorType.Gray8, SKAlphaType.Opaque)
                : new SKImageInfo(size.Width, size.Height, SKColorType.Rgba8888, SKAlphaType.Unpremul));
            if (codec.GetPixels(bitmap.Info, bitmap.GetPixels()) != SKCodecResult.Success)
            {
                throw new DatasetException("The picture is cut off or damaged.");
            }
            return use(stored, bitmap, origin);
        }
        finally
        {
            if (pixels > LargePixels)
            {
                Large.Release();
            }
        }
    }

    private static string Unknown(ReadOnlySpan<byte> file)
    {
        if (file.Length >= 12 && file[4..].StartsWith("ftyp"u8))
        {
            return file[8..].StartsWith("avif"u8) || file[8..].StartsWith("avis"u8)
                ? "It is an AVIF picture, which can't be read. Save it as JPEG or PNG."
                : "It is a HEIC picture, which can't be read. Save it as JPEG or PNG.";
        }
        return file.StartsWith("II*\0"u8) || file.StartsWith("MM\0*"u8)
            ? "It is a TIFF or raw picture, which can't be read. Save it as JPEG or PNG."
            : "It is no picture of a known format, such as JPEG or PNG.";
    }

    // JPEG shrinks by eighths while it is decoded.
    private static SKSizeI ScaledSize(SKCodec codec, int shorterSide)
    {
        var wanted = shorterSide / (float)Math.Min(codec.Info.Width, codec.Info.Height);
        return wanted < 1 && codec.EncodedFormat is SKEncodedImageFormat.Jpeg or SKEncodedImageFormat.Webp
            ? codec.GetScaledDimensions(MathF.Ceiling(8 * wanted) / 8)
            : codec.Info.Size;
    }

    private static bool IsGrey(ReadOnlySpan<byte> rgba)
    {
        for (var at = 0; at + 3 < rgba.Length; at += 4)
        {
            if (rgba[at] != rgba[at + 1] || rgba[at] != rgba[at + 2])
            {
                return false;
            }
        }
        return true;
    }

    // Means of squares of pixels, on white.
    private static Pixels Shrink(ReadOnlySpan<byte> values, int rowBytes, int width, int height, int factor, int stored)
    {
        var (channels, toWidth, toHeight) = (stored == 1 ? 1 : 3, width / factor, height / factor);
        var result = new byte[toWidth * toHeight * channels];
        var area = factor * factor;
        Span<int> sums = stackalloc int[3];
        for (int y = 0, to = 0; y < toHeight; y++)
        {
            for (var x = 0; x < toWidth; x++, to += channels)
            {
                sums.Clear();
                for (var row = 0; row < factor; row++)
                {
                    var at = (y * factor + row) * rowBytes + x * factor * stored;
                    for (var column = 0; column < factor; column++, at += stored)
                    {
                        Add(sums, values.Slice(at, stored));
                    }
                }
                for (var channel = 0; channel < channels; channel++)
                {
                    result[to + channel] = (byte)((sums[channel] + area / 2) / area);
                }
            }
        }
        return new Pixels(toWidth, toHeight, channels, result);
    }

    private static void Add(Span<int> sums, ReadOnlySpan<byte> pixel)
    {
        if (pixel.Length == 1)
        {
            sums[0] += pixel[0];
            return;
        }
        var alpha = pixel[3];
        for (var channel = 0; channel < 3; channel++)
        {
            sums[channel] += alpha == 255 ? pixel[channel] : (pixel[channel] * alpha + 255 * (255 - alpha) + 127) / 255;
        }
    }

    private static Pixels InChannels(Pixels pixels, int channels)
    {
        if (pixels.Channels == channels)
        {
            return pixels;
        }
        var count = pixels.Width * pixels.Height;
        var values = new byte[count * channels];
        for (var at = 0; at < count; at++)
        {
            if (channels == 3)
            {
                values.AsSpan(3 * at, 3).Fill(pixels.Values[at]);
            }
            else
            {
                // The weights of Rec. 601, as in JPEG.
                var rgb = pixels.Values.AsSpan(3 * at, 3);
                values[at] = (byte)((299 * rgb[0] + 587 * rgb[1] + 114 * rgb[2] + 500) / 1000);
            }
        }
        return new Pixels(pixels.Width, pixels.Height, channels, values);
    }

    private static bool Swaps(SKEncodedOrigin origin) =>
        origin is SKEncodedOrigin.LeftTop or SKEncodedOrigin.RightTop or SKEncodedOrigin.RightBottom or SKEncodedOrigin.LeftBottom;

    private static Pixels Upright(Pixels stored, SKEncodedOrigin origin)
    {
        if (origin is SKEncodedOrigin.TopLeft or SKEncodedOrigin.Default)
        {
            return stored;
        }
        int right = stored.Width - 1, bottom = stored.Height - 1, channels = stored.Channels;
        var (width, height) = Swaps(origin) ? (stored.Height, stored.Width) : (stored.Width, stored.Height);
        var values = new byte[stored.Values.Length];
        for (int y = 0, to = 0; y < height; y++)
        {
            for (var x = 0; x < width; x++, to += channels)
            {
                var (fromX, fromY) = origin switch
                {
                    SKEncodedOrigin.TopRight => (right - x, y),
                    SKEncodedOrigin.BottomRight => (right - x, bottom - y),
                    SKEncodedOrigin.BottomLeft => (x, bottom - y),
                    SKEncodedOrigin.LeftTop => (y, x),
                    SKEncodedOrigin.RightTop => (y, bottom - x),
                    SKEncodedOrigin.RightBottom => (right - y, bottom - x),
                    _ => (right - y, x),
                };
                stored.Values.AsSpan((fromY * stored.Width + fromX) * channels, channels).CopyTo(values.AsSpan(to));
            }
        }
        return new Pixels(width, height, channels, values);
    }
}
