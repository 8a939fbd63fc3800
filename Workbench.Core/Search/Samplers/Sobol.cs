namespace Workbench.Core.Search.Samplers;

/// <summary>
/// Sobol's sequence with the direction numbers of Joe and Kuo 2008 (SIAM J. Sci. Comput. 30, 2635: "new-joe-kuo-6"), each dimension
/// scrambled by a hash that permutes the tree of its digits as Owen's scrambling does (Burley 2020, JCGT 9(4); permutation of
/// Laine and Karras 2011). Any point can be had without those before it.
/// </summary>
internal static class Sobol
{
    // Dimensions 2 and up: a, the polynomial's inner coefficients, then m₁ … m_s. The first is van der Corput's sequence.
    private static readonly uint[][] Numbers =
    [
        [0, 1], [1, 1, 3], [1, 1, 3, 1], [2, 1, 1, 1], [1, 1, 1, 3, 3], [4, 1, 3, 5, 13], [2, 1, 1, 5, 5, 17], [4, 1, 1, 5, 5, 5],
        [7, 1, 1, 7, 11, 19], [11, 1, 1, 5, 1, 1], [13, 1, 1, 1, 3, 11], [14, 1, 3, 5, 5, 31], [1, 1, 3, 3, 9, 7, 49],
        [13, 1, 1, 1, 15, 21, 21], [16, 1, 3, 1, 13, 27, 49], [19, 1, 1, 1, 15, 7, 5], [22, 1, 3, 1, 15, 13, 25],
        [25, 1, 1, 5, 5, 19, 61], [1, 1, 3, 7, 11, 23, 15, 103], [4, 1, 3, 7, 13, 13, 15, 69], [7, 1, 1, 3, 13, 7, 35, 63],
        [8, 1, 3, 5, 9, 1, 25, 53], [14, 1, 3, 1, 13, 9, 35, 107], [19, 1, 3, 1, 5, 27, 61, 31], [21, 1, 1, 5, 11, 19, 41, 61],
        [28, 1, 3, 5, 3, 3, 13, 69], [31, 1, 1, 7, 13, 1, 19, 1], [32, 1, 3, 7, 5, 13, 19, 59], [37, 1, 1, 3, 9, 25, 29, 41],
        [41, 1, 3, 5, 13, 23, 1, 55], [42, 1, 3, 7, 3, 13, 59, 17],
    ];

    private static readonly uint[][] Directions = [DirectionsOfFirst(), .. Numbers.Select(DirectionsOf)];

    /// <summary>Dimensions of the sequence; those beyond are uniform random numbers.</summary>
    public static int Dimensions => Directions.Length;

    /// <summary>One coordinate of the point number <paramref name="index" />, in (0, 1).</summary>
    public static double Coordinate(int index, int dimension, long seed)
    {
        var scramble = RandomStream.Hash(seed, dimension);
        if (dimension >= Dimensions)
            return ((RandomStream.Hash((long)scramble, index) >> 11) + 0.5) / (1UL << 53);
        var digits = 0u;
        for (int rest = index, k = 0; rest != 0; rest >>= 1, k++)
            if ((rest & 1) != 0)
                digits ^= Directions[dimension][k];
        return (Reverse(Permute(Reverse(digits), (uint)scramble)) + 0.5) / (1UL << 32);
    }

    private static uint Permute(uint x, uint seed)
    {
        x += seed;
        x ^= x * 0x6C50B47C;
        x ^= x * 0xB82F1E52;
        x ^= x * 0xC7AFE638;
        x ^= x * 0x8D22F6E6;
        return x;
    }

    private static uint Reverse(uint x)
    {
        x = (x >> 1) & 0x55555555 | (x & 0x55555555) << 1;
        x = (x >> 2) & 0x33333333 | (x & 0x33333333) << 2;
        x = (x >> 4) & 0x0F0F0F0F | (x & 0x0F0F0F0F) << 4;
        return System.Buffers.Binary.BinaryPrimitives.ReverseEndianness(x);
    }

    private static uint[] DirectionsOfFirst() => [.. Enumerable.Range(0, 32).Select(k => 1u << (31 - k))];

    private static uint[] DirectionsOf(uint[] numbers)
    {
        var degree = numbers.Length - 1;
        var v = new uint[32];
        for (var k = 0; k < 32; k++)
        {
            if (k < degree)
            {
                v[k] = numbers[k + 1] << (31 - k);
                continue;
            }
            v[k] = v[k - degree] ^ (v[k - degree] >> degree);
            for (var j = 1; j < degree; j++)
                if ((numbers[0] >> (degree - 1 - j) & 1) != 0)
                    v[k] ^= v[k - j];
        }
        return v;
    }
}
