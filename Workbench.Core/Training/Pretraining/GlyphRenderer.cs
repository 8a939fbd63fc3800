using SkiaSharp;
using Workbench.Core.Datasets;

namespace Workbench.Core.Training.Pretraining;

/// <summary>
/// Draws glyphs as if by hand: rotated, sheared, stretched, bent, thick or thin, soft or sharp, white on black in MNIST's frame.
/// Not safe for use by several threads; each takes its own.
/// </summary>
internal sealed class GlyphRenderer : IDisposable
{
    private const int Side = MnistFrame.Side;

    private readonly SKBitmap _bitmap = new(new SKImageInfo(Side, Side, SKColorType.Alpha8, SKAlphaType.Premul));
    private readonly SKCanvas _canvas;

    /// <summary>Creates a renderer with a canvas of its own.</summary>
    public GlyphRenderer() => _canvas = new SKCanvas(_bitmap);

    /// <summary>Draws a variant of a glyph.</summary>
    /// <param name="outline">The glyph; not changed.</param>
    /// <param name="random">Chooses the variant.</param>
    /// <param name="image">Receives 28×28 bytes, 0 = background, 255 = ink.</param>
    public void Render(SKPath outline, Random random, Span<byte> image)
    {
        using var bent = Bend(outline, random);
        var soft = Uniform(random, 0, 0.65);
        // Positive: the outline is thickened by a stroke along its edge, in pixels of the image. Negative: thinned.
        var stroke = Uniform(random, -0.7, 1.6);
        var bounds = bent.TightBounds;
        var room = MnistFrame.Box - Math.Max(stroke, 0) - 2 * soft;
        var scale = room / Math.Max(Math.Max(bounds.Width, bounds.Height), 1e-3f);
        using var fitted = new SKPath(bent);
        fitted.Transform(SKMatrix.CreateTranslation(-bounds.MidX, -bounds.MidY)
            .PostConcat(SKMatrix.CreateScale(scale, scale))
            .PostConcat(SKMatrix.CreateTranslation(Side / 2f, Side / 2f)));

        _canvas.Clear();
        using var blur = soft > 0.2f ? SKMaskFilter.CreateBlur(SKBlurStyle.Normal, soft) : null;
        using var ink = new SKPaint { IsAntialias = true, Color = SKColors.White, MaskFilter = blur, StrokeWidth = Math.Abs(stroke) };
        ink.Style = stroke > 0 ? SKPaintStyle.StrokeAndFill : SKPaintStyle.Fill;
        _canvas.DrawPath(fitted, ink);
        if (stroke < 0)
        {
            ink.Style = SKPaintStyle.Stroke;
            ink.BlendMode = SKBlendMode.DstOut;
            _canvas.DrawPath(fitted, ink);
        }
        _canvas.Flush();
        for (var y = 0; y < Side; y++)
            _bitmap.GetPixelSpan().Slice(y * _bitmap.RowBytes, Side).CopyTo(image[(y * Side)..]);
        MnistFrame.Centre(image);
    }

    /// <inheritdoc />
    public void Dispose()
    {
        _canvas.Dispose();
        _bitmap.Dispose();
    }

    /// <summary>
    /// An affine map (rotation ±20°, shear ±0.35, stretch 0.75…1.25), then a wave along each axis, as a hand would waver.
    /// </summary>
    private static SKPath Bend(SKPath outline, Random random)
    {
        var angle = Uniform(random, -20, 20) * MathF.PI / 180;
        var shear = Uniform(random, -0.35, 0.35);
        float stretchX = Uniform(random, 0.75, 1.25), stretchY = Uniform(random, 0.75, 1.25);
        var bounds = outline.TightBounds;
        var size = Math.Max(bounds.Width, bounds.Height);
        var matrix = SKMatrix.CreateTranslation(-bounds.MidX, -bounds.MidY)
            .PostConcat(SKMatrix.CreateScale(stretchX / size, stretchY / size))
            .PostConcat(SKMatrix.CreateSkew(shear, 0))
            .PostConcat(SKMatrix.CreateRotation(angle));
        float heightX = Uniform(random, 0, 0.06), waveX = Uniform(random, 2, 6), phaseX = Uniform(random, 0, 2 * Math.PI);
        float heightY = Uniform(random, 0, 0.06), waveY = Uniform(random, 2, 6), phaseY = Uniform(random, 0, 2 * Math.PI);
        return OutlineMap.Apply(outline, point =>
        {
            var (x, y) = (matrix.MapPoint(point).X, matrix.MapPoint(point).Y);
            return new(x + heightX * MathF.Sin(waveX * y + phaseX), y + heightY * MathF.Sin(waveY * x + phaseY));
        });
    }

    private static float Uniform(Random random, double low, double high) => (float)(low + (high - low) * random.NextDouble());
}
