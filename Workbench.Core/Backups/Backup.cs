using System.IO.Compression;
using System.Reflection;
using System.Security.Cryptography;
using System.Text.Json;
using Workbench.Core.Artifacts;
using Workbench.Core.Models;
using Workbench.Core.Tracking;
using Workbench.Core.Tracking.Dumps;

namespace Workbench.Core.Backups;

/// <summary>Writes everything there is, as it is at one moment, while others go on: all tables, the files of the versions that are ready,
/// those of runs, and the pictures of the datasets.</summary>
public sealed class Backup(Database database, IArtifactStore artifacts, TimeProvider clock)
{
    /// <summary>Writes a backup. Memory does not grow with what is in it.</summary>
    /// <param name="destination">Written from its present position on, never sought in; it stays open.</param>
    /// <param name="cancellationToken">Gives up; what was written is of no use.</param>
    /// <returns>What was written, and what it lacks: a sentence for each version whose file, and each pack of
    /// pictures, that the store has lost or damaged.</returns>
    public async Task<(BackupManifest Manifest, IReadOnlyList<string> Lacks)> WriteAsync(Stream destination, CancellationToken cancellationToken = default)
    {
        await using var snapshot = await DatabaseSnapshot.OpenAsync(database, cancellationToken);
        var createdAt = clock.GetUtcNow();
        await using var archive = await ZipArchive.CreateAsync(destination, ZipArchiveMode.Create, leaveOpen: true, entryNameEncoding: null, cancellationToken);
        var tables = new List<BackupTable>();
        foreach (var table in snapshot.Tables)
        {
            var written = new BackupTable(table, 0, "");
            var rows = 0L;
            var sha256 = await AddAsync(
                archive, written.Entry, async part => rows = await snapshot.CopyAsync(table, part, cancellationToken), cancellationToken);
            tables.Add(written with { Rows = rows, Sha256 = sha256 });
        }
        // A file is never changed once its version is ready: after the snapshot they are what they were at its moment.
        var (files, lacks) = (new List<BackupArtifact>(), new List<string>());
        foreach (var version in await snapshot.ReadyVersionsAsync(cancellationToken))
        {
            var own = await AddFilesAsync(archive, version.ArtifactPrefix, cancellationToken);
            if (version.Sha256 is not null && own.All(file => file.Sha256 != version.Sha256))
            {
                lacks.Add($"The backup lacks version {version.Version} of '{version.Model}': {artifacts.Description} has no file with its SHA-256 in {version.ArtifactPrefix}.");
            }
            files.AddRange(own);
        }
        foreach (var pack in await snapshot.DatasetPacksAsync(cancellationToken))
        {
            if (await AddFileAsync(archive, pack, cancellationToken) is { } file)
            {
                files.Add(file);
            }
            else
            {
                lacks.Add($"The backup lacks pictures of datasets: {artifacts.Description} has no {pack}.");
            }
        }
        foreach (var folder in await snapshot.RunFoldersAsync(cancellationToken))
        {
            files.AddRange(await AddFilesAsync(archive, folder, cancellationToken));
        }
        files.AddRange(await AddFilesAsync(archive, ModelPackage.EncoderFolder, cancellationToken));
        var manifest = new BackupManifest(
            BackupManifest.CurrentFormat, Product, snapshot.Schema, createdAt, tables, snapshot.Sequences, files);
        archive.Comment = await AddAsync(
            archive, BackupManifest.Entry, part => JsonSerializer.SerializeAsync(part, manifest, JsonSerializerOptions.Web, cancellationToken), cancellationToken);
        return (manifest, lacks);
    }

    private static string Product => typeof(Backup).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion;

    private async Task<List<BackupArtifact>> AddFilesAsync(ZipArchive archive, string prefix, CancellationToken cancellationToken)
    {
        var files = new List<BackupArtifact>();
        foreach (var info in await artifacts.ListAsync(prefix, cancellationToken))
        {
            // It may have been deleted since it was listed.
            if (await AddFileAsync(archive, info.Key, cancellationToken) is { } file)
            {
                files.Add(file);
            }
        }
        return files;
    }

    /// <returns>Null when the store has none of that key.</returns>
    private async Task<BackupArtifact?> AddFileAsync(ZipArchive archive, string key, CancellationToken cancellationToken)
    {
        try
        {
            await using var content = await artifacts.OpenReadAsync(key, cancellationToken);
            var file = new BackupArtifact(key, content.Length, "");
            return file with { Sha256 = await AddAsync(archive, file.Entry, part => content.CopyToAsync(part, cancellationToken), cancellationToken) };
        }
        catch (ArtifactNotFoundException)
        {
            return null;
        }
    }

    /// <returns>The SHA-256 of what was written.</returns>
    private static async Task<string> AddAsync(ZipArchive archive, string name, Func<Stream, Task> write, CancellationToken cancellationToken)
    {
        using var sha256 = SHA256.Create();
        await using var entry = await archive.CreateEntry(name, CompressionLevel.Fastest).OpenAsync(cancellationToken);
        await using (var hashed = new CryptoStream(entry, sha256, CryptoStreamMode.Write, leaveOpen: true))
        {
            await write(hashed);
            await hashed.FlushFinalBlockAsync(cancellationToken);
        }
        return Convert.ToHexStringLower(sha256.Hash!);
    }
}
