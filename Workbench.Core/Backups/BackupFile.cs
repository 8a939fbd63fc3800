using System.IO.Compression;
using System.Security.Cryptography;
using System.Text.Json;

namespace Workbench.Core.Backups;

/// <summary>A backup that can be read: it is whole, and every part has the checksum that was written down.</summary>
internal sealed class BackupFile : IAsyncDisposable
{
    private readonly ZipArchive _archive;

    private BackupFile(ZipArchive archive, BackupManifest manifest) => (_archive, Manifest) = (archive, manifest);

    public BackupManifest Manifest { get; }

    /// <summary>Opens a backup, and reads all of it once to verify it.</summary>
    /// <exception cref="BackupException">It is none, a newer release's, or damaged.</exception>
    public static async Task<BackupFile> OpenAsync(string path, CancellationToken cancellationToken)
    {
        try
        {
            var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, 64 << 10, useAsync: true);
            var archive = await OpenAsync(path, stream, cancellationToken);
            try
            {
                var file = new BackupFile(archive, await ReadManifestAsync(archive, path, cancellationToken));
                await file.VerifyAsync(path, cancellationToken);
                return file;
            }
            catch
            {
                await archive.DisposeAsync();
                throw;
            }
        }
        catch (Exception exception) when (exception is InvalidDataException or JsonException)
        {
            throw new BackupException($"{path} is no backup of Workbench's, or is damaged: {exception.Message}", exception);
        }
    }

    /// <summary>A part, to be read from its beginning.</summary>
    public Task<Stream> ReadAsync(string entry, CancellationToken cancellationToken) =>
        (_archive.GetEntry(entry) ?? throw new InvalidDataException($"It lacks {entry}.")).OpenAsync(cancellationToken);

    public ValueTask DisposeAsync() => _archive.DisposeAsync();

    private static async Task<ZipArchive> OpenAsync(string path, FileStream stream, CancellationToken cancellationToken)
    {
        try
        {
            return await ZipArchive.CreateAsync(stream, ZipArchiveMode.Read, leaveOpen: false, entryNameEncoding: null, cancellationToken);
        }
        catch (InvalidDataException exception)
        {
            await stream.DisposeAsync();
            throw new BackupException($"{path} is no backup of Workbench's, or not all of one.", exception);
        }
    }

    private static async Task<BackupManifest> ReadManifestAsync(ZipArchive archive, string path, CancellationToken cancellationToken)
    {
        if (archive.GetEntry(BackupManifest.Entry) is not { } entry)
        {
            throw new BackupException($"{path} is no backup of Workbench's: it has no {BackupManifest.Entry}.");
        }
        using var content = new MemoryStream();
        await using (var part = await entry.OpenAsync(cancellationToken))
        {
            await part.CopyToAsync(content, cancellationToken);
        }
        var json = content.ToArray();
        if (Convert.ToHexStringLower(SHA256.HashData(json)) != archive.Comment)
        {
            throw new BackupException($"{path} is damaged: {BackupManifest.Entry} has not the SHA-256 that was written down.");
        }
        // The later format may have other fields.
        var format = JsonSerializer.Deserialize<JsonElement>(json).GetProperty("format").GetInt32();
        return format <= BackupManifest.CurrentFormat
            ? JsonSerializer.Deserialize<BackupManifest>(json, JsonSerializerOptions.Web)!
            : throw new BackupException(
                $"{path} was written by a newer release of Workbench, in format {format}; this program reads up to {BackupManifest.CurrentFormat}. Restore it with that release.");
    }

    private async Task VerifyAsync(string path, CancellationToken cancellationToken)
    {
        foreach (var (entry, sha256) in Manifest.Tables.Select(table => (table.Entry, table.Sha256)).Concat(Manifest.Artifacts.Select(file => (file.Entry, file.Sha256))))
        {
            await using var part = await ReadAsync(entry, cancellationToken);
            if (Convert.ToHexStringLower(await SHA256.HashDataAsync(part, cancellationToken)) != sha256)
            {
                throw new BackupException($"{path} is damaged: {entry} has not the SHA-256 that was written down.");
            }
        }
    }
}
