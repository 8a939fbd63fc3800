namespace Workbench.Core.Pictures;

/// <summary>
/// Takes a picture row by row and makes it grey and smaller, so that the whole of it is never in memory. What is transparent shows a
/// background that what is opaque stands out from: white behind dark, black behind light.
/// </summary>
internal sealed class GreySum : IPictureRows
{
    private readonly int _width;
    private readonly int _height;
    private readonly int _shrink;
    private readonly Plane _light;
    // How much of the background shows; null in a picture without transparency.
    private readonly Plane? _clear;
    private double _brightness;
    private double _weight;

    /// <summary>Begins a picture.</summary>
    /// <param name="width">In pixels.</param>
    /// <param name="height">In pixels.</param>
    /// <param name="longestSide">No side of the result is longer.</param>
    /// <param name="isOpaque">Whether the format says that nothing shows through.</param>
    public GreySum(int width, int height, int longestSide, bool isOpaque)
    {
        (_width, _height) = (width, height);
        _shrink = Math.Max(1, (Math.Max(width, height) + longestSide - 1) / longestSide);
        _light = new Plane((width + _shrink - 1) / _shrink, (height + _shrink - 1) / _shrink);
        _clear = isOpaque ? null : new Plane(_light.Width, _light.Height);
    }

    /// <summary>Adds a row of one byte a pixel.</summary>
    public void AddGrey(int y, ReadOnlySpan<byte> pixels)
    {
        var light = Row(_light, y);
        for (int at = 0, to = 0, left = _shrink; at < pixels.Length; at++)
        {
            light[to] += Luminance(pixels[at], pixels[at], pixels[at]);
            if (--left == 0)
            {
                (to, left) = (to + 1, _shrink);
            }
        }
    }

    /// <summary>Adds a row of four bytes a pixel: red, green, blue, not multiplied with the alpha, and that.</summary>
    public void AddColour(int y, ReadOnlySpan<byte> pixels)
    {
        var light = Row(_light, y);
        var clear = _clear is null ? default : Row(_clear, y);
        for (int at = 0, to = 0, left = _shrink; at < pixels.Length; at += 4)
        {
            var luminance = Luminance(pixels[at], pixels[at + 1], pixels[at + 2]);
            if (clear.IsEmpty)
            {
                light[to] += luminance;
            }
            else
            {
                var alpha = pixels[at + 3];
                light[to] += alpha == 255 ? luminance : luminance * alpha / 255;
                clear[to] += 1 - alpha / 255f;
                _brightness += alpha * luminance;
                _weight += alpha;
            }
            if (--left == 0)
            {
                (to, left) = (to + 1, _shrink);
            }
        }
    }

    /// <summary>The picture, when all rows were added.</summary>
    public Plane ToPlane()
    {
        if (_clear is not null && _brightness <= _weight * 127.5)
        {
            for (var at = 0; at < _light.Values.Length; at++)
            {
                _light.Values[at] += 255 * _clear.Values[at];
            }
        }
        for (var y = 0; y < _light.Height; y++)
        {
            var row = _light.Values.AsSpan(y * _light.Width, _light.Width);
            var rows = Math.Min(_height - y * _shrink, _shrink);
            var scale = 1 / (255f * rows * _shrink);
            foreach (ref var value in row[..^1])
            {
                value *= scale;
            }
            row[^1] /= 255f * rows * (_width - (_light.Width - 1) * _shrink);
        }
        return _light;
    }

    private Span<float> Row(Plane plane, int y) => plane.Values.AsSpan(y / _shrink * plane.Width, plane.Width);

    /// <summary>ITU-R BT.601, as JPEG has it; 0…255.</summary>
    public static float Luminance(byte red, byte green, byte blue) => 0.299f * red + 0.587f * green + 0.114f * blue;
}
