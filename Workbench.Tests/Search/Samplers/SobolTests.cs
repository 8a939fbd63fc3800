using Workbench.Core.Search.Samplers;

namespace Workbench.Tests.Search.Samplers;

public class SobolTests
{
    [Fact]
    public void Every_dimension_puts_one_of_2_to_the_k_points_into_each_of_as_many_intervals()
    {
        for (var dimension = 0; dimension < Sobol.Dimensions; dimension++)
            for (var k = 1; k <= 10; k++)
            {
                var intervals = Enumerable.Range(0, 1 << k).Select(i => (int)(Sobol.Coordinate(i, dimension, seed: 3) * (1 << k)));
                Assert.Equal(1 << k, intervals.Distinct().Count());
            }
    }

    [Fact]
    public void The_first_two_dimensions_put_one_of_64_points_into_each_rectangle_of_that_area()
    {
        for (var a = 0; a <= 6; a++)
        {
            var rectangles = Enumerable.Range(0, 64).Select(i =>
                ((int)(Sobol.Coordinate(i, 0, seed: 5) * (1 << a)), (int)(Sobol.Coordinate(i, 1, seed: 5) * (1 << (6 - a)))));
            Assert.Equal(64, rectangles.Distinct().Count());
        }
    }

    [Fact]
    public void Pairs_of_the_first_dimensions_are_even_too()
    {
        // A 16 × 16 grid of squares: 1,024 points put about 4 into each, and leave none empty.
        for (var a = 0; a < 10; a++)
            for (var b = 0; b < a; b++)
            {
                var counts = Enumerable.Range(0, 1024)
                    .CountBy(i => ((int)(Sobol.Coordinate(i, a, 1) * 16), (int)(Sobol.Coordinate(i, b, 1) * 16))).ToArray();
                Assert.Equal(256, counts.Length);
            }
    }

    [Fact]
    public void Another_seed_scrambles_differently() =>
        Assert.NotEqual(Sobol.Coordinate(1, 0, seed: 1), Sobol.Coordinate(1, 0, seed: 2));

    [Fact]
    public void Dimensions_beyond_the_table_are_uniform()
    {
        double[] values = [.. Enumerable.Range(0, 2000).Select(i => Sobol.Coordinate(i, Sobol.Dimensions + 3, seed: 1))];
        Assert.All(values, v => Assert.InRange(v, 0, 1));
        Assert.Equal(0.5, values.Average(), 0.03);
    }
}
