using System.Diagnostics;

namespace Workbench.Tests;

/// <summary>How the time for something grows with its size: a ratio of two times on the same machine, however fast it is.</summary>
internal static class Growth
{
    private const int Times = 4;
    private const int MostTimes = 24;
    private const double InProportion = 1.5;

    /// <summary>The power of the size with which the time grows: 1 in proportion, 2 with the square.</summary>
    /// <param name="large">The larger size; the smaller is an eighth of it.</param>
    /// <param name="prepare">Makes what is to be timed, for a size.</param>
    public static double Exponent(int large, Func<int, Action> prepare)
    {
        const int Factor = 8;
        var (few, many) = (prepare(large / Factor), prepare(large));
        few();
        var (less, more) = (TimeSpan.MaxValue, TimeSpan.MaxValue);
        // What else the machine does can only add to a time: the least of some is the nearest to the truth, and of more where it is busy.
        for (var i = 0; i < Times || (i < MostTimes && Math.Log(more / less, Factor) > InProportion); i++)
        {
            (less, more) = (Least(less, few), Least(more, many));
        }
        return Math.Log(more / less, Factor);
    }

    private static TimeSpan Least(TimeSpan known, Action act)
    {
        var start = Stopwatch.GetTimestamp();
        act();
        var took = Stopwatch.GetElapsedTime(start);
        return took < known ? took : known;
    }
}
