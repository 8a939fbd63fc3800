using System.Numerics;
using Workbench.Core.Search.Samplers;

namespace Workbench.Core.Search;

/// <summary>
/// Regression trees over a space cut into bins, which sum up what they predict along each axis while they grow. A leaf is a box of
/// bins: a range of them on a numeric axis, a set of them on a categorical one.
/// </summary>
internal sealed class VarianceForest
{
    private const int MostBins = 64;
    private const int SmallestLeaf = 2;

    private readonly double[] _values;
    private readonly int[] _bins; // of each axis
    private readonly byte[][] _binOf; // per axis, of each row
    private readonly double[][] _marginals; // per axis and bin, what the trees predict there, summed, up to a constant
    private readonly int[] _order;
    private readonly double[] _sums = new double[MostBins];
    private readonly int[] _counts = new int[MostBins];
    private int _trees;

    public VarianceForest(History history, int[] rows, double[] values)
    {
        _values = values;
        _order = new int[rows.Length];
        _bins = [.. history.Axes.Select(a => a.IsCategorical ? Math.Min(a.Cells, MostBins) : MostBins)];
        _marginals = [.. _bins.Select(count => new double[count])];
        _binOf = [.. history.Axes.Select((axis, i) => rows.Select(row => Bin(axis, history.Column(i)[row], _bins[i])).ToArray())];
    }

    /// <summary>Grows a tree on a bootstrap sample and adds its predictions.</summary>
    public void Grow(int seed)
    {
        var random = new RandomStream(seed, 0);
        for (var i = 0; i < _order.Length; i++)
            _order[i] = random.Below(_order.Length);
        _trees++;
        Split(_order, [.. _bins.Select(count => count == MostBins ? ulong.MaxValue : (1UL << count) - 1)], ref random);
    }

    /// <summary>Variance of the mean prediction along each axis.</summary>
    public double[] Variances() => [.. _marginals.Select(marginal =>
    {
        var mean = marginal.Average();
        return marginal.Average(m => (m - mean) * (m - mean)) / (_trees * (double)_trees);
    })];

    private static byte Bin(Axis axis, double place, int bins) => (byte)(axis.IsCategorical && !double.IsNaN(place)
        ? Math.Min(axis.CellOf(place), bins - 1)
        : Math.Clamp((int)((double.IsNaN(place) ? AcquisitionSearch.Absent : place) * bins), 0, bins - 1));

    private void Split(Span<int> rows, ulong[] box, ref RandomStream random)
    {
        var best = (Gain: 1e-12, Axis: -1, Left: 0UL);
        for (var d = 0; d < _bins.Length && rows.Length >= 2 * SmallestLeaf; d++)
            // Not every axis may split every node, or else all trees would be alike.
            if (random.Unit() < 0.7)
                TrySplit(d, rows, ref best);
        if (best.Axis < 0)
        {
            AddLeaf(rows, box);
            return;
        }
        var binOf = _binOf[best.Axis];
        var left = 0;
        for (var i = 0; i < rows.Length; i++)
            if ((best.Left >> binOf[rows[i]] & 1) != 0)
                (rows[i], rows[left++]) = (rows[left], rows[i]);
        var whole = box[best.Axis];
        box[best.Axis] = whole & best.Left;
        Split(rows[..left], box, ref random);
        box[best.Axis] = whole & ~best.Left;
        Split(rows[left..], box, ref random);
        box[best.Axis] = whole;
    }

    private void TrySplit(int d, ReadOnlySpan<int> rows, ref (double Gain, int Axis, ulong Left) best)
    {
        var binOf = _binOf[d];
        var total = 0.0;
        var occupied = 0UL; // most nodes are small: only the bins with rows in them are cleared and gone through
        foreach (var row in rows)
        {
            var b = binOf[row];
            if ((occupied >> b & 1) == 0)
                (_sums[b], _counts[b]) = (0, 0);
            occupied |= 1UL << b;
            total += _values[row];
            _sums[b] += _values[row];
            _counts[b]++;
        }
        Span<int> order = stackalloc int[BitOperations.PopCount(occupied)];
        for (var k = 0; k < order.Length; k++, occupied &= occupied - 1)
            order[k] = BitOperations.TrailingZeroCount(occupied);
        var ordered = _bins[d] == MostBins;
        // Categories are put in the order of their means: the best of all subsets is then a prefix (Breiman et al. 1984).
        if (!ordered)
        {
            Span<double> means = stackalloc double[order.Length];
            for (var k = 0; k < order.Length; k++)
                means[k] = _sums[order[k]] / _counts[order[k]];
            means.Sort(order);
        }
        var leftSum = 0.0;
        var leftCount = 0;
        var left = 0UL;
        foreach (var b in order)
        {
            left = ordered ? (2UL << b) - 1 : left | 1UL << b;
            leftSum += _sums[b];
            leftCount += _counts[b];
            var rightCount = rows.Length - leftCount;
            if (rightCount < SmallestLeaf)
                break;
            if (leftCount < SmallestLeaf)
                continue;
            var rightSum = total - leftSum;
            var gain = leftSum * leftSum / leftCount + rightSum * rightSum / rightCount - total * total / rows.Length;
            if (gain > best.Gain)
                best = (gain, d, left);
        }
    }

    private void AddLeaf(ReadOnlySpan<int> rows, ulong[] box)
    {
        var mean = 0.0;
        foreach (var row in rows)
            mean += _values[row] / rows.Length;
        var volume = 1.0;
        for (var d = 0; d < box.Length; d++)
            volume *= (double)BitOperations.PopCount(box[d]) / _bins[d];
        for (var d = 0; d < box.Length; d++)
        {
            // What is the same everywhere along an axis is no variance of it.
            if (BitOperations.PopCount(box[d]) == _bins[d])
                continue;
            // How much of the space lies in the leaf, seen from a bin inside of it.
            var share = mean * volume * _bins[d] / BitOperations.PopCount(box[d]);
            for (var inside = box[d]; inside != 0; inside &= inside - 1)
                _marginals[d][BitOperations.TrailingZeroCount(inside)] += share;
        }
    }
}
