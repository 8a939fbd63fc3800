using Workbench.Core.Datasets;

namespace Workbench.Core.Serving;

/// <summary>A decoded image, upright and in shades of grey.</summary>
/// <param name="Grey">Its pixels.</param>
/// <param name="WasGrey">Whether the file has no colour and lets nothing through; known of images of a model's own size.</param>
internal sealed record Picture(Plane Grey, bool WasGrey)
{
    /// <summary>The pixels, if this is a digit in MNIST's own form: 28×28, grey, opaque, and dark all around; else null.</summary>
    public byte[]? AsDigit()
    {
        const int side = MnistFrame.Side;
        if (Grey.Width != side || Grey.Height != side || !WasGrey)
        {
            return null;
        }
        var image = new byte[MnistFrame.Pixels];
        var dark = 0;
        for (var at = 0; at < image.Length; at++)
        {
            image[at] = (byte)Math.Round(255 * Grey.Values[at]);
            if ((at / side is 0 or side - 1 || at % side is 0 or side - 1) && image[at] < 32)
            {
                dark++;
            }
        }
        const int around = 4 * (side - 1);
        return dark >= around * 9 / 10 && image.Max() >= 128 ? image : null;
    }

    /// <summary>Whether no pixel, of four bytes, has a colour or lets anything through.</summary>
    public static bool IsOpaqueGrey(ReadOnlySpan<byte> pixels)
    {
        for (var at = 0; at < pixels.Length; at += 4)
        {
            if (pixels[at] != pixels[at + 1] || pixels[at] != pixels[at + 2] || pixels[at + 3] != 255)
            {
                return false;
            }
        }
        return true;
    }
}
