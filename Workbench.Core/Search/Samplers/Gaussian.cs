namespace Workbench.Core.Search.Samplers;

/// <summary>The standard normal distribution.</summary>
internal static class Gaussian
{
    public const double LogSqrt2Pi = 0.91893853320467274178;

    /// <summary>P(X ≤ x) to 15 decimals, and to 7 digits however small: Hart's rational approximation as given by West 2005.</summary>
    public static double Cdf(double x)
    {
        var z = Math.Abs(x);
        if (z > 37)
            return x > 0 ? 1 : 0;
        var tail = Math.Exp(-z * z / 2) * TailFactor(z);
        return x > 0 ? 1 - tail : tail;
    }

    /// <summary>P(a ≤ X ≤ b), without cancellation in the upper tail.</summary>
    public static double Between(double a, double b) => a > 0 ? Cdf(-a) - Cdf(-b) : Cdf(b) - Cdf(a);

    /// <summary>P(X ≥ z)·exp(z²/2) for z ≥ 0.</summary>
    public static double TailFactor(double z)
    {
        if (z > 7.07106781186547)
            return 1 / (2.506628274631000502 * (z + 1 / (z + 2 / (z + 3 / (z + 4 / (z + 0.65))))));
        var above = ((((((3.52624965998911e-02 * z + 0.700383064443688) * z + 6.37396220353165) * z + 33.912866078383) * z
            + 112.079291497871) * z + 221.213596169931) * z) + 220.206867912376;
        var below = (((((((8.83883476483184e-02 * z + 1.75566716318264) * z + 16.064177579207) * z + 86.7807322029461) * z
            + 296.564248779674) * z + 637.333633378831) * z + 793.826512519948) * z) + 440.413735824752;
        return above / below;
    }
}
