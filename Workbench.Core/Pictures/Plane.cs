namespace Workbench.Core.Pictures;

/// <summary>A grey image of any size.</summary>
/// <param name="Width">In pixels.</param>
/// <param name="Height">In pixels.</param>
/// <param name="Values">Row by row; 0 is black or no ink, 1 is white or full ink.</param>
internal sealed record Plane(int Width, int Height, float[] Values)
{
    /// <summary>A black image.</summary>
    public Plane(int width, int height) : this(width, height, new float[width * height]) { }

    /// <summary>The value of a pixel.</summary>
    public float this[int x, int y]
    {
        get => Values[y * Width + x];
        set => Values[y * Width + x] = value;
    }

    /// <summary>
    /// The same picture in another size. Every new pixel is the mean over the area it covers, where that is at least a pixel;
    /// where it is less, it is interpolated between neighbours.
    /// </summary>
    public Plane Resize(int width, int height) => width == Width && height == Height
        ? this
        : new Plane(width, height, Columns(Rows(Values, Width, Height, width), width, Height, height));

    private static float[] Rows(float[] values, int width, int height, int newWidth)
    {
        var resized = new float[newWidth * height];
        foreach (var (to, from, weight) in Weights(width, newWidth))
        {
            for (var y = 0; y < height; y++)
                resized[y * newWidth + to] += weight * values[y * width + from];
        }
        return resized;
    }

    private static float[] Columns(float[] values, int width, int height, int newHeight)
    {
        var resized = new float[width * newHeight];
        foreach (var (to, from, weight) in Weights(height, newHeight))
        {
            for (var x = 0; x < width; x++)
                resized[to * width + x] += weight * values[from * width + x];
        }
        return resized;
    }

    /// <summary>How much of which old pixel goes into which new one, along one axis; for each new pixel the weights sum to 1.</summary>
    private static IEnumerable<(int To, int From, float Weight)> Weights(int size, int newSize)
    {
        var scale = (double)size / newSize;
        // A tent of at least one old pixel's radius interpolates; a box as wide as the new pixel averages.
        for (var to = 0; to < newSize; to++)
        {
            if (scale >= 1)
            {
                double begin = to * scale, end = (to + 1) * scale;
                for (var from = (int)begin; from < Math.Min(size, end); from++)
                {
                    var covered = Math.Min(from + 1, end) - Math.Max(from, begin);
                    if (covered > 1e-9)
                        yield return (to, from, (float)(covered / scale));
                }
            }
            else
            {
                var middle = Math.Clamp((to + 0.5) * scale - 0.5, 0, size - 1);
                var from = (int)middle;
                var share = (float)(middle - from);
                yield return (to, from, 1 - share);
                if (share > 0)
                    yield return (to, from + 1, share);
            }
        }
    }
}
