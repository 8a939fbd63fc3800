using System.Buffers;
using Workbench.Core.Datasets;
using Workbench.Core.Pictures;

namespace Workbench.Core.Preparations;

/// <summary>Pictures whose channels lie side by side, as networks take them: one channel after the other.</summary>
internal static class Planes
{
    /// <summary>Scales a picture, cuts a part out, takes it apart and moves its range.</summary>
    /// <param name="picture">Its channels are 1, which becomes three that are the same, or 3, which become grey by ITU-R BT.601; as the shape asks.</param>
    /// <param name="size">To which it is scaled, as <see cref="Resampling.Scale"/> does it.</param>
    /// <param name="corner">Where the part begins.</param>
    /// <param name="shape">What comes out.</param>
    /// <param name="factor">Values are multiplied with it…</param>
    /// <param name="offset">…and this is added.</param>
    /// <param name="to">Receives the planes.</param>
    public static void Cut(
        Pixels picture, (int Width, int Height) size, (int Left, int Top) corner, (int Channels, int Height, int Width) shape,
        float factor, float offset, Span<float> to)
    {
        var channels = picture.Channels;
        var rented = ArrayPool<float>.Shared.Rent(size.Width * size.Height * channels);
        var pixels = rented.AsSpan(0, size.Width * size.Height * channels);
        Resampling.Scale(picture, size.Width, size.Height, pixels);
        for (var channel = 0; channel < shape.Channels; channel++)
        {
            for (var y = 0; y < shape.Height; y++)
            {
                var row = pixels.Slice(((corner.Top + y) * size.Width + corner.Left) * channels, shape.Width * channels);
                var target = to.Slice((channel * shape.Height + y) * shape.Width, shape.Width);
                for (var x = 0; x < target.Length; x++)
                {
                    var value = channels == 1 ? row[x]
                        : shape.Channels == 3 ? row[3 * x + channel]
                        : 0.299f * row[3 * x] + 0.587f * row[3 * x + 1] + 0.114f * row[3 * x + 2];
                    target[x] = value * factor + offset;
                }
            }
        }
        ArrayPool<float>.Shared.Return(rented);
    }
}
