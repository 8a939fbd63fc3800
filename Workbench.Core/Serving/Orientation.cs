using SkiaSharp;

namespace Workbench.Core.Serving;

/// <summary>Turns pictures as their EXIF orientation asks.</summary>
internal static class Orientation
{
    /// <summary>The picture as it is to be looked at.</summary>
    /// <param name="stored">The picture as it is stored.</param>
    /// <param name="origin">Which corner of the upright picture the first stored pixel is.</param>
    public static Plane Upright(Plane stored, SKEncodedOrigin origin)
    {
        int right = stored.Width - 1, bottom = stored.Height - 1;
        return origin switch
        {
            SKEncodedOrigin.TopRight => Turn(swap: false, (x, y) => (right - x, y)),
            SKEncodedOrigin.BottomRight => Turn(swap: false, (x, y) => (right - x, bottom - y)),
            SKEncodedOrigin.BottomLeft => Turn(swap: false, (x, y) => (x, bottom - y)),
            SKEncodedOrigin.LeftTop => Turn(swap: true, (x, y) => (y, x)),
            SKEncodedOrigin.RightTop => Turn(swap: true, (x, y) => (y, bottom - x)),
            SKEncodedOrigin.RightBottom => Turn(swap: true, (x, y) => (right - y, bottom - x)),
            SKEncodedOrigin.LeftBottom => Turn(swap: true, (x, y) => (right - y, x)),
            _ => stored,
        };

        Plane Turn(bool swap, Func<int, int, (int X, int Y)> source)
        {
            var upright = swap ? new Plane(stored.Height, stored.Width) : new Plane(stored.Width, stored.Height);
            for (var y = 0; y < upright.Height; y++)
            {
                for (var x = 0; x < upright.Width; x++)
                {
                    var (fromX, fromY) = source(x, y);
                    upright[x, y] = stored[fromX, fromY];
                }
            }
            return upright;
        }
    }
}
