using Workbench.Core.Telemetry;

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
    public static byte[] Prepare(byte[] file)
    {
        using var picture = Open(new MemoryStream(file));
        return Prepare(picture);
    }

    /// <summary>Reads the header of an image and tells what memory it takes to prepare.</summary>
    /// <param name="file">Can seek; is disposed of with the result.</param>
    /// <exception cref="ImageException">It cannot be used.</exception>
    internal static PictureFile Open(Stream file) => PictureFile.Open(file, LongestSide);

    /// <summary>The same from an image that is open already.</summary>
    internal static byte[] Prepare(PictureFile file)
    {
        using var decoding = Decoding.Start();
        var picture = file.Decode();
        return picture.AsDigit() ?? DigitFraming.Frame(InkFinder.Find(picture.Grey));
    }
}
