using SkiaSharp;
using Workbench.Core.Datasets;

namespace Workbench.Core.Pictures;

/// <summary>
/// An image file whose header was read. Its pixels are decoded as small as the format allows and in strips where it allows that, so that
/// a small file cannot ask for a lot of memory.
/// </summary>
internal sealed class PictureFile : IDisposable
{
    // More than 32 MB, which glibc maps for itself and gives back at once; less it may keep.
    private const long LargestStrip = 36 << 20;

    // Of others, such as the raw formats of cameras, it is not known what they take.
    private static readonly SKEncodedImageFormat[] Known =
    [
        SKEncodedImageFormat.Png, SKEncodedImageFormat.Jpeg, SKEncodedImageFormat.Webp, SKEncodedImageFormat.Gif, SKEncodedImageFormat.Bmp,
        SKEncodedImageFormat.Ico, SKEncodedImageFormat.Wbmp,
    ];

    private const int SmallSide = 64;
    private const long LargePixels = 4_000_000;

    private readonly SKCodec _codec;
    private readonly SKImageInfo _info;
    private readonly SKEncodedOrigin _origin;
    private readonly Way _way;
    private readonly int _rows;

    private PictureFile(SKCodec codec, PngHeader? png, long length, PictureUse use)
    {
        _codec = codec;
        _origin = png?.Origin ?? codec.EncodedOrigin;
        var stored = codec.Info;
        var size = ScaledSize(codec, Orientation.Swaps(_origin) ? use.Scale(stored.Height, stored.Width) : use.Scale(stored.Width, stored.Height));
        // Without a colour space Skia hands out the stored values as they are.
        _info = stored.ColorType == SKColorType.Gray8
            ? new SKImageInfo(size.Width, size.Height, SKColorType.Gray8, SKAlphaType.Opaque)
            : new SKImageInfo(size.Width, size.Height, SKColorType.Rgba8888, SKAlphaType.Unpremul);
        var fits = _info.BytesSize64 <= LargestStrip;
        _way = codec.EncodedFormat switch
        {
            SKEncodedImageFormat.Png when !fits && png is { IsInterlaced: false } => Way.Incremental,
            SKEncodedImageFormat.Bmp or SKEncodedImageFormat.Wbmp when !fits => Way.Scanlines,
            _ => Way.Whole,
        };
        _rows = _way == Way.Whole ? _info.Height : (int)Math.Max(1, LargestStrip / _info.RowBytes64);
        // What a decoder keeps beside the pixels that it hands out, by stored pixel.
        var kept = codec.EncodedFormat switch
        {
            SKEncodedImageFormat.Png => png is { IsInterlaced: true } ? 8 : 0,
            // The coefficients of three components, if it is progressive.
            SKEncodedImageFormat.Jpeg => 6,
            SKEncodedImageFormat.Webp => 5,
            // May hold an interlaced PNG.
            SKEncodedImageFormat.Ico => 8,
            _ => 0,
        };
        Memory = use.Memory + length + _rows * _info.RowBytes64 + kept * (long)stored.Width * stored.Height;
    }

    private enum Way
    {
        Whole,
        Incremental,
        Scanlines,
    }

    /// <summary>The most memory that it takes to decode and to use, in bytes.</summary>
    public long Memory { get; }

    /// <summary>Whether decoding it takes a processor a noticeable time.</summary>
    public bool IsLarge => (long)_codec.Info.Width * _codec.Info.Height > LargePixels;

    /// <summary>Reads the header.</summary>
    /// <param name="file">It can seek, and is the picture's from now on.</param>
    /// <param name="use">What it is wanted for.</param>
    /// <exception cref="ImageException">It is no image, or too large a one.</exception>
    public static PictureFile Open(Stream file, PictureUse use)
    {
        var length = file.Length;
        if (length == 0)
        {
            throw new ImageException(ImageFault.Empty, "The file is empty.");
        }
        if (length > PictureLimits.MostBytes)
        {
            throw new ImageException(ImageFault.TooLarge, $"The file has {length:N0} bytes; at most {PictureLimits.MostBytes:N0} are taken.");
        }
        var png = PngHeader.Read(file);
        file.Position = 0;
        var codec = SKCodec.Create(new PictureStream(file));
        if (codec is null || !Known.Contains(codec.EncodedFormat))
        {
            codec?.Dispose();
            throw new ImageException(ImageFault.NotAnImage, "The file is not an image of a known format, such as PNG or JPEG.");
        }
        var stored = codec.Info;
        if ((long)stored.Width * stored.Height > PictureLimits.MostPixels)
        {
            codec.Dispose();
            throw new ImageException(ImageFault.TooManyPixels,
                $"The image has {stored.Width:N0} × {stored.Height:N0} pixels; at most {PictureLimits.MostPixels:N0} are taken.");
        }
        return new PictureFile(codec, png, length, use);
    }

