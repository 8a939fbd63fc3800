using Workbench.Core.Artifacts;
using Workbench.Core.Configuration;

namespace Workbench.Doctor;

/// <summary>The artifact store: whether it can be written, read and deleted from.</summary>
internal static class StoreChecks
{
    public static IEnumerable<(string What, Check Check)> All(string data, IServiceProvider settings) =>
        [("artifacts", ct => TryAsync(Find(data, settings), data, ct))];

    /// <summary>The store that is configured, which may not be there yet.</summary>
    public static IArtifactStore Find(string data, IServiceProvider settings) => settings.Settings<S3Options>().ToSettings() is { } server
        ? new S3ArtifactStore(server)
        : new LocalArtifactStore(FolderIn(data));

    private static string FolderIn(string data) => Path.Combine(data, "artifacts");

    private static async Task<IReadOnlyList<Finding>> TryAsync(IArtifactStore store, string data, CancellationToken cancellationToken)
    {
        if (store is LocalArtifactStore && !Directory.Exists(FolderIn(data)))
        {
            return [Finding.Ok("artifacts", $"{store.Description}, to be made")];
        }
        await store.ProbeAsync(cancellationToken);
        return [Finding.Ok("artifacts", $"{store.Description} can be written, read and deleted from")];
    }
}
