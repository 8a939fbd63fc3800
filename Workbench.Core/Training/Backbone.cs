using System.Security.Cryptography;
using Workbench.Core.Models;
using Workbench.Core.Platform;

namespace Workbench.Core.Training;

/// <summary>A pretrained, frozen convolutional network that turns an image into features. Safe for use by several threads.</summary>
public sealed class Backbone : IDisposable
{
    private Backbone(string hash, Safetensors file)
    {
        if (!file.Metadata.TryGetValue(NetworkWeights.Plan, out var plan))
            throw new FormatException($"The weights lack the entry \"{NetworkWeights.Plan}\".");
        (Hash, Tensors, Convolutions) = (hash, file.Tensors, new Convolutions(new ConvolutionPlan(plan), file.Tensors));
    }

    /// <summary>SHA-256 of the file, in lower-case hexadecimal digits.</summary>
    public string Hash { get; }

    /// <summary>Numbers it makes of an image.</summary>
    public int Features => Convolutions.Plan.Features;

    internal IReadOnlyDictionary<string, Safetensors.Values> Tensors { get; }

    internal Convolutions Convolutions { get; }

    /// <summary>Reads a backbone.</summary>
    /// <param name="path">The file; the default is the one that comes with the program, <c>backbones/glyphs.safetensors</c>.</param>
    /// <exception cref="TrainingException">It is missing, unreadable or malformed.</exception>
    public static Backbone Load(string? path = null)
    {
        LibTorch.EnsureLoaded();
        path ??= Path.Combine(AppContext.BaseDirectory, "backbones", "glyphs.safetensors");
        try
        {
            var bytes = File.ReadAllBytes(path);
            return new Backbone(Convert.ToHexStringLower(SHA256.HashData(bytes)), Safetensors.Read(bytes));
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException or FormatException)
        {
            throw new TrainingException($"The backbone {path} cannot be read: {failure.Message}", failure);
        }
    }

    /// <summary>Frees the weights.</summary>
    public void Dispose() => Convolutions.Dispose();
}
