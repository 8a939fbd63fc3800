using Workbench.Core.Datasets;
using Workbench.Core.Models;
using Workbench.Core.Pictures;

namespace Workbench.Core.Preparations;

/// <summary>The middle of a picture in a small size, grey or in colour, from 0 to 1.</summary>
public sealed class ScaledPreparation : Preparation
{
    /// <summary>As it is registered.</summary>
    public static PreparationKind Kind { get; } = new("scaled", settings => new ScaledPreparation(settings));

    // Small pictures are made of pictures of about this size, so that a pixel at an edge is made of all that it covers.
    private const int Detail = 256;

    private readonly int _channels, _height, _width, _finer;

    private ScaledPreparation(PreparationSettings settings)
    {
        Settings = settings;
        (_channels, _height, _width) = ((int)settings.Number("channels"), (int)settings.Number("height"), (int)settings.Number("width"));
        _finer = Math.Max(1, Detail / Math.Max(1, Math.Max(_width, _height)));
        if (_channels is not (1 or 3) || _height is < 1 or > 1024 || _width is < 1 or > 1024)
        {
            throw new FormatException($"The preparation '{Kind.Name}' makes no pictures of {_channels} channels and {_width}×{_height} pixels.");
        }
    }

    /// <summary>Pictures of a size.</summary>
    /// <param name="channels">1 or 3.</param>
    /// <param name="height">In pixels, at most 1024.</param>
    /// <param name="width">In pixels, at most 1024.</param>
    public static PreparationSettings To(int channels, int height, int width) =>
        new(Kind.Name, new Dictionary<string, double> { ["channels"] = channels, ["height"] = height, ["width"] = width });

    /// <inheritdoc/>
    public override PreparationSettings Settings { get; }

    /// <inheritdoc/>
    public override (int Channels, int Height, int Width) Shape => (_channels, _height, _width);

    /// <inheritdoc/>
    public override int ShorterSide => _finer * Math.Max(_width, _height);

    /// <inheritdoc/>
    public override string Description => FormattableString.Invariant(
        $"Turn the picture upright and lay it on white, cut the largest part of the shape {_width}:{_height} out of its middle, scale that to {_width}×{_height} pixels; {(_channels == 1 ? "grey (0.299 red + 0.587 green + 0.114 blue)" : "red, green and blue")}, from 0 (dark) to 1 (bright).");

    /// <inheritdoc/>
    internal override PictureUse Use => PictureUse.Colour(_finer * _width, _finer * _height);

    /// <inheritdoc/>
    public override void Prepare(Pixels picture, Span<float> prepared) =>
        Planes.Cut(picture, (_width, _height), (0, 0), Shape, 1 / 255f, 0, prepared);

    /// <inheritdoc/>
    private protected override void Decode(PictureFile file, Span<float> prepared) => Prepare(file.DecodeColour(_finer * _width, _finer * _height), prepared);
}
