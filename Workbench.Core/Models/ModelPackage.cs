using System.Security.Cryptography;

namespace Workbench.Core.Models;

/// <summary>The one form in which models are stored, served and compared.</summary>
/// <param name="Manifest">What the model is; stored as <see cref="ManifestFile"/>.</param>
/// <param name="Model">
/// The network, stored as <see cref="ModelFile"/>: a picture or the features of the manifest's encoder in, probabilities of the classes out.
/// </param>
public sealed record ModelPackage(ModelManifest Manifest, byte[] Model)
{
    /// <summary>The name of the network's file.</summary>
    public const string ModelFile = "model.onnx";

    /// <summary>The name of the manifest's file.</summary>
    public const string ManifestFile = "manifest.json";

    /// <summary>The name of the weights' file of packages of format 1.</summary>
    public const string FormerFile = FormerManifest.WeightsFile;

    /// <summary>The folder of the artifact store in which encoders are kept, each once for all the versions that need it.</summary>
    public const string EncoderFolder = "encoders";

    /// <summary>A package whose manifest has the network's checksum.</summary>
    public static ModelPackage Create(ModelManifest manifest, byte[] model) => new(
        manifest with { Sha256 = new Dictionary<string, string> { [ModelFile] = Convert.ToHexStringLower(SHA256.HashData(model)) } }, model);

    /// <summary>The same model of a package of format 1, in this form, without an encoder apart from it.</summary>
    /// <param name="manifest">Its manifest, as <see cref="ModelManifest.Read"/> shows it.</param>
    /// <param name="safetensors">Its weights.</param>
    /// <exception cref="FormatException">The weights are damaged, or not those of a model we know.</exception>
    public static ModelPackage OfFormer(ModelManifest manifest, ReadOnlySpan<byte> safetensors)
    {
        var (weights, input) = (Safetensors.Read(safetensors), manifest.Input);
        return Create(
            manifest with { FormatVersion = ModelManifest.CurrentFormat, Encoder = null },
            new OnnxGraph(NetworkWeights.Image, input.Channels, input.Height, input.Width)
                .AddConvolutions(weights).AddHead(weights, manifest.Classes.Count).ToBytes(NetworkWeights.Probabilities));
    }
}
