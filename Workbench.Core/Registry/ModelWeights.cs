using System.Security.Cryptography;
using Workbench.Core.Artifacts;
using Workbench.Core.Tracking;

namespace Workbench.Core.Registry;

/// <summary>Hands out the weights of versions, and only those that were registered: a file is compared with its version before it is used.</summary>
public sealed class ModelWeights(IArtifactStore artifacts)
{
    /// <summary>Opens the weights of a ready version. They have the size and the SHA-256 that the version has.</summary>
    /// <param name="model">The model's name.</param>
    /// <param name="version">The version.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="ArtifactStoreException">The store can't be reached, or the file is missing or damaged.</exception>
    public async Task<Stream> OpenAsync(string model, ModelVersion version, CancellationToken cancellationToken = default)
    {
        var key = $"{version.ArtifactPrefix}/{BuildJob.WeightsFile}";
        var weights = await FindAsync(model, version, key, cancellationToken);
        try
        {
            var isWhole = weights.Length == version.SizeBytes
                && Convert.ToHexStringLower(await SHA256.HashDataAsync(weights, cancellationToken)) == version.Sha256;
            weights.Position = 0;
            return isWhole
                ? weights
                : throw new ArtifactStoreException(
                    $"The weights of version {version.Version} of '{model}' are damaged: {key} in the {artifacts.Description} is not what was registered.");
        }
        catch
        {
            await weights.DisposeAsync();
            throw;
        }
    }

    private async Task<Stream> FindAsync(string model, ModelVersion version, string key, CancellationToken cancellationToken)
    {
        try
        {
            return await artifacts.OpenReadAsync(key, cancellationToken);
        }
        catch (ArtifactNotFoundException missing)
        {
            throw new ArtifactStoreException(
                $"The weights of version {version.Version} of '{model}' are missing: the {artifacts.Description} has no {key}.", missing);
        }
    }
}
