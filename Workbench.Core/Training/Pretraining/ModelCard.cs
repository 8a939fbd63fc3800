using System.Globalization;

namespace Workbench.Core.Training.Pretraining;

/// <summary>The text that goes with a backbone: what it is, where it comes from, how to make it again.</summary>
internal static class ModelCard
{
    /// <summary>The card, as Markdown.</summary>
    public static string Write(
        PretrainingSettings settings, GlyphSet glyphs, Backbone backbone, int bytes, double glyphAccuracy, double mnistAccuracy)
    {
        var weights = backbone.Tensors.Values.Sum(tensor => tensor.Data.Length);
        return string.Create(CultureInfo.InvariantCulture, $$"""
            # glyphs: a backbone for handwritten characters

            A convolutional network that turns a grey image of 28×28 pixels into {{backbone.Features}} features. It was trained on characters
            drawn from fonts. No handwriting was used, so every dataset of handwriting is new to it.

            | | |
            |---|---|
            | Architecture | 3×3 convolutions with ReLU, output channels `{{settings.Architecture}}` (a bar is a 2×2 maximum), adaptive 2×2 average |
            | Input | 28×28, white on black, 0…1, framed as MNIST: fitted into 20×20, centre of mass in the middle |
            | Weights | {{weights:N0}} (batch normalization folded in), {{bytes:N0}} bytes, SHA-256 `{{backbone.Hash}}` |
            | Data | {{glyphs.Glyphs.Count:N0}} glyphs of the characters 0-9, A-Z, a-z in {{glyphs.Fonts.Count}} fonts, {{settings.Variants}} new variants of each an epoch |
            | Variants | rotation, shear, stretch, waves, thicker and thinner strokes, blur |
            | Classes | {{GlyphSet.ClassCount}}: characters that differ only in size are one |
            | Training | AdamW, {{settings.Epochs}} epochs, seed {{settings.Seed}} |
            | Accuracy on glyphs | {{glyphAccuracy:P2}} in the last epoch, on variants not seen before |
            | Accuracy on MNIST | {{mnistAccuracy:P2}}: a head of 32 hidden units after 6 epochs, validated on 30 % (stratified, seed 0) |
            | Made | {{DateTimeOffset.UtcNow:yyyy-MM-dd}} |

            ## To make it again

            With the fonts below installed, or in a folder of yours (`--fonts DIR`):

            ```
            dotnet run -c Release --project Workbench -- pretrain --seed {{settings.Seed}} --epochs {{settings.Epochs}} --threads {{settings.Threads}}
            ```

            The same fonts, seed and threads give the same file to the byte; another processor may round differently.

            ## Fonts

            {{string.Join(", ", glyphs.Fonts)}}

            """);
    }
}
