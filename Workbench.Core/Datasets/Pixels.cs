using SkiaSharp;

namespace Workbench.Core.Datasets;

/// <summary>A decoded picture: upright, without transparency (which is taken for white).</summary>
/// <param name="Width">Pixels in a row.</param>
/// <param name="Height">Rows.</param>
/// <param name="Channels">1 for grey, 3 for red, green and blue.</param>
/// <param name="Values">Width × height × channels bytes from 0 (dark) to 255, row by row, the channels of a pixel side by side.</param>
public sealed record Pixels(int Width, int Height, int Channels, byte[] Values)
{
    /// <summary>As a file, pixel by pixel.</summary>
    internal byte[] ToPng()
    {
        using var bitmap = Channels == 1 ? new SKBitmap(new SKImageInfo(Width, Height, SKColorType.Gray8, SKAlphaType.Opaque)) : ToBitmap();
        if (Channels == 1)
        {
            for (var y = 0; y < Height; y++)
            {
                Values.AsSpan(y * Width, Width).CopyTo(bitmap.GetPixelSpan()[(y * bitmap.RowBytes)..]);
            }
        }
        using var png = bitmap.Encode(SKEncodedImageFormat.Png, 100);
        return png.ToArray();
    }

    /// <summary>In colour.</summary>
    internal SKBitmap ToBitmap()
    {
        var bitmap = new SKBitmap(new SKImageInfo(Width, Height, SKColorType.Rgba8888, SKAlphaType.Opaque));
        var values = bitmap.GetPixelSpan();
        for (var at = 0; at < Width * Height; at++)
        {
            for (var channel = 0; channel < 3; channel++)
            {
                values[4 * at + channel] = Values[Channels == 1 ? at : 3 * at + channel];
            }
            values[4 * at + 3] = 255;
        }
        return bitmap;
    }
}
