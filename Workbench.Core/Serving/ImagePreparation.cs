using SkiaSharp;
using Workbench.Core.Datasets;

namespace Workbench.Core.Serving;

/// <summary>Makes of any picture of a digit the 28×28 image a model sees, framed as MNIST's images are.</summary>
public static class ImagePreparation
{
    /// <summary>The longest file that is looked at, in bytes.</summary>
    public const int MostBytes = 10 * 1024 * 1024;

    /// <summary>The largest image that is decoded, in pixels.</summary>
    public const long MostPixels = 40_000_000;

    // Finer detail than this has no part in an image of 28×28, and everything after works faster on less.
    private const int LongestSide = 192;

    /// <summary>
    /// Decodes PNG, JPEG and what else Skia knows, and prepares it. A white digit on black of 28×28 pixels passes unchanged.
    /// In everything else the ink is found, whatever the colours and the lighting, cut out, fitted into 20×20 and
    /// placed with its centre of mass in the middle. Pure and safe for use by several threads.
    /// </summary>
    /// <param name="file">The file's bytes.</param>
    /// <returns>28×28 bytes, row by row, 0 = background, 255 = ink.</returns>
    /// <exception cref="ImageException">It cannot be used; <see cref="ImageException.Fault"/> says why.</exception>
    public static byte[] Prepare(ReadOnlySpan<byte> file)
    {
        if (file.IsEmpty)
            throw new ImageException(ImageFault.Empty, "The file is empty.");
        if (file.Length > MostBytes)
            throw new ImageException(ImageFault.TooLarge, $"The file has {file.Length:N0} bytes; at most {MostBytes:N0} are taken.");
        using var data = SKData.CreateCopy(file);
        using var codec = SKCodec.Create(data)
            ?? throw new ImageException(ImageFault.NotAnImage, "The file is not an image of a known format, such as PNG or JPEG.");
        var info = codec.Info;
        if ((long)info.Width * info.Height > MostPixels)
        {
            throw new ImageException(ImageFault.TooManyPixels,
                $"The image has {info.Width:N0} × {info.Height:N0} pixels; at most {MostPixels:N0} are taken.");
        }
        var picture = Decode(codec);
        if (PassesUnchanged(picture) is { } image)
            return image;
        var grey = Orientation.Upright(picture.ToGrey(LongestSide), codec.EncodedOrigin);
        return DigitFraming.Frame(InkFinder.Find(grey));
    }

    private static Picture Decode(SKCodec codec)
    {
        // Without a colour space Skia hands out the stored values as they are.
        var info = new SKImageInfo(codec.Info.Width, codec.Info.Height, SKColorType.Rgba8888, SKAlphaType.Unpremul);
        var result = codec.GetPixels(info, out var pixels);
        if (result != SKCodecResult.Success)
            throw new ImageException(ImageFault.Truncated, "The image is cut off or damaged.");
        return new Picture(info.Width, info.Height, pixels, IsOpaque: codec.Info.IsOpaque);
    }

    /// <summary>The pixels, if this is a digit in MNIST's own form: 28×28, grey, opaque, and dark all around.</summary>
    private static byte[]? PassesUnchanged(Picture picture)
    {
        const int side = Dataset.Side;
        if (picture.Width != side || picture.Height != side || !picture.IsOpaqueGrey)
            return null;
        var image = new byte[Dataset.Pixels];
        var dark = 0;
        for (var at = 0; at < image.Length; at++)
        {
            image[at] = picture.Rgba[4 * at];
            if ((at / side is 0 or side - 1 || at % side is 0 or side - 1) && image[at] < 32)
                dark++;
        }
        const int around = 4 * (side - 1);
        return dark >= around * 9 / 10 && image.Max() >= 128 ? image : null;
    }
}
