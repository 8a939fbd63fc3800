namespace Workbench.Core.Search.Samplers;

/// <summary>
/// Minimises a smooth function inside of a box: limited-memory BFGS directions (Nocedal and Wright 2006, algorithm 7.4) in the
/// variables that are free to move, steps projected onto the box and shortened until they satisfy Armijo's condition.
/// </summary>
internal static class BoxedMinimizer
{
    private const int Memory = 8;

    /// <summary>The function: returns its value and writes its gradient; not finite where it does not exist.</summary>
    public delegate double Function(ReadOnlySpan<double> x, Span<double> gradient);

    /// <summary>Moves <paramref name="x" /> to a local minimum and returns the value there.</summary>
    public static double Minimize(Function function, Span<double> x, ReadOnlySpan<double> low, ReadOnlySpan<double> high, int iterations)
    {
        var n = x.Length;
        double[] gradient = new double[n], next = new double[n], nextGradient = new double[n], direction = new double[n];
        var steps = new List<(double[] S, double[] Y, double Rho)>();
        var value = function(x, gradient);
        for (var iteration = 0; iteration < iterations && double.IsFinite(value); iteration++)
        {
            Direction(x, gradient, low, high, steps, direction);
            var slope = Cholesky.Dot(direction, gradient);
            if (!(slope < -1e-12))
                break;
            var length = steps.Count > 0 ? 1 : Math.Min(1, 1 / Math.Sqrt(-slope));
            double nextValue;
            for (var tries = 0; ; tries++, length /= 3)
            {
                if (tries == 20)
                    return value;
                var decrease = 0.0;
                for (var i = 0; i < n; i++)
                {
                    next[i] = Math.Clamp(x[i] + length * direction[i], low[i], high[i]);
                    decrease += gradient[i] * (next[i] - x[i]);
                }
                nextValue = function(next, nextGradient);
                if (nextValue <= value + 1e-4 * decrease && decrease < 0)
                    break;
            }
            Remember(x, next, gradient, nextGradient, steps);
            var gain = value - nextValue;
            next.CopyTo(x);
            (gradient, nextGradient, value) = (nextGradient, gradient, nextValue);
            if (gain < 1e-9 * (1 + Math.Abs(value)))
                break;
        }
        return value;
    }

    private static void Direction(
        ReadOnlySpan<double> x, double[] gradient, ReadOnlySpan<double> low, ReadOnlySpan<double> high,
        List<(double[] S, double[] Y, double Rho)> steps, double[] direction)
    {
        for (var i = 0; i < x.Length; i++)
            direction[i] = IsBound(i, x, gradient, low, high) ? 0 : -gradient[i];
        Span<double> alpha = stackalloc double[steps.Count];
        for (var k = steps.Count - 1; k >= 0; k--)
        {
            alpha[k] = steps[k].Rho * Cholesky.Dot(steps[k].S, direction);
            Add(direction, steps[k].Y, -alpha[k]);
        }
        if (steps.Count > 0)
        {
            var (_, y, rho) = steps[^1];
            var scale = 1 / (rho * Cholesky.Dot(y, y));
            for (var i = 0; i < direction.Length; i++)
                direction[i] *= scale;
        }
        for (var k = 0; k < steps.Count; k++)
            Add(direction, steps[k].S, alpha[k] - steps[k].Rho * Cholesky.Dot(steps[k].Y, direction));
        for (var i = 0; i < x.Length; i++)
            if (IsBound(i, x, gradient, low, high))
                direction[i] = 0;
        if (Cholesky.Dot(direction, gradient) < 0)
            return;
        // The memory does not fit this face of the box: start over from the steepest descent.
        steps.Clear();
        for (var i = 0; i < x.Length; i++)
            direction[i] = IsBound(i, x, gradient, low, high) ? 0 : -gradient[i];
    }

    private static bool IsBound(int i, ReadOnlySpan<double> x, double[] gradient, ReadOnlySpan<double> low, ReadOnlySpan<double> high) =>
        x[i] <= low[i] && gradient[i] > 0 || x[i] >= high[i] && gradient[i] < 0;

    private static void Remember(
        ReadOnlySpan<double> x, double[] next, double[] gradient, double[] nextGradient, List<(double[] S, double[] Y, double Rho)> steps)
    {
        double[] s = new double[next.Length], y = new double[next.Length];
        for (var i = 0; i < s.Length; i++)
            (s[i], y[i]) = (next[i] - x[i], nextGradient[i] - gradient[i]);
        var curvature = Cholesky.Dot(s, y);
        if (curvature <= 1e-12)
            return;
        if (steps.Count == Memory)
            steps.RemoveAt(0);
        steps.Add((s, y, 1 / curvature));
    }

    private static void Add(double[] to, double[] what, double times)
    {
        for (var i = 0; i < to.Length; i++)
            to[i] += times * what[i];
    }
}
