namespace Workbench.Core.Search.Samplers;

/// <summary>
/// Gaussian-process regression (Rasmussen and Williams 2006) with a Matérn 5/2 kernel and a length scale per axis, fitted by the
/// maximum of its posterior. The prior of the length scales is log-normal around √(dimension/e): it grows with the dimension as in
/// Hvarfner et al. 2024 (arXiv:2402.02229), yet is narrower than theirs, or else an axis that has not mattered so far is given up.
/// </summary>
/// <param name="points">Places, one array per observation.</param>
/// <param name="values">Observed values, standardised.</param>
/// <param name="categorical">Per axis, whether two different places are just different.</param>
internal sealed class GaussianProcess(double[][] points, double[] values, bool[] categorical)
{
    private static readonly double Sqrt5 = Math.Sqrt(5);

    private readonly int _dimensions = categorical.Length;
    private readonly int _count = points.Length;
    private readonly double[] _inverseSquares = new double[categorical.Length]; // 1/ℓ²
    private double _signal = 1;
    private double _noise = 1e-4;
    private double[] _inverse = [];
    private double[] _weights = []; // K⁻¹·y

    /// <summary>Fits length scales, signal and noise to the observations.</summary>
    public void Fit()
    {
        var parameters = new double[_dimensions + 2];
        double[] low = new double[_dimensions + 2], high = new double[_dimensions + 2];
        for (var d = 0; d < _dimensions; d++)
            (parameters[d], low[d], high[d]) = (Math.Log(0.5), Math.Log(0.01), Math.Log(100));
        (parameters[^2], low[^2], high[^2]) = (0, Math.Log(0.05), Math.Log(20));
        (parameters[^1], low[^1], high[^1]) = (Math.Log(1e-3), Math.Log(1e-6), Math.Log(1));
        BoxedMinimizer.Minimize(NegativeLogPosterior(), parameters, low, high, 40);
        Use(parameters);
        Condition();
    }

    /// <summary>The same process with observations added whose values are taken for what it predicts there.</summary>
    public GaussianProcess With(double[][] more)
    {
        var believed = new GaussianProcess([.. points, .. more], [.. values, .. more.Select(p => Predict(p, [], []).Mean)], categorical)
        {
            _signal = _signal,
            _noise = _noise,
        };
        _inverseSquares.CopyTo(believed._inverseSquares, 0);
        believed.Condition();
        return believed;
    }

    /// <summary>Mean and standard deviation at a place, and their gradients if there is room for them.</summary>
    public (double Mean, double Deviation) Predict(ReadOnlySpan<double> place, Span<double> meanGradient, Span<double> deviationGradient)
    {
        Span<double> kernel = stackalloc double[_count], slope = stackalloc double[_count], solved = stackalloc double[_count];
        for (var i = 0; i < _count; i++)
            kernel[i] = _signal * Matern(SquaredDistance(points[i], place), out slope[i]);
        for (var i = 0; i < _count; i++)
            solved[i] = Cholesky.Dot(_inverse.AsSpan(i * _count, _count), kernel);
        var mean = Cholesky.Dot(_weights, kernel);
        var variance = Math.Max(_signal - Cholesky.Dot(solved, kernel), 1e-12 * _signal);
        var deviation = Math.Sqrt(variance);
        for (var d = 0; d < meanGradient.Length; d++)
        {
            double dMean = 0, dVariance = 0;
            for (var i = 0; i < _count && !categorical[d]; i++)
            {
                var dKernel = _signal * slope[i] * 2 * (place[d] - points[i][d]) * _inverseSquares[d];
                dMean += _weights[i] * dKernel;
                dVariance -= 2 * solved[i] * dKernel;
            }
            (meanGradient[d], deviationGradient[d]) = (dMean, dVariance / (2 * deviation));
        }
        return (mean, deviation);
    }

    /// <summary>(1 + √5·r + 5r²/3)·exp(−√5·r) and its derivative by r².</summary>
    private static double Matern(double squared, out double slope)
    {
        var r = Sqrt5 * Math.Sqrt(squared);
        var decay = Math.Exp(-r);
        slope = -5.0 / 6 * (1 + r) * decay;
        return (1 + r + r * r / 3) * decay;
    }

    private double SquaredDistance(double[] a, ReadOnlySpan<double> b)
    {
        var sum = 0.0;
        for (var d = 0; d < b.Length; d++)
            sum += Difference(a[d], b[d], d) * _inverseSquares[d];
        return sum;
    }

    private double Difference(double a, double b, int d) => categorical[d] ? a == b ? 0 : 1 : (a - b) * (a - b);

    private void Use(ReadOnlySpan<double> parameters)
    {
        for (var d = 0; d < _dimensions; d++)
            _inverseSquares[d] = Math.Exp(-2 * parameters[d]);
        _signal = Math.Exp(parameters[^2]);
        _noise = Math.Exp(parameters[^1]);
    }

