namespace Workbench.Core.Serving;

/// <summary>A decoded image, in colour.</summary>
/// <param name="Width">In pixels.</param>
/// <param name="Height">In pixels.</param>
/// <param name="Rgba">Four bytes a pixel, row by row; the colour is not multiplied with the alpha.</param>
/// <param name="IsOpaque">Whether the format says that nothing shows through.</param>
internal sealed record Picture(int Width, int Height, byte[] Rgba, bool IsOpaque)
{
    /// <summary>Whether no pixel has a colour or lets anything through.</summary>
    public bool IsOpaqueGrey
    {
        get
        {
            for (var at = 0; at < Rgba.Length; at += 4)
            {
                if (Rgba[at] != Rgba[at + 1] || Rgba[at] != Rgba[at + 2] || Rgba[at + 3] != 255)
                    return false;
            }
            return true;
        }
    }

    /// <summary>
    /// The picture in shades of grey, no side longer than so many pixels. What is transparent shows a background that what is
    /// opaque stands out from: white behind dark, black behind light.
    /// </summary>
    public Plane ToGrey(int longestSide)
    {
        var background = IsOpaque || IsLight() ? 0f : 255f;
        var shrink = Math.Max(1, (Math.Max(Width, Height) + longestSide - 1) / longestSide);
        int width = (Width + shrink - 1) / shrink, height = (Height + shrink - 1) / shrink;
        var grey = new Plane(width, height);
        for (var fromY = 0; fromY < Height; fromY++)
        {
            var row = grey.Values.AsSpan(fromY / shrink * width, width);
            var pixels = Rgba.AsSpan(4 * fromY * Width, 4 * Width);
            for (int at = 0, to = 0, left = shrink; at < pixels.Length; at += 4)
            {
                var luminance = Luminance(pixels[at..]);
                var alpha = pixels[at + 3];
                row[to] += alpha == 255 ? luminance : background + (luminance - background) * alpha / 255;
                if (--left == 0)
                    (to, left) = (to + 1, shrink);
            }
        }
        for (var y = 0; y < height; y++)
        {
            var row = grey.Values.AsSpan(y * width, width);
            var rows = Math.Min(Height - y * shrink, shrink);
            var scale = 1 / (255f * rows * shrink);
            foreach (ref var value in row[..^1])
                value *= scale;
            row[^1] /= 255f * rows * (Width - (width - 1) * shrink);
        }
        return grey;
    }

    private bool IsLight()
    {
        double sum = 0, weight = 0;
        for (var at = 0; at < Rgba.Length; at += 4)
        {
            sum += Rgba[at + 3] * Luminance(Rgba.AsSpan(at));
            weight += Rgba[at + 3];
        }
        return sum > weight * 127.5;
    }

    /// <summary>ITU-R BT.601, as JPEG has it; 0…255.</summary>
    private static float Luminance(ReadOnlySpan<byte> pixel) => 0.299f * pixel[0] + 0.587f * pixel[1] + 0.114f * pixel[2];
}
