using System.Buffers;
using System.Numerics.Tensors;
using Workbench.Core.Datasets;

namespace Workbench.Core.Pictures;

/// <summary>Pictures in other sizes.</summary>
internal static class Resampling
{
    /// <summary>The largest size with the shape of the wanted one that fits into a picture.</summary>
    public static (int Width, int Height) Middle(int width, int height, int wantedWidth, int wantedHeight) => (
        Math.Clamp((int)Math.Round((double)height * wantedWidth / wantedHeight), 1, width),
        Math.Clamp((int)Math.Round((double)width * wantedHeight / wantedWidth), 1, height));

    /// <summary>
    /// The middle of a picture, as much of it as has the new shape, in the new size. Every new pixel is the mean over the area that it
    /// covers, where that is at least a pixel; where it is less, it is interpolated between neighbours.
    /// </summary>
    /// <param name="picture">The picture.</param>
    /// <param name="width">In pixels.</param>
    /// <param name="height">In pixels.</param>
    /// <param name="scaled">Receives height × width × channels values from 0 to 255, the channels of a pixel side by side.</param>
    public static void Scale(Pixels picture, int width, int height, Span<float> scaled)
    {
        var (middleWidth, middleHeight) = Middle(picture.Width, picture.Height, width, height);
        int left = (picture.Width - middleWidth) / 2, top = (picture.Height - middleHeight) / 2;
        var (columns, rows) = (Weights(middleWidth, width), Weights(middleHeight, height));
        var stride = width * picture.Channels;
        // Rented, as all large arrays on the way of a picture: new ones would have the whole heap collected for every other picture.
        var narrowed = ArrayPool<float>.Shared.Rent(middleHeight * stride);
        for (var y = 0; y < middleHeight; y++)
        {
            var row = picture.Values.AsSpan(((top + y) * picture.Width + left) * picture.Channels, middleWidth * picture.Channels);
            Narrow(row, columns, picture.Channels, narrowed.AsSpan(y * stride, stride));
        }
        scaled.Clear();
        for (var y = 0; y < height; y++)
        {
            var (first, weights) = rows[y];
            var to = scaled.Slice(y * stride, stride);
            for (var i = 0; i < weights.Length; i++)
            {
                TensorPrimitives.MultiplyAdd(narrowed.AsSpan((first + i) * stride, stride), weights[i], to, to);
            }
        }
        ArrayPool<float>.Shared.Return(narrowed);
    }

    private static void Narrow(ReadOnlySpan<byte> row, (int First, float[] Weights)[] columns, int channels, Span<float> to)
    {
        for (var x = 0; x < columns.Length; x++)
        {
            var (first, weights) = columns[x];
            for (var channel = 0; channel < channels; channel++)
            {
                var sum = 0f;
                for (int i = 0, at = first * channels + channel; i < weights.Length; i++, at += channels)
                {
                    sum += weights[i] * row[at];
                }
                to[x * channels + channel] = sum;
            }
        }
    }

    /// <summary>Which old pixels go into each new one, along one axis, and how much; the weights of one sum to 1.</summary>
    private static (int First, float[] Weights)[] Weights(int size, int newSize)
    {
        var scale = (double)size / newSize;
        return [.. Enumerable.Range(0, newSize).Select(to => scale >= 1 ? Covered(to) : Between(to))];

        (int, float[]) Covered(int to)
        {
            double begin = to * scale, end = Math.Min(size, (to + 1) * scale);
            var first = (int)(begin + 1e-9);
            return (first, [.. Enumerable.Range(first, Math.Min(size, (int)Math.Ceiling(end - 1e-9)) - first)
                .Select(from => (float)((Math.Min(from + 1, end) - Math.Max(from, begin)) / scale))]);
        }

        (int, float[]) Between(int to)
        {
            var middle = Math.Clamp((to + 0.5) * scale - 0.5, 0, size - 1);
            var first = Math.Min((int)middle, Math.Max(0, size - 2));
            var share = (float)(middle - first);
            return size == 1 ? (0, [1]) : (first, [1 - share, share]);
        }
    }
}
