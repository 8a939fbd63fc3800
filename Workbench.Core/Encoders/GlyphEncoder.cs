using Workbench.Core.Datasets;
using Workbench.Core.Models;
using Workbench.Core.Preparations;

namespace Workbench.Core.Encoders;

/// <summary>A small network that was trained on characters of free fonts; for digits, letters and other strokes.</summary>
/// <param name="path">Its weights; null for those that come with the program.</param>
public sealed class GlyphEncoder(string? path = null) : Encoder
{
    /// <summary>Its name.</summary>
    public const string EncoderName = "glyphs";

    /// <inheritdoc/>
    public override string Name => EncoderName;

    /// <inheritdoc/>
    public override string Description => "Trained on characters of 224 fonts: for handwriting and other strokes on a plain ground.";

    /// <inheritdoc/>
    public override PreparationSettings Preparation => DigitPreparation.Usual;

    /// <inheritdoc/>
    public override bool Suits(DatasetSchema schema) => schema.Images.Drawn;

    // From 1 to 50 at a time each takes 0.21 ms of a core, measured: a few, for progress and cancellation.
    /// <inheritdoc/>
    public override int BatchSize => 4;

    /// <inheritdoc/>
    public override byte[] ToOnnx() => Read(path ?? Path.Combine(AppContext.BaseDirectory, "backbones", "glyphs.safetensors"), file =>
        new OnnxGraph(NetworkWeights.Image, 1, MnistFrame.Side, MnistFrame.Side).AddConvolutions(Safetensors.Read(file)).ToBytes(NetworkWeights.Features));
}
