using System.Diagnostics.CodeAnalysis;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Workbench.Core.Search.Samplers;

/// <summary>
/// The density of a set of observations: a mixture with one component per observation and a wide one, the prior, that keeps every
/// place possible. A component is a product of one kernel per axis: a Gaussian truncated to [0, 1] for a continuum, the same
/// integrated over each value's share for a grid, and a smoothed indicator for categories (Watanabe 2023, section 3.3).
/// Reused from one suggestion to the next: its buffers only grow.
/// </summary>
internal sealed class ParzenEstimator(IReadOnlyList<Axis> axes)
{
    // The prior of a numeric axis: mean ½, deviation 1, cut to [0, 1].
    private static readonly double PriorMass = Gaussian.Between(-0.5, 0.5);

    // Of every observation: for a continuum its place / (σ√2), for a grid or categories the number of its cell.
    private readonly double[]?[] _places = new double[]?[axes.Count];
    private readonly double[] _sigma = new double[axes.Count];

    // Per axis and cell of a grid: whether an observation lies in it, the mass of its kernel before truncation, and whether the row of
    // logarithms of kernels seen from it, one per cell of an observation, has been computed since the last fit.
    private readonly bool[][] _used = [.. axes.Select(a => new bool[GridCells(a)])];
    private readonly double[][] _mass = [.. axes.Select(a => new double[GridCells(a)])];
    private readonly bool[][] _known = [.. axes.Select(a => new bool[GridCells(a)])];
    private readonly double[][] _rows = [.. axes.Select(a => new double[GridCells(a) * GridCells(a)])];
    private double[]? _cumulative;
    private double[]? _constant;
    private double[]? _logs;
    private double _priorShare;
    private int _count;

    /// <summary>Takes observations in.</summary>
    /// <param name="columns">Per axis the places of all trials.</param>
    /// <param name="trials">Which of the trials are the observations.</param>
    /// <param name="weights">Weights of the observations, and last that of the prior, on any positive scale.</param>
    /// <param name="sigma">
    /// Per axis the bandwidth of the observations' kernels; for categories the share of probability that the smoothing spreads evenly.
    /// </param>
    [MemberNotNull(nameof(_cumulative), nameof(_constant), nameof(_logs))]
    public void Fit(double[][] columns, ReadOnlySpan<int> trials, ReadOnlySpan<double> weights, ReadOnlySpan<double> sigma)
    {
        _count = trials.Length;
        Grow(ref _cumulative, _count + 1);
        Grow(ref _constant, _count);
        Grow(ref _logs, _count);
        var total = 0.0;
        for (var i = 0; i <= _count; i++)
            _cumulative[i] = total += weights[i];
        _priorShare = weights[_count] / total;
        for (var i = 0; i < _count; i++)
            _constant[i] = weights[i] / total;
        for (var d = 0; d < axes.Count; d++)
            FitAxis(d, columns[d], trials, sigma[d]);
        for (var i = 0; i < _count; i++)
            _constant[i] = Math.Log(_constant[i]);
    }

    /// <summary>Draws a place from the mixture.</summary>
    public void Sample(ref RandomStream random, Span<double> place)
    {
        var at = Array.BinarySearch(_cumulative!, 0, _count + 1, random.Unit() * _cumulative![_count]);
        var component = Math.Min(at < 0 ? ~at : at, _count);
        for (var d = 0; d < place.Length; d++)
        {
            var axis = axes[d];
            if (axis.IsCategorical)
            {
                var even = component == _count || random.Unit() < _sigma[d];
                place[d] = axis.Centre(even ? random.Below(axis.Cells) : (int)_places[d]![component]);
                continue;
            }
            var (centre, sigma) = component == _count ? (0.5, 1) : (Centre(d, component), _sigma[d]);
            // The centre lies in [0, 1] and σ ≤ 1: at least one draw in three is inside.
            double drawn;
            do
                drawn = centre + sigma * random.Normal();
            while (drawn is < 0 or > 1);
            place[d] = axis.Cells > 0 ? axis.Centre(axis.CellOf(drawn)) : drawn;
        }
    }

    /// <summary>Logarithm of the density at a place; on a grid or categories, of the value's probability.</summary>
    public double LogDensity(ReadOnlySpan<double> place)
    {
        var constants = _constant.AsSpan(0, _count);
        var logs = _logs.AsSpan(0, _count);
        constants.CopyTo(logs);
        var prior = Math.Log(_priorShare);
        for (var d = 0; d < place.Length; d++)
        {
            prior += PriorLog(axes[d], place[d]);
            if (axes[d].IsCategorical)
                AddCategory(d, axes[d].CellOf(place[d]), logs);
            else if (axes[d].Cells > 0)
                AddRow(d, axes[d].CellOf(place[d]), logs);
            else
                SubtractSquares(_places[d].AsSpan(0, _count), place[d] / (_sigma[d] * Math.Sqrt(2)), logs);
        }
        return LogSumExp(logs, prior);
    }

