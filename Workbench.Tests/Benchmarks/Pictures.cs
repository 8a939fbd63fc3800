using SkiaSharp;
using Workbench.Core.Datasets;

namespace Workbench.Benchmarks;

/// <summary>Image files as people send them.</summary>
internal static class Pictures
{
    /// <summary>The first digit of MNIST as a PNG, which a model sees as it is.</summary>
    public static byte[] MnistDigit()
    {
        using var bitmap = new SKBitmap(new SKImageInfo(MnistFrame.Side, MnistFrame.Side, SKColorType.Gray8));
        Mnist.Load().Image(0).CopyTo(bitmap.GetPixelSpan());
        return Png(bitmap);
    }

    /// <summary>A seven of two strokes, black on white, 200 × 200: it has to be found, cropped, scaled and centred.</summary>
    public static byte[] Drawing()
    {
        using var bitmap = new SKBitmap(200, 200);
        using var canvas = new SKCanvas(bitmap);
        canvas.Clear(SKColors.White);
        using var pen = new SKPaint { Color = SKColors.Black, StrokeWidth = 16, IsAntialias = true, StrokeCap = SKStrokeCap.Round };
        canvas.DrawLine(60, 50, 140, 50, pen);
        canvas.DrawLine(140, 50, 90, 160, pen);
        return Png(bitmap);
    }

    private static byte[] Png(SKBitmap bitmap)
    {
        using var png = bitmap.Encode(SKEncodedImageFormat.Png, 100);
        return png.ToArray();
    }
}
