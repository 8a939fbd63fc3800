using SkiaSharp;
using Workbench.Core.Datasets;

namespace Workbench.Core.Pictures;

/// <summary>Turns pictures as their EXIF orientation asks.</summary>
internal static class Orientation
{
    /// <summary>Whether width and height of the upright picture are the stored ones exchanged.</summary>
    public static bool Swaps(SKEncodedOrigin origin) =>
        origin is SKEncodedOrigin.LeftTop or SKEncodedOrigin.RightTop or SKEncodedOrigin.RightBottom or SKEncodedOrigin.LeftBottom;

    /// <summary>The picture as it is to be looked at.</summary>
    /// <param name="stored">The picture as it is stored.</param>
    /// <param name="origin">Which corner of the upright picture the first stored pixel is.</param>
    public static Plane Upright(Plane stored, SKEncodedOrigin origin) => origin is SKEncodedOrigin.TopLeft or SKEncodedOrigin.Default
        ? stored
        : Swaps(origin)
            ? new Plane(stored.Height, stored.Width, Turn(stored.Values, stored.Width, stored.Height, 1, origin))
            : stored with { Values = Turn(stored.Values, stored.Width, stored.Height, 1, origin) };

    /// <inheritdoc cref="Upright(Plane, SKEncodedOrigin)"/>
    public static Pixels Upright(Pixels stored, SKEncodedOrigin origin) => origin is SKEncodedOrigin.TopLeft or SKEncodedOrigin.Default
        ? stored
        : new(
            Swaps(origin) ? stored.Height : stored.Width, Swaps(origin) ? stored.Width : stored.Height, stored.Channels,
            Turn(stored.Values, stored.Width, stored.Height, stored.Channels, origin));

    private static T[] Turn<T>(T[] stored, int storedWidth, int storedHeight, int channels, SKEncodedOrigin origin)
    {
        int right = storedWidth - 1, bottom = storedHeight - 1;
        var (width, height) = Swaps(origin) ? (storedHeight, storedWidth) : (storedWidth, storedHeight);
        var upright = new T[stored.Length];
        for (var y = 0; y < height; y++)
        {
            for (var x = 0; x < width; x++)
            {
                var (fromX, fromY) = origin switch
                {
                    SKEncodedOrigin.TopRight => (right - x, y),
                    SKEncodedOrigin.BottomRight => (right - x, bottom - y),
                    SKEncodedOrigin.BottomLeft => (x, bottom - y),
                    SKEncodedOrigin.LeftTop => (y, x),
                    SKEncodedOrigin.RightTop => (y, bottom - x),
                    SKEncodedOrigin.RightBottom => (right - y, bottom - x),
                    SKEncodedOrigin.LeftBottom => (right - y, x),
                    _ => (x, y),
                };
                stored.AsSpan((fromY * storedWidth + fromX) * channels, channels).CopyTo(upright.AsSpan((y * width + x) * channels));
            }
        }
        return upright;
    }
}
