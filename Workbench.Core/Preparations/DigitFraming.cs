using Workbench.Core.Datasets;
using Workbench.Core.Pictures;

namespace Workbench.Core.Preparations;

/// <summary>Puts ink into MNIST's frame.</summary>
internal static class DigitFraming
{
    // MNIST's strokes are two to four pixels wide. Thinner ones would fade to grey when the picture shrinks.
    private const double ThinnestStroke = 1.8;

    /// <summary>
    /// Cuts the ink out, fits it into 20×20 keeping its aspect, and places its centre of mass in the middle of 28×28.
    /// </summary>
    /// <param name="ink">0…1, with some ink.</param>
    /// <returns>28×28 bytes, 0 = background, 255 = ink.</returns>
    public static byte[] Frame(Plane ink)
    {
        var cut = Thicken(Cut(ink));
        var scale = (double)MnistFrame.Box / Math.Max(cut.Width, cut.Height);
        var fitted = cut.Resize(Size(cut.Width), Size(cut.Height));
        // Averaging dims what is narrower than a pixel: the strongest stroke becomes white again.
        var strongest = Math.Max(fitted.Values.Max(), 1e-6f);
        var image = new byte[MnistFrame.Pixels];
        int left = (MnistFrame.Side - fitted.Width) / 2, top = (MnistFrame.Side - fitted.Height) / 2;
        for (var y = 0; y < fitted.Height; y++)
        {
            for (var x = 0; x < fitted.Width; x++)
                image[(top + y) * MnistFrame.Side + left + x] = (byte)Math.Round(255 * Math.Clamp(fitted[x, y] / strongest, 0, 1));
        }
        MnistFrame.Centre(image);
        return image;

        int Size(int side) => Math.Clamp((int)Math.Round(side * scale), 1, MnistFrame.Box);
    }

    private static Plane Cut(Plane ink)
    {
        int left = ink.Width, top = ink.Height, right = -1, bottom = -1;
        for (var y = 0; y < ink.Height; y++)
        {
            for (var x = 0; x < ink.Width; x++)
            {
                if (ink[x, y] > 0)
                    (left, right, top, bottom) = (Math.Min(left, x), Math.Max(right, x), Math.Min(top, y), Math.Max(bottom, y));
            }
        }
        var cut = new Plane(right - left + 1, bottom - top + 1);
        for (var y = 0; y < cut.Height; y++)
            ink.Values.AsSpan((top + y) * ink.Width + left, cut.Width).CopyTo(cut.Values.AsSpan(y * cut.Width));
        return cut;
    }

    /// <summary>Widens strokes that would come out too thin, by the largest value within a disc.</summary>
    private static Plane Thicken(Plane ink)
    {
        var perPixel = (double)Math.Max(ink.Width, ink.Height) / MnistFrame.Box;
        var radius = (ThinnestStroke * perPixel - StrokeWidth(ink)) / 2;
        if (radius < 0.5)
            return ink;
        var margin = (int)Math.Ceiling(radius);
        var thick = new Plane(ink.Width + 2 * margin, ink.Height + 2 * margin);
        var disc = (from dy in Enumerable.Range(-margin, 2 * margin + 1)
                    from dx in Enumerable.Range(-margin, 2 * margin + 1)
                    where dx * dx + dy * dy <= radius * radius
                    select (dx, dy)).ToArray();
        for (var y = 0; y < ink.Height; y++)
        {
            for (var x = 0; x < ink.Width; x++)
            {
                if (ink[x, y] is > 0 and var value)
                {
                    foreach (var (dx, dy) in disc)
                        thick[x + margin + dx, y + margin + dy] = Math.Max(thick[x + margin + dx, y + margin + dy], value);
                }
            }
        }
        return thick;
    }

    /// <summary>Twice the area over the perimeter: the width of a long stroke.</summary>
    private static double StrokeWidth(Plane ink)
    {
        double area = 0, perimeter = 0;
        for (var y = 0; y < ink.Height; y++)
        {
            for (var x = 0; x < ink.Width; x++)
            {
                area += ink[x, y];
                // The total variation of a soft-edged shape is the length of its outline.
                var right = x + 1 < ink.Width ? ink[x + 1, y] : 0;
                var below = y + 1 < ink.Height ? ink[x, y + 1] : 0;
                perimeter += Math.Sqrt((right - ink[x, y]) * (right - ink[x, y]) + (below - ink[x, y]) * (below - ink[x, y]));
            }
        }
        return 2 * area / Math.Max(perimeter, 1e-6);
    }
}
