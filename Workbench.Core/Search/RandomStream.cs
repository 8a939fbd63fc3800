namespace Workbench.Core.Search;

/// <summary>
/// A stream of random numbers that depends on a study's seed and a trial's number alone, so that every process draws the same:
/// xoshiro256** (Blackman and Vigna 2018), its state filled by SplitMix64.
/// </summary>
internal struct RandomStream
{
    private ulong _a, _b, _c, _d;
    private double _spare = double.NaN;

    public RandomStream(long seed, int number)
    {
        var state = Hash(seed, number);
        _a = Mix(state += 0x9E3779B97F4A7C15);
        _b = Mix(state += 0x9E3779B97F4A7C15);
        _c = Mix(state += 0x9E3779B97F4A7C15);
        _d = Mix(state + 0x9E3779B97F4A7C15);
    }

    /// <summary>64 well mixed bits from a study's seed and a trial's number.</summary>
    public static ulong Hash(long seed, int number) => Mix(Mix((ulong)seed + 0x9E3779B97F4A7C15) ^ (uint)number);

    public ulong Bits()
    {
        var result = ulong.RotateLeft(_b * 5, 7) * 9;
        var t = _b << 17;
        _c ^= _a;
        _d ^= _b;
        _b ^= _c;
        _a ^= _d;
        _c ^= t;
        _d = ulong.RotateLeft(_d, 45);
        return result;
    }

    /// <summary>Uniform in [0, 1).</summary>
    public double Unit() => (Bits() >> 11) * (1.0 / (1UL << 53));

    /// <summary>Uniform in {0, …, count − 1}.</summary>
    public int Below(int count) => (int)(Unit() * count);

    /// <summary>Standard normal, by Marsaglia's polar method.</summary>
    public double Normal()
    {
        if (!double.IsNaN(_spare))
        {
            var spare = _spare;
            _spare = double.NaN;
            return spare;
        }
        while (true)
        {
            double x = 2 * Unit() - 1, y = 2 * Unit() - 1, s = x * x + y * y;
            if (s >= 1 || s == 0)
                continue;
            var scale = Math.Sqrt(-2 * Math.Log(s) / s);
            _spare = y * scale;
            return x * scale;
        }
    }

    private static ulong Mix(ulong z)
    {
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
        return z ^ (z >> 31);
    }
}