    private void FitAxis(int d, double[] column, ReadOnlySpan<int> trials, double sigma)
    {
        var axis = axes[d];
        _sigma[d] = sigma;
        Grow(ref _places[d], _count);
        var places = _places[d]!;
        if (axis.Cells > 0)
        {
            Array.Clear(_known[d]);
            Array.Clear(_used[d]);
            for (var i = 0; i < trials.Length; i++)
            {
                var cell = axis.CellOf(column[trials[i]]);
                places[i] = cell;
                if (!axis.IsCategorical)
                    _used[d][cell] = true;
            }
            for (var k = 0; k < _used[d].Length; k++)
                if (_used[d][k])
                    _mass[d][k] = Gaussian.Between(-axis.Centre(k) / sigma, (1 - axis.Centre(k)) / sigma);
            return;
        }
        var scale = 1 / (sigma * Math.Sqrt(2));
        var height = scale / Math.Sqrt(Math.PI);
        for (var i = 0; i < trials.Length; i++)
        {
            var place = column[trials[i]];
            places[i] = place * scale;
            _constant![i] *= height / Gaussian.Between(-place / sigma, (1 - place) / sigma);
        }
    }

    private static int GridCells(Axis axis) => axis.IsCategorical ? 0 : axis.Cells;

    private double Centre(int d, int observation) =>
        axes[d].Cells > 0 ? axes[d].Centre((int)_places[d]![observation]) : _places[d]![observation] * _sigma[d] * Math.Sqrt(2);

    private static double PriorLog(Axis axis, double place)
    {
        if (axis.IsCategorical)
            return -Math.Log(axis.Cells);
        if (axis.Cells == 0)
            return -(place - 0.5) * (place - 0.5) / 2 - Gaussian.LogSqrt2Pi - Math.Log(PriorMass);
        var cell = axis.CellOf(place);
        return Math.Log(Gaussian.Between(axis.Edge(cell) - 0.5, axis.Edge(cell + 1) - 0.5) / PriorMass);
    }

    // There may be many categories, but a kernel has two values: that of its own one, and that of every other.
    private void AddCategory(int d, int cell, Span<double> logs)
    {
        var other = Math.Log(_sigma[d] / axes[d].Cells);
        var own = Math.Log(_sigma[d] / axes[d].Cells + (1 - _sigma[d]));
        var places = _places[d].AsSpan(0, logs.Length);
        for (var i = 0; i < logs.Length; i++)
            logs[i] += (int)places[i] == cell ? own : other;
    }

    // Observations and candidates share few cells: each kernel is computed once.
    private void AddRow(int d, int cell, Span<double> logs)
    {
        var row = _rows[d].AsSpan(cell * axes[d].Cells, axes[d].Cells);
        if (!_known[d][cell])
            FillRow(d, cell, row);
        _known[d][cell] = true;
        var places = _places[d].AsSpan(0, logs.Length);
        for (var i = 0; i < logs.Length; i++)
            logs[i] += row[(int)places[i]];
    }

    private void FillRow(int d, int cell, Span<double> row)
    {
        var axis = axes[d];
        var sigma = _sigma[d];
        for (var k = 0; k < row.Length; k++)
        {
            if (!_used[d][k])
                continue;
            var centre = axis.Centre(k);
            var share = Gaussian.Between((axis.Edge(cell) - centre) / sigma, (axis.Edge(cell + 1) - centre) / sigma);
            row[k] = Math.Log(Math.Max(share / _mass[d][k], 1e-300));
        }
    }

    private static void SubtractSquares(ReadOnlySpan<double> places, double place, Span<double> logs)
    {
        var i = 0;
        var wide = MemoryMarshal.Cast<double, Vector256<double>>(logs);
        var widePlaces = MemoryMarshal.Cast<double, Vector256<double>>(places);
        var here = Vector256.Create(place);
        for (; i < wide.Length; i++)
        {
            var distance = widePlaces[i] - here;
            wide[i] -= distance * distance;
        }
        for (i *= Vector256<double>.Count; i < logs.Length; i++)
            logs[i] -= (places[i] - place) * (places[i] - place);
    }

    private static double LogSumExp(ReadOnlySpan<double> logs, double last)
    {
        var wide = MemoryMarshal.Cast<double, Vector256<double>>(logs);
        var rest = logs[(wide.Length * Vector256<double>.Count)..];
        var wideMax = Vector256.Create(last);
        foreach (var w in wide)
            wideMax = Vector256.Max(wideMax, w);
        var max = last;
        for (var k = 0; k < Vector256<double>.Count; k++)
            max = Math.Max(max, wideMax[k]);
        foreach (var x in rest)
            max = Math.Max(max, x);

        var wideSum = Vector256<double>.Zero;
        var shift = Vector256.Create(max);
        foreach (var w in wide)
            wideSum += Vector256.Exp(w - shift);
        var sum = Vector256.Sum(wideSum) + Math.Exp(last - max);
        foreach (var x in rest)
            sum += Math.Exp(x - max);
        return max + Math.Log(sum);
    }

    private static void Grow([NotNull] ref double[]? buffer, int size)
    {
        if (buffer is null || buffer.Length < size)
            buffer = new double[Math.Max(size, 2 * (buffer?.Length ?? 16))];
    }
}
