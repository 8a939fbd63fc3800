namespace Workbench.Core.Preparations;

/// <summary>The way from pixels, whose channels lie side by side, to planes of one channel each, as networks take them.</summary>
internal static class Planes
{
    /// <summary>Cuts a part out, takes it apart and moves its range.</summary>
    /// <param name="pixels">Row by row.</param>
    /// <param name="channels">Their channels: 1, which becomes three that are the same, or 3, which become grey by ITU-R BT.601; as the shape asks.</param>
    /// <param name="width">Pixels in a row.</param>
    /// <param name="corner">Where the part begins.</param>
    /// <param name="shape">What comes out.</param>
    /// <param name="factor">Values are multiplied with it…</param>
    /// <param name="offset">…and this is added.</param>
    /// <param name="to">Receives the planes.</param>
    public static void Split(
        ReadOnlySpan<float> pixels, int channels, int width, (int Left, int Top) corner, (int Channels, int Height, int Width) shape,
        float factor, float offset, Span<float> to)
    {
        for (var channel = 0; channel < shape.Channels; channel++)
        {
            for (var y = 0; y < shape.Height; y++)
            {
                var row = pixels.Slice(((corner.Top + y) * width + corner.Left) * channels, shape.Width * channels);
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
    }
}
