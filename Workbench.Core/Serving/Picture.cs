namespace Workbench.Core.Serving;

/// <summary>A decoded image, in colour.</summary>
/// <param name="Width">In pixels.</param>
/// <param name="Height">In pixels.</param>
/// <param name="Rgba">Four bytes a pixel, row by row; the colour is not multiplied with the alpha.</param>
internal sealed record Picture(int Width, int Height, byte[] Rgba)
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
        var background = IsLight() ? 0f : 1f;
        var shrink = Math.Max(1, (Math.Max(Width, Height) + longestSide - 1) / longestSide);
        int width = (Width + shrink - 1) / shrink, height = (Height + shrink - 1) / shrink;
        var grey = new Plane(width, height);
        var row = new float[width];
        for (var y = 0; y < height; y++)
        {
            Array.Clear(row);
            var bottom = Math.Min(Height, (y + 1) * shrink);
            for (var fromY = y * shrink; fromY < bottom; fromY++)
            {
                for (var fromX = 0; fromX < Width; fromX++)
                {
                    var at = 4 * (fromY * Width + fromX);
                    var alpha = Rgba[at + 3] / 255f;
                    row[fromX / shrink] += alpha * Luminance(at) + (1 - alpha) * background;
                }
            }
            for (var x = 0; x < width; x++)
                grey[x, y] = row[x] / ((bottom - y * shrink) * (Math.Min(Width, (x + 1) * shrink) - x * shrink));
        }
        return grey;
    }

    private bool IsLight()
    {
        double sum = 0, weight = 0;
        for (var at = 0; at < Rgba.Length; at += 4)
        {
            sum += Rgba[at + 3] * Luminance(at);
            weight += Rgba[at + 3];
        }
        return sum > weight / 2;
    }

    /// <summary>ITU-R BT.601, as JPEG has it; 0…1.</summary>
    private float Luminance(int at) => (0.299f * Rgba[at] + 0.587f * Rgba[at + 1] + 0.114f * Rgba[at + 2]) / 255;
}
