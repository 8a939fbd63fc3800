using Workbench.Core.Artifacts;
using Workbench.Core.Configuration;

namespace Workbench.Doctor;

/// <summary>The artifact store: whether it can be written, read and deleted from.</summary>
internal static class StoreChecks
{
    public static IEnumerable<(string What, Check Check)> All(string data, IServiceProvider settings) =>
        [("artifacts", ct => TryAsync(settings.Settings<S3Options>(), Path.Combine(data, "artifacts"), ct))];

    private static async Task<IReadOnlyList<Finding>> TryAsync(S3Options options, string folder, CancellationToken cancellationToken)
    {
        if (options.ToSettings() is not { } server)
        {
            if (!Directory.Exists(folder))
            {
                return [Finding.Ok("artifacts", $"folder {folder}, to be made")];
            }
            await new LocalArtifactStore(folder).ProbeAsync(cancellationToken);
            return [Finding.Ok("artifacts", $"folder {folder} can be written, read and deleted from")];
        }
        var store = new S3ArtifactStore(server);
        await store.ProbeAsync(cancellationToken);
        return [Finding.Ok("artifacts", $"{store.Description} can be written, read and deleted from")];
    }
}
