using System.Security.Cryptography;
using Workbench.Core.Artifacts;
using Workbench.Core.Tracking;
using Workbench.Core.Tracking.Dumps;

namespace Workbench.Core.Backups;

/// <summary>Puts a backup in place of a database, and its files into the artifact store, of whatever kind that is: all of it or nothing.</summary>
public sealed class Restoration(Database database, IArtifactStore artifacts)
{
    /// <summary>Restores a backup. Trials and builds that were under way go on when a worker starts.</summary>
    /// <param name="path">The backup.</param>
    /// <param name="mayReplace">Whether the database may hold something, which is removed. Files that it has in the store stay there.</param>
    /// <param name="cancellationToken">Gives up; everything stays as it was.</param>
    /// <exception cref="BackupException">The file is no backup, damaged, or a newer release's.</exception>
    /// <exception cref="DatabaseException">The database is in use, or not empty.</exception>
    public async Task<BackupManifest> RunAsync(string path, bool mayReplace, CancellationToken cancellationToken = default)
    {
        await using var backup = await BackupFile.OpenAsync(path, cancellationToken);
        var manifest = backup.Manifest;
        if (!DatabaseReplacement.Knows(database, manifest.Schema))
        {
            throw new BackupException(
                $"{path} was written by a newer release of Workbench ({manifest.Product}, schema {manifest.Schema}). Restore it with that release.");
        }
        await using var replacement = await DatabaseReplacement.BeginAsync(database, manifest.Schema, mayReplace, cancellationToken);
        foreach (var table in manifest.Tables)
        {
            await using var rows = await backup.ReadAsync(table.Entry, cancellationToken);
            await replacement.LoadAsync(table.Table, rows, cancellationToken);
        }
        var (missing, folder) = await PlaceAsync(manifest, cancellationToken);
        await replacement.FinishAsync(manifest.Sequences, folder, cancellationToken);
        foreach (var file in missing)
        {
            await PutAsync(backup, file, folder + file.Key, cancellationToken);
        }
        await replacement.CommitAsync(cancellationToken);
        return manifest;
    }

    /// <summary>Where the files go: to their own keys, unless the store has something else there, which the present database may need until
    /// the moment it is replaced, or for ever; then into a folder of their own.</summary>
    private async Task<(IReadOnlyList<BackupArtifact> Missing, string Folder)> PlaceAsync(BackupManifest manifest, CancellationToken cancellationToken)
    {
        var missing = new List<BackupArtifact>();
        foreach (var file in manifest.Artifacts)
        {
            try
            {
                await using var stored = await artifacts.OpenReadAsync(file.Key, cancellationToken);
                if (Convert.ToHexStringLower(await SHA256.HashDataAsync(stored, cancellationToken)) != file.Sha256)
                {
                    return (manifest.Artifacts, $"restored-{Guid.NewGuid():N}/");
                }
            }
            catch (ArtifactNotFoundException)
            {
                missing.Add(file);
            }
        }
        return (missing, "");
    }

    private async Task PutAsync(BackupFile backup, BackupArtifact file, string key, CancellationToken cancellationToken)
    {
        await using var content = await backup.ReadAsync(file.Entry, cancellationToken);
        await artifacts.PutAsync(key, content, file.Size, "application/octet-stream", cancellationToken);
    }
}
