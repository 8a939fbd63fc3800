using System.Collections.Concurrent;
using System.Security.Cryptography;
using Workbench.Core.Artifacts;
using Workbench.Core.Encoders;
using Workbench.Core.Models;
using Workbench.Core.Tracking;

namespace Workbench.Core.Registry;

/// <summary>
/// The packages of versions in the artifact store, and the encoders beside them, each of which is kept once. Only what was registered is handed
/// out: a file is compared with its version before it is used. Packages of format 1 come as they would have been made in this one.
/// </summary>
public sealed class ModelPackages(IArtifactStore artifacts, EncoderCatalog encoders)
{
    private readonly ConcurrentDictionary<string, Lazy<Task<OnnxModel>>> _formerEncoders = new();

    /// <summary>Stores a package, and the encoder that it needs, and reads the package's network back.</summary>
    /// <param name="prefix">The version's folder.</param>
    /// <param name="package">The package.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="ArtifactStoreException">The store can't be reached, or what it has is not what was stored.</exception>
    public async Task StoreAsync(string prefix, ModelPackage package, CancellationToken cancellationToken = default)
    {
        if (package.Manifest.Encoder is { } encoder && !await artifacts.ExistsAsync(EncoderKey(encoder), cancellationToken))
        {
            await artifacts.PutAsync(EncoderKey(encoder), Own(encoder)!.ToOnnx(), "application/octet-stream", cancellationToken);
        }
        var key = $"{prefix}/{ModelPackage.ModelFile}";
        await artifacts.PutAsync(key, package.Model, "application/octet-stream", cancellationToken);
        await artifacts.PutAsync(
            $"{prefix}/{ModelPackage.ManifestFile}", System.Text.Encoding.UTF8.GetBytes(package.Manifest.ToJson()), "application/json", cancellationToken);
        var (expected, found) = (package.Manifest.Sha256[ModelPackage.ModelFile], Hash(await ReadAsync(key, cancellationToken)));
        if (found != expected)
        {
            throw new ArtifactStoreException($"the model read back has SHA-256 {found}, not {expected}");
        }
    }

    /// <summary>Deletes what <see cref="StoreAsync"/> stored of a version. Its encoder stays: others may need it.</summary>
    /// <exception cref="ArtifactStoreException">The store can't be reached.</exception>
    public async Task DeleteAsync(string prefix, CancellationToken cancellationToken = default)
    {
        await artifacts.DeleteAsync($"{prefix}/{ModelPackage.ModelFile}", cancellationToken);
        await artifacts.DeleteAsync($"{prefix}/{ModelPackage.ManifestFile}", cancellationToken);
    }

    /// <summary>Reads the package of a ready version.</summary>
    /// <param name="model">The model's name.</param>
    /// <param name="version">The version.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="ArtifactStoreException">The store can't be reached, or a file is missing or damaged.</exception>
    public async Task<ModelPackage> OpenAsync(string model, ModelVersion version, CancellationToken cancellationToken = default)
    {
        var key = await ModelKeyAsync(model, version, cancellationToken);
        var file = await ReadAsync(key, cancellationToken);
        if (file.Length != version.SizeBytes || Hash(file) != version.Sha256)
        {
            throw new ArtifactStoreException(
                $"The file of version {version.Version} of '{model}' is damaged: {key} in the {artifacts.Description} is not what was registered.");
        }
        try
        {
            var manifest = ModelManifest.Read(version.Manifest!);
            return key.EndsWith(ModelPackage.FormerFile, StringComparison.Ordinal) ? ModelPackage.OfFormer(manifest, file) : new ModelPackage(manifest, file);
        }
        catch (FormatException failure)
        {
            throw new ArtifactStoreException($"Version {version.Version} of '{model}' cannot be read: {failure.Message}", failure);
        }
    }

    /// <summary>The network of an encoder: this program's own, which training shares, or the one that a version was made with.</summary>
    /// <exception cref="ArtifactStoreException">The store can't be reached, or the file is missing or damaged.</exception>
    public async Task<OnnxModel> EncoderAsync(EncoderReference encoder)
    {
        if (Own(encoder) is { } own)
        {
            return own.Network;
        }
        var loading = _formerEncoders.GetOrAdd(encoder.Sha256, _ => new(async () => new OnnxModel(await ReadEncoderAsync(encoder, CancellationToken.None))));
        try
        {
            return await loading.Value;
        }
        catch
        {
            _formerEncoders.TryRemove(new(encoder.Sha256, loading));
            throw;
        }
    }

    /// <summary>A ready version as one ONNX file that runs by itself: its encoder and its network joined.</summary>
    /// <exception cref="ArtifactStoreException">The store can't be reached, or a file is missing or damaged.</exception>
    public async Task<byte[]> JoinAsync(ModelPackage package, CancellationToken cancellationToken = default) => package.Manifest.Encoder is { } encoder
        ? OnnxFile.Join(Own(encoder)?.ToOnnx() ?? await ReadEncoderAsync(encoder, cancellationToken), package.Model)
        : package.Model;

    private static string EncoderKey(EncoderReference encoder) => $"{ModelPackage.EncoderFolder}/{encoder.Sha256}.onnx";

    private static string Hash(byte[] file) => Convert.ToHexStringLower(SHA256.HashData(file));

    private Encoder? Own(EncoderReference encoder) => encoders.Find(encoder.Name) is { } own && own.Hash == encoder.Sha256 ? own : null;

    private async Task<byte[]> ReadEncoderAsync(EncoderReference encoder, CancellationToken cancellationToken)
    {
        var file = await ReadAsync(EncoderKey(encoder), cancellationToken);
        return Hash(file) == encoder.Sha256
            ? file
            : throw new ArtifactStoreException($"The encoder '{encoder.Name}' is damaged: {EncoderKey(encoder)} in the {artifacts.Description} is not what was stored.");
    }

    private async Task<string> ModelKeyAsync(string model, ModelVersion version, CancellationToken cancellationToken)
    {
        foreach (var name in new[] { ModelPackage.ModelFile, ModelPackage.FormerFile })
        {
            if (await artifacts.ExistsAsync($"{version.ArtifactPrefix}/{name}", cancellationToken))
            {
                return $"{version.ArtifactPrefix}/{name}";
            }
        }
        throw new ArtifactStoreException(
            $"The file of version {version.Version} of '{model}' is missing: the {artifacts.Description} has no {version.ArtifactPrefix}/{ModelPackage.ModelFile}.");
    }

    private async Task<byte[]> ReadAsync(string key, CancellationToken cancellationToken)
    {
        try
        {
            return await artifacts.ReadAsync(key, cancellationToken);
        }
        catch (ArtifactNotFoundException missing)
        {
            throw new ArtifactStoreException($"The {artifacts.Description} has no {key}.", missing);
        }
    }
}
