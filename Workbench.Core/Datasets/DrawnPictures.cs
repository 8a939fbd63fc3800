namespace Workbench.Core.Datasets;

/// <summary>
/// Tells datasets of strokes on a plain ground, such as handwriting, from datasets of photographs.
/// </summary>
/// <remarks>
/// A picture is drawn when it is all but grey (at most 2 % of its pixels have channels more than 48 of 255 apart), at least half of it is
/// ground (within a quarter of the contrast of its most frequent grey), and at most 18 % of it is neither ground nor ink (between a quarter
/// and three quarters of the contrast: the edges of strokes). The contrast is the distance of the ground from the 0.5 % of the pixels that are
/// farthest from it on one side, and at least 64. A dataset is drawn when at least 90 % of up to <see cref="MostLookedAt"/> of its pictures
/// are, taken evenly over the whole.
/// </remarks>
internal static class DrawnPictures
{
    /// <summary>About how many pictures of a dataset are looked at.</summary>
    public const int MostLookedAt = 64;

    // As small as strokes can still be told from shades: a picture that is larger is scaled down, which costs less than to look at all of it.
    private const int Side = 96;
    private const int Apart = 48;
    private const int LeastContrast = 64;
    private const double MostColoured = 0.02, Farthest = 0.005, LeastGround = 0.5, MostBetween = 0.18;
    private const double LeastOfAll = 0.9;

    /// <summary>Whether a picture's place is among those that are looked at.</summary>
    /// <param name="place">From 0 on.</param>
    /// <param name="count">About how many pictures there are.</param>
    public static bool LooksAt(int place, int count) => place % Math.Max(1, count / MostLookedAt) == 0;

    /// <summary>Whether a dataset is drawn.</summary>
    /// <param name="drawn">How many of the pictures that were looked at are.</param>
    /// <param name="lookedAt">How many those were.</param>
    public static bool IsDrawn(int drawn, int lookedAt) => lookedAt > 0 && drawn >= LeastOfAll * lookedAt;

    /// <summary>Whether a picture is drawn.</summary>
    /// <exception cref="DatasetException">It can't be decoded.</exception>
    public static bool IsDrawn(byte[] file) => IsDrawn(PictureDecoder.Decode(file, Side, 3));

    /// <summary>Whether a picture is drawn.</summary>
    /// <param name="picture">In red, green and blue.</param>
    public static bool IsDrawn(Pixels picture)
    {
        var (count, coloured, greys) = (picture.Width * picture.Height, 0, new int[256]);
        for (var at = 0; at < 3 * count; at += 3)
        {
            var (red, green, blue) = (picture.Values[at], picture.Values[at + 1], picture.Values[at + 2]);
            coloured += Math.Max(red, Math.Max(green, blue)) - Math.Min(red, Math.Min(green, blue)) > Apart ? 1 : 0;
            greys[(red + green + blue) / 3]++;
        }
        var ground = MostFrequent(greys);
        var contrast = Math.Max(ground - Percentile(greys, Farthest * count), Percentile(greys, (1 - Farthest) * count) - ground);
        return coloured <= MostColoured * count && contrast >= LeastContrast
            && Within(greys, ground, 0, contrast / 4) >= LeastGround * count
            && Within(greys, ground, contrast / 4 + 1, 3 * contrast / 4) <= MostBetween * count;
    }

    // With its neighbours: paper is never of one grey.
    private static int MostFrequent(int[] greys)
    {
        const int near = 8;
        return Enumerable.Range(0, greys.Length).MaxBy(grey => Within(greys, grey, 0, near));
    }

    private static int Within(int[] greys, int of, int least, int most)
    {
        var sum = 0;
        for (var grey = Math.Max(0, of - most); grey <= Math.Min(greys.Length - 1, of + most); grey++)
        {
            sum += Math.Abs(grey - of) >= least ? greys[grey] : 0;
        }
        return sum;
    }

    private static int Percentile(int[] greys, double count)
    {
        var (grey, sum) = (0, greys[0]);
        while (sum <= count && grey < greys.Length - 1)
        {
            sum += greys[++grey];
        }
        return grey;
    }
}
