namespace Workbench.Core.Datasets;

/// <summary>
/// How MNIST's images were framed: the digit fits a box of 20×20, its aspect kept, and the box lies in the 28×28 image so
/// that the centre of mass is in the middle (LeCun et al., "Gradient-based learning applied to document recognition", 1998).
/// </summary>
public static class MnistFrame
{
    /// <summary>Width and height of an image, in pixels.</summary>
    public const int Side = 28;

    /// <summary>Pixels of an image.</summary>
    public const int Pixels = Side * Side;

    /// <summary>The name of the preparation that frames pictures of digits so.</summary>
    public const string Preparation = "digit";

    /// <summary>Width and height of the box the digit fits, in pixels.</summary>
    public const int Box = 20;

    /// <summary>
    /// Moves the ink by whole pixels, as MNIST did, so that its centre of mass comes as near to the middle as it can without
    /// ink leaving the image.
    /// </summary>
    /// <param name="image">28×28 bytes, 0 = background; changed in place. Without ink it stays as it is.</param>
    public static void Centre(Span<byte> image)
    {
        const int side = Side;
        long mass = 0, sumX = 0, sumY = 0;
        int left = side, top = side, right = -1, bottom = -1;
        for (var at = 0; at < image.Length; at++)
        {
            if (image[at] == 0)
                continue;
            int x = at % side, y = at / side;
            (mass, sumX, sumY) = (mass + image[at], sumX + (long)x * image[at], sumY + (long)y * image[at]);
            (left, right, top, bottom) = (Math.Min(left, x), Math.Max(right, x), Math.Min(top, y), Math.Max(bottom, y));
        }
        if (mass == 0)
            return;
        // The middle of 28 pixels lies between pixels 13 and 14; MNIST's own images have it at pixel 14.
        var dx = Math.Clamp((int)Math.Round(side / 2 - (double)sumX / mass), -left, side - 1 - right);
        var dy = Math.Clamp((int)Math.Round(side / 2 - (double)sumY / mass), -top, side - 1 - bottom);
        Span<byte> moved = stackalloc byte[Pixels];
        moved.Clear();
        for (var y = top; y <= bottom; y++)
            image.Slice(y * side + left, right - left + 1).CopyTo(moved[((y + dy) * side + left + dx)..]);
        moved.CopyTo(image);
    }
}
