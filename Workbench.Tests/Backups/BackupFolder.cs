using Workbench.Core.Artifacts;
using Workbench.Core.Backups;
using Workbench.Core.Tracking;

namespace Workbench.Tests.Backups;

/// <summary>A folder of a test with backups and artifact stores in it.</summary>
internal sealed class BackupFolder : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public string Path => _folder.Path;

    public string this[params string[] parts] => _folder[parts];

    /// <summary>The store of a name.</summary>
    public LocalArtifactStore Store(string name) => new(_folder[name]);

    /// <summary>Writes a backup that lacks nothing.</summary>
    public static async Task<BackupManifest> BackUpAsync(Database database, IArtifactStore artifacts, string file)
    {
        await using var stream = File.Create(file);
        var (manifest, lacks) = await new Backup(database, artifacts, TimeProvider.System).WriteAsync(stream);
        Assert.Empty(lacks);
        return manifest;
    }

    /// <summary>A stored file, as text.</summary>
    public static async Task<string> ReadAsync(IArtifactStore store, string key)
    {
        using var reader = new StreamReader(await store.OpenReadAsync(key));
        return await reader.ReadToEndAsync();
    }

    public void Dispose() => _folder.Dispose();
}
