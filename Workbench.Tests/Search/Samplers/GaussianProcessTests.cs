using Workbench.Core.Search;
using Workbench.Core.Search.Samplers;

namespace Workbench.Tests.Search.Samplers;

public class GaussianProcessTests
{
    [Fact]
    public void A_Cholesky_factor_gives_inverse_and_determinant()
    {
        double[] matrix = [4, 2, 0.6, 2, 5, 1.5, 0.6, 1.5, 3];
        var factor = new Cholesky(3);
        Assert.True(factor.Factor(matrix));
        Assert.Equal(Math.Log(40.8) / 2, factor.HalfLogDeterminant(), 1e-12);
        var inverse = new double[9];
        factor.Invert(inverse);
        for (var i = 0; i < 3; i++)
            for (var j = 0; j < 3; j++)
                Assert.Equal(i == j ? 1 : 0, Enumerable.Range(0, 3).Sum(k => matrix[3 * i + k] * inverse[3 * k + j]), 1e-12);
        Assert.False(factor.Factor([1, 2, 0, 2, 1, 0, 0, 0, 1]));
    }

    [Fact]
    public void The_minimizer_finds_the_end_of_a_curved_valley_and_respects_its_box()
    {
        double[] x = [-1.2, 1];
        Assert.Equal(0, BoxedMinimizer.Minimize(Rosenbrock, x, [-5, -5], [5, 5], 200), 1e-6);
        Assert.Equal(1, x[0], 1e-2);

        x = [-1.2, 1];
        BoxedMinimizer.Minimize(Rosenbrock, x, [-5, -5], [0.5, 5], 200);
        Assert.Equal(0.5, x[0], 1e-6);
        Assert.Equal(0.25, x[1], 1e-3);

        static double Rosenbrock(ReadOnlySpan<double> x, Span<double> gradient)
        {
            var valley = x[1] - x[0] * x[0];
            (gradient[0], gradient[1]) = (-400 * x[0] * valley - 2 * (1 - x[0]), 200 * valley);
            return 100 * valley * valley + (1 - x[0]) * (1 - x[0]);
        }
    }

    [Fact]
    public void The_gradient_of_the_fit_is_right()
    {
        var posterior = Process(20).NegativeLogPosterior();
        AssertGradient(posterior, [-0.5, 0.2, -0.3, 0.4, -3], 1e-4);
    }

    [Fact]
    public void The_gradient_of_the_acquisition_is_right()
    {
        SearchSpace space = new(new FloatParameter("a", 0, 1), new FloatParameter("b", 0, 1), new FloatParameter("c", 0, 1));
        var process = Process(20, categorical: false);
        process.Fit();
        var search = new AcquisitionSearch(new(space, Direction.Minimize), process, best: -1);
        AssertGradient(search.Negative, [0.31, 0.64, 0.52], 1e-3);
    }

    [Fact]
    public void A_fitted_process_goes_through_what_it_saw_and_is_sure_there()
    {
        double[][] points = [.. Enumerable.Range(0, 12).Select(i => new[] { i / 11.0 })];
        var process = new GaussianProcess(points, [.. points.Select(p => Math.Sin(6 * p[0]))], [false]);
        process.Fit();
        var (mean, deviation) = process.Predict([5 / 11.0], [], []);
        Assert.Equal(Math.Sin(30 / 11.0), mean, 0.01);
        Assert.InRange(deviation, 0, 0.02);
        Assert.Equal(Math.Sin(6 * 0.5), process.Predict([0.5], [], []).Mean, 0.02);
    }

    [Fact]
    public void Believing_in_running_trials_leaves_the_mean_and_takes_the_doubt_away()
    {
        double[][] points = [[0.1], [0.5], [0.9]];
        var process = new GaussianProcess(points, [1, -1, 0.5], [false]);
        process.Fit();
        var believed = process.With([[0.7]]);
        Assert.Equal(process.Predict([0.65], [], []).Mean, believed.Predict([0.65], [], []).Mean, 1e-2);
        Assert.True(believed.Predict([0.7], [], []).Deviation < process.Predict([0.7], [], []).Deviation / 3);
    }

    private static GaussianProcess Process(int count, bool categorical = true)
    {
        double[][] points = [.. Enumerable.Range(0, count).Select(i => new[]
        {
            Sobol.Coordinate(i, 0, 1),
            Sobol.Coordinate(i, 1, 1),
            categorical ? Math.Floor(Sobol.Coordinate(i, 2, 1) * 3) : Sobol.Coordinate(i, 2, 1),
        })];
        return new(points, [.. points.Select(p => Math.Sin(5 * p[0]) + p[1] * p[1] - 0.3 * p[2])], [false, false, categorical]);
    }

    private static void AssertGradient(BoxedMinimizer.Function function, double[] x, double tolerance)
    {
        double[] gradient = new double[x.Length], unused = new double[x.Length];
        function(x, gradient);
        for (var d = 0; d < x.Length; d++)
        {
            const double h = 1e-5;
            double[] more = [.. x], less = [.. x];
            more[d] += h;
            less[d] -= h;
            var slope = (function(more, unused) - function(less, unused)) / (2 * h);
            Assert.Equal(slope, gradient[d], tolerance * (1 + Math.Abs(slope)));
        }
    }
}
