using CsCheck;
using Workbench.Core.Search.Samplers;

namespace Workbench.Tests.Search.Samplers;

public class GaussianTests
{
    [Fact]
    public void The_distribution_function_is_the_integral_of_the_density()
    {
        foreach (var x in (double[])[-8, -4.2, -1, -0.3, 0, 0.7, 2, 5, 7.5])
        {
            var integral = Quadrature.Integrate(t => Math.Exp(-t * t / 2) / Math.Sqrt(2 * Math.PI), -40, x);
            Assert.Equal(integral, Gaussian.Cdf(x), 1e-12);
            Assert.Equal(1, Gaussian.Cdf(x) / integral, 1e-7);
        }
    }

    [Fact]
    public void The_upper_tail_does_not_cancel() =>
        Gen.Select(Gen.Double[0, 20], Gen.Double[0.01, 3]).Sample((a, width) =>
            Assert.Equal(1, Gaussian.Between(a, a + width) / Gaussian.Between(-a - width, -a), 1e-12));

    [Fact]
    public void Log_expected_improvement_is_the_logarithm_of_an_integral()
    {
        foreach (var z in (double[])[-6, -3, -1.01, -0.99, 0, 1, 4])
        {
            // E[max(0, z + N)]
            var expected = Quadrature.Integrate(n => (z + n) * Math.Exp(-n * n / 2) / Math.Sqrt(2 * Math.PI), -z, 40);
            Assert.Equal(Math.Log(expected), ExpectedImprovement.LogH(z, out _), 1e-6);
        }
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(-7.07106781186547)]
    [InlineData(-20)]
    public void Log_expected_improvement_is_smooth_where_its_formulas_meet(double z) => AssertSlope(z);

    [Fact]
    public void Log_expected_improvement_is_smooth_far_beyond() => Gen.Double[-60, 6].Sample(AssertSlope);

    private static void AssertSlope(double z)
    {
        const double h = 1e-3;
        var slope = (ExpectedImprovement.LogH(z + h, out _) - ExpectedImprovement.LogH(z - h, out _)) / (2 * h);
        ExpectedImprovement.LogH(z, out var ratio);
        Assert.Equal(1, slope / ratio, 3e-5);
    }
}

/// <summary>Numeric integration by Simpson's rule.</summary>
internal static class Quadrature
{
    public static double Integrate(Func<double, double> f, double from, double to, int steps = 20_000)
    {
        var h = (to - from) / steps;
        var sum = f(from) + f(to);
        for (var i = 1; i < steps; i++)
            sum += f(from + i * h) * (i % 2 == 1 ? 4 : 2);
        return sum * h / 3;
    }
}