    /// <summary>The picture as it is to be looked at, in shades of grey.</summary>
    /// <param name="longestSide">No side is longer, in pixels.</param>
    /// <exception cref="ImageException">It is cut off or damaged.</exception>
    public Picture DecodeGrey(int longestSide)
    {
        var sum = new GreySum(_info.Width, _info.Height, longestSide, _codec.Info.IsOpaque);
        var isGrey = Decode(sum);
        return new Picture(Orientation.Upright(sum.ToPlane(), _origin), isGrey);
    }

    /// <summary>The middle of the picture as it is to be looked at, with its colours, if it has any, on white.</summary>
    /// <param name="width">The result has the shape of width × height, and is no smaller where the picture is not.</param>
    /// <param name="height">See <paramref name="width"/>.</param>
    /// <exception cref="ImageException">It is cut off or damaged.</exception>
    public Pixels DecodeColour(int width, int height)
    {
        var (storedWidth, storedHeight) = Orientation.Swaps(_origin) ? (height, width) : (width, height);
        var sum = new ColourSum(_info.Width, _info.Height, storedWidth, storedHeight, _info.ColorType == SKColorType.Gray8);
        Decode(sum);
        return Orientation.Upright(sum.ToPixels(), _origin);
    }

    /// <inheritdoc/>
    public void Dispose() => _codec.Dispose();

    private static SKSizeI ScaledSize(SKCodec codec, float scale) =>
        scale < 1 && codec.EncodedFormat is SKEncodedImageFormat.Jpeg or SKEncodedImageFormat.Webp ? codec.GetScaledDimensions(scale) : codec.Info.Size;

    /// <returns>Whether all is grey and opaque; it is looked for in small pictures only.</returns>
    private bool Decode(IPictureRows rows)
    {
        var isGrey = true;
        using var strip = new SKBitmap(_info.WithSize(_info.Width, _rows));
        Start();
        for (var first = 0; first < _info.Height; first += _rows)
        {
            var count = Math.Min(_rows, _info.Height - first);
            Read(strip, first, count);
            isGrey &= Add(rows, strip.GetPixelSpan(), first, count);
        }
        return isGrey;
    }

    private void Start()
    {
        if (_way == Way.Scanlines)
        {
            Check(_codec.StartScanlineDecode(_info));
        }
    }

    private void Read(SKBitmap strip, int first, int count)
    {
        switch (_way)
        {
            case Way.Scanlines:
                Check(_codec.GetScanlines(strip.GetPixels(), count, strip.RowBytes) == count ? SKCodecResult.Success : SKCodecResult.IncompleteInput);
                break;
            case Way.Incremental:
                // Every strip reads the file from its start, but takes only its own rows.
                var rows = new SKCodecOptions(SKRectI.Create(0, first, _info.Width, count));
                Check(_codec.StartIncrementalDecode(_info, strip.GetPixels(), strip.RowBytes, rows));
                Check(_codec.IncrementalDecode());
                break;
            default:
                Check(_codec.GetPixels(_info, strip.GetPixels()));
                break;
        }
    }

    /// <returns>Whether all is grey and opaque; it is looked for in small pictures only.</returns>
    private bool Add(IPictureRows sum, ReadOnlySpan<byte> pixels, int first, int count)
    {
        var isGrey = _info.ColorType == SKColorType.Gray8;
        for (var row = 0; row < count; row++)
        {
            // Bitmaps of Windows are stored from the bottom.
            var y = _way == Way.Scanlines && _codec.ScanlineOrder == SKCodecScanlineOrder.BottomUp ? _info.Height - 1 - first - row : first + row;
            var values = pixels.Slice(row * _info.RowBytes, _info.RowBytes);
            if (isGrey)
            {
                sum.AddGrey(y, values);
            }
            else
            {
                sum.AddColour(y, values);
            }
        }
        return isGrey || _info.Width <= SmallSide && _info.Height <= SmallSide && Picture.IsOpaqueGrey(pixels);
    }

    private static void Check(SKCodecResult result)
    {
        if (result != SKCodecResult.Success)
        {
            throw new ImageException(ImageFault.Truncated, "The image is cut off or damaged.");
        }
    }
}
