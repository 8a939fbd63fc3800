using SkiaSharp;
using Workbench.Core.Training.Pretraining;

namespace Workbench.Tests.Training.Pretraining;

public sealed class GlyphRendererTests
{
    private static SKPath LetterL() => SKPath.ParseSvgPathData("M0 0 L12 0 L12 50 L40 50 L40 62 L0 62 Z");

    [Fact]
    public void The_same_seed_draws_the_same_variant_and_another_another()
    {
        Assert.Equal(Drawn(seed: 1), Drawn(seed: 1));
        Assert.NotEqual(Drawn(seed: 1), Drawn(seed: 2));
    }

    [Fact]
    public void A_renderer_used_before_draws_as_a_new_one()
    {
        using var renderer = new GlyphRenderer();
        using var letter = LetterL();
        var image = new byte[784];
        for (var seed = 0; seed < 20; seed++)
        {
            renderer.Render(letter, new Random(seed), image);
            Assert.Equal(Drawn(seed), image);
        }
    }

    [Fact]
    public void Every_variant_is_framed_as_mnist_is()
    {
        for (var seed = 0; seed < 200; seed++)
        {
            var image = Drawn(seed);
            var ink = Enumerable.Range(0, 784).Where(at => image[at] > 16).ToArray();
            double mass = image.Sum(value => value);

            Assert.InRange(image.Max(), 100, 255);
            Assert.InRange(ink.Max(at => at / 28) - ink.Min(at => at / 28) + 1, 10, 21);
            Assert.InRange(ink.Max(at => at % 28) - ink.Min(at => at % 28) + 1, 4, 21);
            Assert.Equal(14, Enumerable.Range(0, 784).Sum(at => at % 28 * image[at]) / mass, tolerance: 0.6);
            Assert.Equal(14, Enumerable.Range(0, 784).Sum(at => at / 28 * image[at]) / mass, tolerance: 0.6);
        }
    }

    [Fact]
    public void An_outline_keeps_its_shape_where_the_map_keeps_points()
    {
        using var round = SKPath.ParseSvgPathData("M10 0 C20 0 20 20 10 20 Q0 20 0 10 L10 0 Z");
        using var same = OutlineMap.Apply(round, point => point);
        using var doubled = OutlineMap.Apply(round, point => new(2 * point.X, 2 * point.Y));

        Assert.Equal(round.TightBounds, same.TightBounds);
        Assert.Equal(2 * round.TightBounds.Width, doubled.TightBounds.Width, tolerance: 1e-3f);
        Assert.Equal(2 * round.TightBounds.Height, doubled.TightBounds.Height, tolerance: 1e-3f);
    }

    private static byte[] Drawn(int seed)
    {
        using var renderer = new GlyphRenderer();
        using var letter = LetterL();
        var image = new byte[784];
        renderer.Render(letter, new Random(seed), image);
        return image;
    }
}
