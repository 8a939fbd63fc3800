using CsCheck;
using Workbench.Core.Search;
using Workbench.Core.Search.Samplers;

namespace Workbench.Tests.Search.Samplers;

public class ParzenEstimatorTests
{
    private static readonly Parameter[] Kinds =
    [
        new FloatParameter("continuum", 0, 1),
        new IntParameter("grid", 1, 12),
        new IntParameter("log grid", 1, 100, Log: true),
        new CategoricalParameter("categories", ["a", "b", "c", "d"]),
    ];

    /// <summary>Observations on one axis, their weights and a bandwidth.</summary>
    private static readonly Gen<(int Kind, double[] Places, double[] Weights, double Sigma)> Observed =
        from kind in Gen.Int[0, 3]
        from places in Gen.Double[0, 1].Array[0, 40]
        from weights in Gen.Double[0, 3].Array[places.Length]
        from sigma in Gen.Double[0.01, 1]
        select (kind, places, weights, sigma);

    [Fact]
    public void Densities_integrate_to_one() => Observed.Sample(o =>
    {
        var (axis, density) = Fitted(o);
        var total = axis.Cells > 0
            ? Enumerable.Range(0, axis.Cells).Sum(k => Math.Exp(density.LogDensity([axis.Centre(k)])))
            : Quadrature.Integrate(x => Math.Exp(density.LogDensity([x])), 0, 1, 4000);
        Assert.Equal(1, total, 1e-6);
    });

    [Fact]
    public void A_log_density_is_that_of_its_kernels_added_up() => Observed.Sample(o =>
    {
        var (axis, density) = Fitted(o);
        for (var k = 0; k < 20; k++)
        {
            var place = axis.Cells > 0 ? axis.Centre(k % axis.Cells) : k / 19.0;
            var total = o.Weights.Sum() + 1;
            var sum = Kernel(axis, 0.5, 1, place, prior: true) / total;
            for (var i = 0; i < o.Places.Length; i++)
                sum += o.Weights[i] / total * Kernel(axis, o.Places[i], o.Sigma, place, prior: false);
            Assert.Equal(Math.Log(sum), density.LogDensity([place]), 1e-6);
        }
    }, iter: 30);

    [Fact]
    public void A_joint_density_of_one_observation_is_the_product_of_its_axes()
    {
        Axis[] axes = [.. Kinds.Select(k => new Axis(k))];
        double[][] columns = [[0.3], [0.45], [0.9], [0.6]];
        double[] place = [0.4, axes[1].Centre(3), axes[2].Centre(80), axes[3].Centre(2)];
        var joint = new ParzenEstimator(axes);
        joint.Fit(columns, [0], [1, 0], [0.2, 0.1, 0.3, 0.4]);
        var product = 0.0;
        for (var d = 0; d < 4; d++)
        {
            var alone = new ParzenEstimator([axes[d]]);
            alone.Fit([columns[d]], [0], [1, 0], [new[] { 0.2, 0.1, 0.3, 0.4 }[d]]);
            product += alone.LogDensity([place[d]]);
        }
        Assert.Equal(product, joint.LogDensity(place), 1e-9);
    }

    [Fact]
    public void Samples_stay_in_range_and_on_the_grid() => Observed.Sample(o =>
    {
        var (axis, density) = Fitted(o);
        var random = new RandomStream(1, 2);
        Span<double> place = stackalloc double[1];
        for (var i = 0; i < 100; i++)
        {
            density.Sample(ref random, place);
            Assert.InRange(place[0], 0, 1);
            if (axis.Cells > 0)
                Assert.Equal(axis.Centre(axis.CellOf(place[0])), place[0]);
        }
    });

    [Fact]
    public void Samples_follow_the_density()
    {
        for (var kind = 0; kind < Kinds.Length; kind++)
        {
            var (axis, density) = Fitted((kind, [0.1, 0.3, 0.9], [1, 2, 1], 0.15));
            var bins = axis.Cells > 0 ? axis.Cells : 10;
            var counts = new int[bins];
            var random = new RandomStream(7, kind);
            var place = new double[1];
            const int draws = 50_000;
            for (var i = 0; i < draws; i++)
            {
                density.Sample(ref random, place);
                counts[axis.Cells > 0 ? axis.CellOf(place[0]) : (int)(place[0] * bins)]++;
            }
            for (var b = 0; b < bins; b++)
            {
                var expected = axis.Cells > 0
                    ? Math.Exp(density.LogDensity([axis.Centre(b)]))
                    : Quadrature.Integrate(x => Math.Exp(density.LogDensity([x])), b / 10.0, (b + 1) / 10.0, 100);
                // Five standard deviations of a binomial share.
                Assert.Equal(expected, (double)counts[b] / draws, 5 * Math.Sqrt(expected / draws) + 1e-6);
            }
        }
    }

    private static (Axis, ParzenEstimator) Fitted((int Kind, double[] Places, double[] Weights, double Sigma) o)
    {
        var axis = new Axis(Kinds[o.Kind]);
        var density = new ParzenEstimator([axis]);
        density.Fit([o.Places], [.. Enumerable.Range(0, o.Places.Length)], [.. o.Weights, 1], [o.Sigma]);
        return (axis, density);
    }

    /// <summary>A kernel by its definition, with numeric integrals in place of formulas.</summary>
    private static double Kernel(Axis axis, double centre, double sigma, double place, bool prior)
    {
        if (axis.IsCategorical)
            return prior ? 1.0 / axis.Cells : sigma / axis.Cells + (axis.CellOf(centre) == axis.CellOf(place) ? 1 - sigma : 0);
        if (axis.Cells > 0 && !prior)
            centre = axis.Centre(axis.CellOf(centre));
        var mass = Quadrature.Integrate(Bell, 0, 1, 2000);
        return axis.Cells == 0
            ? Bell(place) / mass
            : Quadrature.Integrate(Bell, axis.Edge(axis.CellOf(place)), axis.Edge(axis.CellOf(place) + 1), 200) / mass;

        double Bell(double x) => Math.Exp(-(x - centre) * (x - centre) / (2 * sigma * sigma));
    }
}
