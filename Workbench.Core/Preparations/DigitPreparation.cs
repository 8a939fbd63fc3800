using Workbench.Core.Datasets;
using Workbench.Core.Models;
using Workbench.Core.Pictures;

namespace Workbench.Core.Preparations;

/// <summary>
/// Makes of any picture of a digit an image of 28×28, framed as MNIST's images are: 0 for background, 1 for ink. A white digit on black of
/// that size passes unchanged. In everything else the ink is found, whatever the colours and the lighting, cut out, fitted into 20×20 and
/// placed with its centre of mass in the middle.
/// </summary>
public sealed class DigitPreparation : Preparation
{
    // Finer detail than this has no part in so small an image, and everything after works faster on less.
    private const int LongestSide = 192;

    /// <summary>As it is registered.</summary>
    public static PreparationKind Kind { get; } = new(MnistFrame.Preparation, _ => new DigitPreparation());

    /// <summary>Its settings; there is nothing to choose.</summary>
    public static PreparationSettings Usual { get; } =
        new(Kind.Name, new Dictionary<string, double> { ["side"] = MnistFrame.Side, ["box"] = MnistFrame.Box });

    /// <inheritdoc/>
    public override PreparationSettings Settings => Usual;

    /// <inheritdoc/>
    public override (int Channels, int Height, int Width) Shape => (1, MnistFrame.Side, MnistFrame.Side);

    /// <inheritdoc/>
    public override int ShorterSide => LongestSide;

    /// <inheritdoc/>
    public override string Description =>
        $"Cut the ink out of the picture, scale it to fit {MnistFrame.Box}×{MnistFrame.Box} pixels, put its centre of mass in the middle of {MnistFrame.Side}×{MnistFrame.Side}; grey, from 0 (background) to 1 (ink).";

    /// <inheritdoc/>
    internal override PictureUse Use => PictureUse.Grey(LongestSide);

    /// <inheritdoc/>
    public override void Prepare(Pixels picture, Span<float> prepared)
    {
        try
        {
            Take(Frame(Grey(picture)), prepared);
        }
        catch (ImageException blank) when (blank.Fault == ImageFault.Blank)
        {
            // One of many pictures: there is no one to tell, and nothing is what can be seen on it.
            prepared[..Size].Clear();
        }
    }

    /// <inheritdoc/>
    private protected override void Decode(PictureFile file, Span<float> prepared) => Take(Frame(file.DecodeGrey(LongestSide)), prepared);

    /// <inheritdoc/>
    private protected override void Take(Pixels picture, Span<float> prepared) => Take(picture.Values, prepared);

    private static byte[] Frame(Picture picture) => AsDigit(picture) ?? DigitFraming.Frame(InkFinder.Find(picture.Grey));

    /// <summary>The pixels, if this is a digit in MNIST's own form: of its size, grey, opaque, and dark all around; else null.</summary>
    private static byte[]? AsDigit(Picture picture)
    {
        const int side = MnistFrame.Side;
        if (picture.Grey.Width != side || picture.Grey.Height != side || !picture.WasGrey)
        {
            return null;
        }
        var image = new byte[MnistFrame.Pixels];
        var dark = 0;
        for (var at = 0; at < image.Length; at++)
        {
            image[at] = (byte)Math.Round(255 * picture.Grey.Values[at]);
            if ((at / side is 0 or side - 1 || at % side is 0 or side - 1) && image[at] < 32)
            {
                dark++;
            }
        }
        const int around = 4 * (side - 1);
        return dark >= around * 9 / 10 && image.Max() >= 128 ? image : null;
    }

    private static Picture Grey(Pixels picture)
    {
        var sum = new GreySum(picture.Width, picture.Height, LongestSide, isOpaque: true);
        var row = new byte[picture.Width];
        var isGrey = true;
        for (var y = 0; y < picture.Height; y++)
        {
            var pixels = picture.Values.AsSpan(y * picture.Width * picture.Channels, picture.Width * picture.Channels);
            if (picture.Channels == 1)
            {
                sum.AddGrey(y, pixels);
                continue;
            }
            for (var x = 0; x < row.Length; x++)
            {
                var (red, green, blue) = (pixels[3 * x], pixels[3 * x + 1], pixels[3 * x + 2]);
                isGrey &= red == green && green == blue;
                row[x] = (byte)Math.Round(GreySum.Luminance(red, green, blue));
            }
            sum.AddGrey(y, row);
        }
        return new Picture(sum.ToPlane(), isGrey);
    }

    private static void Take(ReadOnlySpan<byte> image, Span<float> prepared)
    {
        for (var at = 0; at < image.Length; at++)
        {
            prepared[at] = image[at] / 255f;
        }
    }
}
