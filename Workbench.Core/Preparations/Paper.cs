using Workbench.Core.Pictures;

namespace Workbench.Core.Preparations;

/// <summary>
/// The background of a picture, by how bright it is at each place: a quadratic surface, which follows lamp and window as they
/// fall on paper, but no stroke. Fitted to the rim of the picture by least squares, thrice, each time without what lies far off.
/// </summary>
internal sealed class Paper
{
    private const int Terms = 6;
    private const double Rim = 0.06;
    private const int MostRimPixels = 600;

    private readonly Plane _grey;
    private readonly float[] _surface;

    /// <summary>Fits the surface.</summary>
    public Paper(Plane grey)
    {
        _grey = grey;
        var rim = RimOf(grey);
        // Strokes that reach the rim are the minority there: the median is paper, and so is what lies near it.
        var median = Median(rim.Select(pixel => grey[pixel.X, pixel.Y]));
        _surface = [(float)median, 0, 0, 0, 0, 0];
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

    /// <summary>Brightness of the paper along a row, 0…1.</summary>
    /// <param name="y">The row.</param>
    /// <param name="brightness">Receives a value for each pixel of the row.</param>
    public void Row(int y, Span<float> brightness)
    {
        // At(x, y), with what is the same along the row taken out of the loop.
        float v = Across(y, _grey.Height), step = 2f / Math.Max(1, _grey.Width - 1);
        var (constant, linear, quadratic) = (_surface[0] + v * (_surface[2] + v * _surface[5]), _surface[1] + v * _surface[4], _surface[3]);
        for (var x = 0; x < brightness.Length; x++)
        {
            var u = step * x - 1;
            brightness[x] = Math.Clamp(constant + u * (linear + u * quadratic), 0, 1);
        }
    }

    private float At(int x, int y)
    {
        float u = Across(x, _grey.Width), v = Across(y, _grey.Height);
        return Math.Clamp(_surface[0] + u * (_surface[1] + u * _surface[3] + v * _surface[4]) + v * (_surface[2] + v * _surface[5]), 0, 1);
    }

    private float Residual((int X, int Y) pixel) => _grey[pixel.X, pixel.Y] - At(pixel.X, pixel.Y);

    /// <summary>From −1 at one side of the picture to 1 at the other, which keeps the equations well-conditioned.</summary>
    private static float Across(int position, int size) => 2f * position / Math.Max(1, size - 1) - 1;

    /// <summary>
    /// Least squares by the normal equations, solved by Gaussian elimination; a little is added to the diagonal so that they can be.
    /// </summary>
    private float[] Fit((int X, int Y)[] pixels)
    {
        var equations = new double[Terms, Terms + 1];
        Span<double> terms = stackalloc double[Terms];
        foreach (var (x, y) in pixels)
        {
            double u = Across(x, _grey.Width), v = Across(y, _grey.Height);
            (terms[0], terms[1], terms[2], terms[3], terms[4], terms[5]) = (1, u, v, u * u, u * v, v * v);
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
        return [.. Enumerable.Range(0, Terms).Select(i => (float)(equations[i, Terms] / equations[i, i]))];
    }

    private static (int X, int Y)[] RimOf(Plane grey)
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
        // Some hundred say as much as all. The step is odd, lest it keeps hitting the same columns.
        var step = rim.Count / MostRimPixels | 1;
        return [.. rim.Where((_, number) => number % step == 0)];
    }

    private static double Median(IEnumerable<float> values)
    {
        var sorted = values.ToArray();
        Array.Sort(sorted);
        return sorted.Length == 0 ? 0 : sorted[sorted.Length / 2];
    }
}