    private void Condition()
    {
        var matrix = new double[_count * _count];
        for (var i = 0; i < _count; i++)
            for (var j = 0; j <= i; j++)
                matrix[i * _count + j] = _signal * Matern(SquaredDistance(points[i], points[j]), out _);
        var factor = new Cholesky(_count);
        // Points that coincide need noise to tell them apart.
        for (var noise = _noise; ; noise = Math.Max(noise, 1e-8 * _signal) * 10)
        {
            for (var i = 0; i < _count; i++)
                matrix[i * _count + i] = _signal + noise;
            if (factor.Factor(matrix))
                break;
        }
        _inverse = new double[_count * _count];
        factor.Invert(_inverse);
        _weights = [.. Enumerable.Range(0, _count).Select(i => Cholesky.Dot(_inverse.AsSpan(i * _count, _count), values))];
    }

    /// <summary>Per axis the squared differences of all pairs (i, j ≤ i), row by row.</summary>
    private double[][] Distances() => [.. Enumerable.Range(0, _dimensions).Select(d =>
    {
        var distances = new double[_count * (_count + 1) / 2];
        for (int i = 0, k = 0; i < _count; i++)
            for (var j = 0; j <= i; j++)
                distances[k++] = Difference(points[i][d], points[j][d], d);
        return distances;
    })];

    /// <summary>
    /// The function that the fit minimises, up to a constant, of the logarithms of the length scales, the signal's variance and the
    /// noise's variance.
    /// </summary>
    internal BoxedMinimizer.Function NegativeLogPosterior()
    {
        var distances = Distances();
        var work = new Work(_count);
        return (parameters, gradient) => NegativeLogPosterior(distances, work, parameters, gradient);
    }

    private double NegativeLogPosterior(double[][] distances, Work work, ReadOnlySpan<double> parameters, Span<double> gradient)
    {
        Use(parameters);
        double[] matrix = work.Matrix, slopes = work.Slopes, squared = work.Squared, inverse = work.Inverse;
        Array.Clear(squared);
        for (var d = 0; d < _dimensions; d++)
            for (var k = 0; k < squared.Length; k++)
                squared[k] += distances[d][k] * _inverseSquares[d];
        for (int i = 0, k = 0; i < _count; i++)
            for (var j = 0; j <= i; j++, k++)
                matrix[i * _count + j] = _signal * Matern(squared[k], out slopes[k]) + (i == j ? _noise : 0);
        if (!work.Factor.Factor(matrix))
            return double.PositiveInfinity;
        work.Factor.Invert(inverse);
        var weights = work.Weights;
        for (var i = 0; i < _count; i++)
            weights[i] = Cholesky.Dot(inverse.AsSpan(i * _count, _count), values);

        // ∂/∂θ of the likelihood's part is −½ tr((wwᵀ − K⁻¹)·∂K/∂θ); squared is reused for the factor times ∂K/∂r².
        gradient.Clear();
        for (int i = 0, k = 0; i < _count; i++)
            for (var j = 0; j <= i; j++, k++)
            {
                var factor = (weights[i] * weights[j] - inverse[i * _count + j]) * (i == j ? 1 : 2);
                squared[k] = factor * _signal * slopes[k];
                gradient[^2] -= 0.5 * factor * (matrix[i * _count + j] - (i == j ? _noise : 0));
                if (i == j)
                    gradient[^1] -= 0.5 * factor * _noise;
            }
        for (var d = 0; d < _dimensions; d++)
            gradient[d] = Cholesky.Dot(squared, distances[d]) * _inverseSquares[d];

        var result = 0.5 * Cholesky.Dot(weights, values) + work.Factor.HalfLogDeterminant();
        for (var d = 0; d < _dimensions; d++)
            result += Prior(parameters[d], 0.5 * Math.Log(_dimensions) - 0.5, 1, ref gradient[d]);
        result += Prior(parameters[^2], 0, 1, ref gradient[^2]);
        return result + Prior(parameters[^1], -8, 4, ref gradient[^1]);
    }

    /// <summary>Negative logarithm of a log-normal prior, its constant left out.</summary>
    private static double Prior(double logarithm, double centre, double variance, ref double gradient)
    {
        gradient += (logarithm - centre) / variance;
        return (logarithm - centre) * (logarithm - centre) / (2 * variance);
    }

    /// <summary>What every evaluation of the posterior needs room for.</summary>
    private sealed class Work(int n)
    {
        public readonly double[] Matrix = new double[n * n];
        public readonly double[] Inverse = new double[n * n];
        public readonly double[] Squared = new double[n * (n + 1) / 2];
        public readonly double[] Slopes = new double[n * (n + 1) / 2];
        public readonly double[] Weights = new double[n];
        public readonly Cholesky Factor = new(n);
    }
}
