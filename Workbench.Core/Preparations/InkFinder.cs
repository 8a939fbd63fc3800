using Workbench.Core.Pictures;

namespace Workbench.Core.Preparations;

/// <summary>Tells the ink of a digit from what it is written on.</summary>
internal static class InkFinder
{
    // Less than this on the whole scale is no stroke but a shade of the paper.
    private const float Faintest = 0.08f;

    // Where the paper leaves less room than this, a share of it would make ink of the camera's noise.
    private const float LeastRange = 0.35f;

    // Against the largest blot: smaller ones are specks, unless they could be a part of a broken digit.
    private const double Speck = 0.025;

    /// <summary>The ink: 0 where there is none, 1 in the middle of strokes, in between at their edges.</summary>
    /// <param name="grey">Dark on light or light on dark, evenly lit or not.</param>
    /// <exception cref="ImageException">Nothing stands out from the background.</exception>
    public static Plane Find(Plane grey)
    {
        var (contrast, noise) = Contrast(grey);
        var threshold = Math.Max(Otsu(contrast.Values), Math.Max(Faintest, (float)(4 * noise)));
        var full = FullInk(contrast.Values, threshold)
            ?? throw new ImageException(ImageFault.Blank, "The image is blank: nothing on it stands out from the background.");
        threshold = Math.Min(threshold, full / 2);
        var blots = Blots.Of(contrast, threshold);
        var kept = Worthwhile(blots);
        var edge = (float)Math.Min(Math.Max(3 * noise, 0.012), threshold / 2);
        var ink = new Plane(grey.Width, grey.Height);
        for (var at = 0; at < ink.Values.Length; at++)
        {
            var value = contrast.Values[at];
            if (value > edge && NearKept(at))
                ink.Values[at] = noise < 0.002 ? Math.Min(1, value / full) : Math.Min(1, (value - edge) / (full - edge));
        }
        return ink;

        // The soft edge of a stroke lies below the threshold, but within a pixel or two.
        bool NearKept(int at)
        {
            int x = at % grey.Width, y = at / grey.Width;
            for (var nearY = Math.Max(0, y - 2); nearY <= Math.Min(grey.Height - 1, y + 2); nearY++)
            {
                for (var nearX = Math.Max(0, x - 2); nearX <= Math.Min(grey.Width - 1, x + 2); nearX++)
                {
                    if (blots.Numbers[nearY * grey.Width + nearX] is > 0 and var blot && kept[blot])
                        return true;
                }
            }
            return false;
        }
    }

    /// <summary>
    /// How much each pixel differs from the paper, in the direction in which the writing does: the share of the light it takes
    /// away, or of what is missing to white that it gives. As a share it is the same in the shadow and in the sun.
    /// </summary>
    private static (Plane Contrast, double Noise) Contrast(Plane grey)
    {
        var paper = new Paper(grey);
        var contrast = new Plane(grey.Width, grey.Height);
        double dark = 0, light = 0, brightness = 0;
        var background = new float[grey.Width];
        for (var y = 0; y < grey.Height; y++)
        {
            paper.Row(y, background);
            var seen = grey.Values.AsSpan(y * grey.Width, grey.Width);
            var row = contrast.Values.AsSpan(y * grey.Width, grey.Width);
            for (var x = 0; x < row.Length; x++)
            {
                var difference = seen[x] - background[x];
                brightness += background[x];
                if (difference < 0)
                {
                    row[x] = difference / Math.Max(background[x], LeastRange);
                    dark += difference * difference;
                }
                else
                {
                    row[x] = difference / Math.Max(1 - background[x], LeastRange);
                    light += difference * difference;
                }
            }
        }
        brightness /= grey.Values.Length;
        var direction = dark > light ? -1 : 1;
        foreach (ref var value in contrast.Values.AsSpan())
            value = Math.Max(0, direction * value);
        return (contrast, paper.Noise / Math.Max(dark > light ? brightness : 1 - brightness, LeastRange));
    }

    /// <summary>The threshold that parts the values best into two classes (Otsu, 1979).</summary>
    private static float Otsu(float[] values)
    {
        const int bins = 256;
        Span<long> histogram = stackalloc long[bins];
        foreach (var value in values)
            histogram[Bin(value)]++;
        double total = 0, below = 0, sumBelow = 0, best = -1;
        for (var bin = 0; bin < bins; bin++)
            total += (double)bin * histogram[bin];
        var threshold = 0;
        for (var bin = 0; bin < bins - 1; bin++)
        {
            below += histogram[bin];
            sumBelow += (double)bin * histogram[bin];
            var above = values.Length - below;
            if (below == 0 || above == 0)
                continue;
            var distance = sumBelow / below - (total - sumBelow) / above;
            if (below * above * distance * distance is var between && between > best)
                (best, threshold) = (between, bin);
        }
        return (threshold + 1f) / bins;

        static int Bin(float value) => Math.Min(bins - 1, (int)(value * bins));
    }

    /// <summary>
    /// What the middle of a stroke shows: nearly the highest of the values above the threshold. Null when there are none.
    /// </summary>
    private static float? FullInk(float[] values, float threshold)
    {
        var ink = Array.FindAll(values, value => value > threshold);
        Array.Sort(ink);
        return ink.Length == 0 ? null : Math.Min(1, ink[(int)(0.9 * (ink.Length - 1))]);
    }

    /// <summary>
    /// Which blots belong to the digit: no specks; and nothing that comes in from outside when there is something that does not.
    /// </summary>
    private static bool[] Worthwhile(Blots blots)
    {
        var inside = blots.All.Where(blot => !blot.TouchesRim).Select(blot => blot.Area).DefaultIfEmpty().Max();
        var outside = blots.All.Where(blot => blot.TouchesRim).Select(blot => blot.Area).DefaultIfEmpty().Max();
        var alone = inside >= 0.1 * outside;
        var largest = alone ? inside : Math.Max(inside, outside);
        return [false, .. blots.All.Select(blot => blot.Area >= Speck * largest && !(alone && blot.TouchesRim))];
    }
}
