namespace Workbench.Core.Search.Samplers;

/// <summary>
/// The logarithm of expected improvement below the best value, which unlike expected improvement itself neither underflows nor
/// flattens where improvement is unlikely (Ament et al. 2023, NeurIPS, arXiv:2310.20708).
/// </summary>
internal static class ExpectedImprovement
{
    private const double InverseSqrt2Pi = 0.39894228040143267794;

    /// <summary>
    /// log E[max(0, best − f)] for f normal with the given mean and deviation; in <paramref name="ratio" /> Φ(z)/h(z), from which
    /// its derivatives come: −ratio/σ by the mean, (1 − ratio·z)/σ by the deviation.
    /// </summary>
    public static double Log(double best, double mean, double deviation, out double ratio)
    {
        var z = (best - mean) / deviation;
        return Math.Log(deviation) + LogH(z, out ratio);
    }

    /// <summary>log h(z), h(z) = φ(z) + z·Φ(z), and Φ(z)/h(z).</summary>
    public static double LogH(double z, out double ratio)
    {
        if (z > -1)
        {
            var cdf = Gaussian.Cdf(z);
            var h = InverseSqrt2Pi * Math.Exp(-z * z / 2) + z * cdf;
            ratio = cdf / h;
            return Math.Log(h);
        }
        // With the common factor exp(−z²/2) taken out. Beyond −20 the difference cancels, so that its expansion takes over, which is right to
        // 9 digits there.
        var tail = Gaussian.TailFactor(-z);
        var u = 1 / (z * z);
        var rest = z > -20 ? InverseSqrt2Pi + z * tail : InverseSqrt2Pi * u * (1 - 3 * u * (1 - 5 * u * (1 - 7 * u * (1 - 9 * u))));
        ratio = tail / rest;
        return -z * z / 2 + Math.Log(rest);
    }
}
