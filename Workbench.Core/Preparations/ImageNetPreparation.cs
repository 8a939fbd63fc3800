using Workbench.Core.Datasets;
using Workbench.Core.Models;
using Workbench.Core.Pictures;

namespace Workbench.Core.Preparations;

/// <summary>The middle of a picture in colour, as networks for ImageNet are shown it.</summary>
public sealed class ImageNetPreparation : Preparation
{
    /// <summary>As it is registered.</summary>
    public static PreparationKind Kind { get; } = new("imagenet", settings => new ImageNetPreparation(settings));

    /// <summary>What a network for pictures of 224×224 is usually shown.</summary>
    public static PreparationSettings Usual { get; } =
        new(Kind.Name, new Dictionary<string, double> { ["shorterSide"] = 256, ["crop"] = 224, ["lowest"] = 0, ["highest"] = 255 });

    /// <summary>All of a square picture, and the middle of another.</summary>
    /// <param name="side">How many pixels the network is shown in each direction.</param>
    public static PreparationSettings Whole(int side) =>
        new(Kind.Name, new Dictionary<string, double> { ["shorterSide"] = side, ["crop"] = side, ["lowest"] = 0, ["highest"] = 255 });

    private readonly int _crop;
    private readonly float _lowest, _range;

    private ImageNetPreparation(PreparationSettings settings)
    {
        (Settings, ShorterSide, _crop) = (settings, (int)settings.Number("shorterSide"), (int)settings.Number("crop"));
        (_lowest, _range) = ((float)settings.Number("lowest"), (float)(settings.Number("highest") - settings.Number("lowest")));
        if (_crop < 1 || ShorterSide < _crop || ShorterSide > 4096)
        {
            throw new FormatException($"The preparation '{Kind.Name}' cannot cut {_crop} pixels of {ShorterSide}.");
        }
    }

    /// <inheritdoc/>
    public override PreparationSettings Settings { get; }

    /// <inheritdoc/>
    public override (int Channels, int Height, int Width) Shape => (3, _crop, _crop);

    /// <inheritdoc/>
    public override int ShorterSide { get; }

    /// <inheritdoc/>
    public override string Description => FormattableString.Invariant(
        $"Turn the picture upright and lay it on white, scale it so that its shorter side is {ShorterSide} pixels, cut {_crop}×{_crop} out of the middle; red, green and blue, from {_lowest} (dark) to {_lowest + _range} (bright).");

    /// <inheritdoc/>
    internal override PictureUse Use => PictureUse.Colour(ShorterSide, ShorterSide);

    /// <inheritdoc/>
    public override void Prepare(Pixels picture, Span<float> prepared)
    {
        // The square in the middle has all that the cut needs.
        var margin = (ShorterSide - _crop) / 2;
        Planes.Cut(picture, (ShorterSide, ShorterSide), (margin, margin), Shape, _range / 255, _lowest, prepared);
    }

    /// <inheritdoc/>
    private protected override void Decode(PictureFile file, Span<float> prepared) => Prepare(file.DecodeColour(ShorterSide, ShorterSide), prepared);
}
