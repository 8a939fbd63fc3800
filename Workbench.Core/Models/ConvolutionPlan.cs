using System.Globalization;

namespace Workbench.Core.Models;

/// <summary>
/// The shape of a convolutional network: stages of 3×3 convolutions, each followed by ReLU, with a 2×2 maximum between two stages and an
/// adaptive 2×2 average at the end. Written as <c>16,16|32,32|64</c>: the numbers are output channels, the bars separate stages.
/// </summary>
internal sealed class ConvolutionPlan
{
    private readonly string _text;
    private readonly int _inputs;

    /// <summary>Reads the text form.</summary>
    /// <param name="text">The text form.</param>
    /// <param name="inputs">Channels of a picture.</param>
    /// <exception cref="FormatException">It is malformed.</exception>
    public ConvolutionPlan(string text, int inputs = 1)
    {
        (_text, _inputs) = (text, inputs);
        Stages = [.. text.Split('|').Select(stage => stage.Split(',').Select(Width).ToArray())];

        int Width(string number) =>
            int.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out var width) && width is > 0 and <= 4096
            ? width
            : throw new FormatException($"\"{text}\" is not a plan of convolutions like 16,16|32.");
    }

    /// <summary>The output channels of each convolution, by stage.</summary>
    public IReadOnlyList<int[]> Stages { get; }

    /// <summary>Input channels, output channels and place in the sequence of each convolution.</summary>
    public IEnumerable<(int Inputs, int Outputs, bool PoolFirst)> Layers
    {
        get
        {
            var inputs = _inputs;
            for (var stage = 0; stage < Stages.Count; stage++)
            {
                for (var i = 0; i < Stages[stage].Length; i++)
                {
                    yield return (inputs, Stages[stage][i], stage > 0 && i == 0);
                    inputs = Stages[stage][i];
                }
            }
        }
    }

    /// <summary>Numbers that come out for an image.</summary>
    public int Features => Stages[^1][^1] * 4;

    /// <inheritdoc />
    public override string ToString() => _text;
}
