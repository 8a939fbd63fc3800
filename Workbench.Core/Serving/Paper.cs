namespace Workbench.Core.Serving;

/// <summary>
/// The background of a picture, by how bright it is at each place: a quadratic surface, which follows lamp and window as they
/// fall on paper, but no stroke. Fitted to the rim of the picture by least squares, thrice, each time without what lies far off.
/// </summary>
internal sealed class Paper
{
    private const int Terms = 6;
    private const double Rim = 0.06;

    private readonly Plane _grey;
    private readonly double[] _surface;

    /// <summary>Fits the surface.</summary>
    public Paper(Plane grey)
    {
        _grey = grey;
        var rim = RimOf(grey);
        // Strokes that reach the rim are the minority there: the median is paper, and so is what lies near it.
        var median = Median(rim.Select(pixel => grey[pixel.X, pixel.Y]));
        _surface = [median, 0, 0, 0, 0, 0];
        var near = Math.Max(0.25, 2 * Median(rim.Select(pixel => Math.Abs(Residual(pixel)))));
        for (var round = 0; round < 3; round++)
        {
            var paper = rim.Where(pixel => Math.Abs(Residual(pixel)) <= near).ToArray();
            if (paper.Length >= 4 * Terms)
                _surface = Fit(paper);
            Noise = 1.4826 * Median(paper.Select(pixel => Math.Abs(Residual(pixel))));
            near = Math.Max(0.03, 4 * Noise);
        }
    }

    /// <summary>Standard deviation of the paper around the surface, robustly estimated.</summary>
    public double Noise { get; private set; }

    /// <summary>Brightness of the paper at a pixel, 0…1.</summary>
    public float At(int x, int y)
    {
        Span<double> terms = stackalloc double[Terms];
        Evaluate(x, y, terms);
        var sum = 0.0;
        for (var i = 0; i < Terms; i++)
            sum += terms[i] * _surface[i];
        return (float)Math.Clamp(sum, 0, 1);
    }

    private double Residual((int X, int Y) pixel) => _grey[pixel.X, pixel.Y] - At(pixel.X, pixel.Y);

    private void Evaluate(int x, int y, Span<double> terms)
    {
        double u = 2.0 * x / Math.Max(1, _grey.Width - 1) - 1, v = 2.0 * y / Math.Max(1, _grey.Height - 1) - 1;
        (terms[0], terms[1], terms[2], terms[3], terms[4], terms[5]) = (1, u, v, u * u, u * v, v * v);
    }

    /// <summary>Least squares by the normal equations, solved by Gaussian elimination; a little is added to the diagonal so that they can be.</summary>
    private double[] Fit((int X, int Y)[] pixels)
    {
        var equations = new double[Terms, Terms + 1];
        Span<double> terms = stackalloc double[Terms];
        foreach (var (x, y) in pixels)
        {
            Evaluate(x, y, terms);
            for (var i = 0; i < Terms; i++)
            {
                for (var j = 0; j < Terms; j++)
                    equations[i, j] += terms[i] * terms[j];
                equations[i, Terms] += terms[i] * _grey[x, y];
            }
        }
        for (var i = 0; i < Terms; i++)
            equations[i, i] += 1e-6 * pixels.Length;
        for (var pivot = 0; pivot < Terms; pivot++)
        {
            for (var row = 0; row < Terms; row++)
            {
                if (row == pivot)
                    continue;
                var factor = equations[row, pivot] / equations[pivot, pivot];
                for (var column = pivot; column <= Terms; column++)
                    equations[row, column] -= factor * equations[pivot, column];
            }
        }
        return [.. Enumerable.Range(0, Terms).Select(i => equations[i, Terms] / equations[i, i])];
    }

    private static List<(int X, int Y)> RimOf(Plane grey)
    {
        var depth = Math.Max(1, (int)(Rim * Math.Min(grey.Width, grey.Height)));
        List<(int, int)> rim = [];
        for (var y = 0; y < grey.Height; y++)
        {
            var inner = y >= depth && y < grey.Height - depth;
            for (var x = 0; x < grey.Width; x++)
            {
                if (inner && x == depth && grey.Width > 2 * depth)
                    x = grey.Width - depth;
                rim.Add((x, y));
            }
        }
        return rim;
    }

    private static double Median(IEnumerable<float> values) => Median(values.Select(value => (double)value));

    private static double Median(IEnumerable<double> values)
    {
        var sorted = values.Order().ToArray();
        return sorted.Length == 0 ? 0 : sorted[sorted.Length / 2];
    }
}
