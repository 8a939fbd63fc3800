using Workbench.Core.Artifacts;
using Workbench.Core.Platform;

namespace Workbench.Core.Datasets;

/// <summary>
/// What trainings have made of the pictures of datasets: features, in the artifact store and on this machine, and prepared pictures. All of it
/// can be made again, so that removing it costs time at worst: a training that goes on meanwhile keeps what it has open, and computes what it
/// does not find.
/// </summary>
public sealed class DerivedFiles(IArtifactStore artifacts, DataDirectory data)
{
    private const string FeaturesPrefix = "features";

    /// <summary>Where a part of the features of a dataset is in the artifact store.</summary>
    /// <param name="encoder">The encoder's hash.</param>
    /// <param name="fingerprint">The dataset's, and after a dot what was done to its pictures, if anything.</param>
    /// <param name="part">The part's name.</param>
    public static string FeaturesKey(string encoder, string fingerprint, string part) => $"{FeaturesPrefix}/{encoder}/{fingerprint}/{part}";

    /// <summary>The name of the file of the features of a whole dataset.</summary>
    /// <param name="encoder">The encoder's hash.</param>
    /// <param name="fingerprint">The dataset's.</param>
    public static string FeaturesFile(string encoder, string fingerprint) => $"{encoder}-{fingerprint}.safetensors";

    /// <summary>The name of the file of a dataset's prepared pictures.</summary>
    /// <param name="preparation">What tells the preparation from others, without a hyphen.</param>
    /// <param name="fingerprint">The dataset's.</param>
    public static string PicturesFile(string preparation, string fingerprint) => $"{preparation}-{fingerprint}.pictures";

    /// <summary>Removes what was made of some datasets.</summary>
    /// <param name="isGone">Whether something is to be removed, by the fingerprint of its dataset and when it was written.</param>
    /// <param name="cancellationToken">Gives up; what is left can be removed later.</param>
    public async Task RemoveAsync(Func<string, DateTimeOffset, bool> isGone, CancellationToken cancellationToken = default)
    {
        foreach (var folder in (string[])[data.Features, data.Pictures])
        {
            foreach (var file in Directory.Exists(folder) ? new DirectoryInfo(folder).EnumerateFiles() : [])
            {
                // NAME-FINGERPRINT.KIND, and .GUID.tmp while it is written. What has no fingerprint is of an earlier version of the program.
                var name = file.Name.Split('.')[0];
                if (isGone(name[(name.LastIndexOf('-') + 1)..], file.LastWriteTimeUtc))
                {
                    Delete(file);
                }
            }
        }
        foreach (var part in await artifacts.ListAsync(FeaturesPrefix, cancellationToken))
        {
            if (part.Key.Split('/') is [_, _, var fingerprint, _] && isGone(fingerprint.Split('.')[0], part.Modified))
            {
                await artifacts.DeleteAsync(part.Key, cancellationToken);
            }
        }
    }

    private static void Delete(FileInfo file)
    {
        try
        {
            file.Delete();
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // Windows keeps what a training has mapped; a later sweep finds it.
        }
    }
}
