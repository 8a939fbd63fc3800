using System.Buffers;
using Workbench.Core.Datasets;

namespace Workbench.Core.Pictures;

/// <summary>
/// Takes a picture row by row, keeps the middle of it that has a wanted shape, and makes that smaller by a whole number, so that neither the
/// whole of it nor much more than is wanted is ever in memory. What is transparent is white.
/// </summary>
internal sealed class ColourSum : IPictureRows
{
    private readonly int _left, _top, _shrink, _width, _height, _channels;
    private readonly int[] _sums;

    /// <summary>Begins a picture.</summary>
    /// <param name="width">Of the picture, in pixels.</param>
    /// <param name="height">Of the picture, in pixels.</param>
    /// <param name="wantedWidth">The result has the shape of wanted width × height, and is no smaller where the picture is not.</param>
    /// <param name="wantedHeight">See <paramref name="wantedWidth"/>.</param>
    /// <param name="isGrey">Whether the rows are added by <see cref="AddGrey"/>; the result has one channel then.</param>
    public ColourSum(int width, int height, int wantedWidth, int wantedHeight, bool isGrey)
    {
        var (middleWidth, middleHeight) = Resampling.Middle(width, height, wantedWidth, wantedHeight);
        _shrink = Math.Max(1, Math.Min(middleWidth / wantedWidth, middleHeight / wantedHeight));
        (_width, _height, _channels) = (middleWidth / _shrink, middleHeight / _shrink, isGrey ? 1 : 3);
        (_left, _top) = ((width - _width * _shrink) / 2, (height - _height * _shrink) / 2);
        _sums = ArrayPool<int>.Shared.Rent(_width * _height * _channels);
        Array.Clear(_sums);
    }

    /// <inheritdoc/>
    public void AddGrey(int y, ReadOnlySpan<byte> pixels)
    {
        if (Row(y) is { IsEmpty: false } sums)
        {
            for (var x = 0; x < _width * _shrink; x++)
            {
                sums[x / _shrink] += pixels[_left + x];
            }
        }
    }

    /// <inheritdoc/>
    public void AddColour(int y, ReadOnlySpan<byte> pixels)
    {
        var sums = Row(y);
        if (sums.IsEmpty)
        {
            return;
        }
        var from = pixels.Slice(4 * _left, 4 * _width * _shrink);
        for (int to = 0, left = _shrink; !from.IsEmpty; from = from[4..])
        {
            var alpha = from[3];
            if (alpha == 255)
            {
                sums[to] += from[0];
                sums[to + 1] += from[1];
                sums[to + 2] += from[2];
            }
            else
            {
                var white = 255 * (255 - alpha) + 127;
                sums[to] += (from[0] * alpha + white) / 255;
                sums[to + 1] += (from[1] * alpha + white) / 255;
                sums[to + 2] += (from[2] * alpha + white) / 255;
            }
            if (--left == 0)
            {
                (to, left) = (to + 3, _shrink);
            }
        }
    }

    /// <summary>The picture, when all rows were added; called once.</summary>
    public Pixels ToPixels()
    {
        var pixels = _shrink * _shrink;
        var values = new byte[_width * _height * _channels];
        for (var i = 0; i < values.Length; i++)
        {
            values[i] = (byte)((_sums[i] + pixels / 2) / pixels);
        }
        ArrayPool<int>.Shared.Return(_sums);
        return new(_width, _height, _channels, values);
    }

    private Span<int> Row(int y) => y < _top || y >= _top + _height * _shrink
        ? default
        : _sums.AsSpan((y - _top) / _shrink * _width * _channels, _width * _channels);
}
