namespace Workbench.Core.Training.Pretraining;

/// <summary>How a backbone is pretrained. The same settings and fonts give the same backbone on the same machine.</summary>
public sealed record PretrainingSettings
{
    /// <summary>Where <c>glyphs.safetensors</c> and its model card <c>glyphs.md</c> are written; created when missing.</summary>
    public required string OutputDirectory { get; init; }

    /// <summary>A folder whose fonts are used, those in its subfolders included; null takes the fonts installed on the system.</summary>
    public string? FontsDirectory { get; init; }

    /// <summary>Decides the initial weights and every distortion.</summary>
    public int Seed { get; init; }

    /// <summary>Passes over all glyphs, each time drawn anew.</summary>
    public int Epochs { get; init; } = 8;

    /// <summary>Variants of every glyph drawn for a pass.</summary>
    public int Variants { get; init; } = 4;

    /// <summary>Threads for one tensor operation. Another number may round differently.</summary>
    public int Threads { get; init; } = Environment.ProcessorCount;

    /// <summary>
    /// Output channels of the 3×3 convolutions; a bar stands for a 2×2 maximum. The last number times 4 is the number of features.
    /// </summary>
    public string Architecture { get; init; } = "16,16|48,48|96,64";
}

/// <summary>Where a pretraining stands.</summary>
/// <param name="Epoch">The epoch under way, counted from 1.</param>
/// <param name="Done">Share of the whole that is done, 0…1.</param>
/// <param name="Loss">Cross-entropy of the last batch.</param>
/// <param name="Accuracy">Share of right answers in the last batch, of glyphs never seen in this form, 0…1.</param>
public sealed record PretrainingProgress(int Epoch, double Done, double Loss, double Accuracy);

/// <summary>What came of a pretraining.</summary>
/// <param name="WeightsFile">The backbone.</param>
/// <param name="CardFile">The model card.</param>
/// <param name="Fonts">Fonts used.</param>
/// <param name="GlyphAccuracy">Share of right answers in the last epoch, of glyphs never seen in this form, 0…1.</param>
/// <param name="MnistAccuracy">Validation accuracy on MNIST of a head of 32 units after 6 epochs, 0…1.</param>
public sealed record PretrainingResult(string WeightsFile, string CardFile, int Fonts, double GlyphAccuracy, double MnistAccuracy);
