namespace Workbench.Core.Artifacts;

/// <summary>Artifacts as files beneath a folder of this machine, which is made when first written to.</summary>
public sealed class LocalArtifactStore(string folder) : IArtifactStore
{
    readonly string _root = Path.GetFullPath(folder);

    // Begins with a dot, so no key leads here.
    string Drafts => Path.Combine(_root, ".drafts");

    /// <inheritdoc/>
    public string Description => $"folder {_root}";

    /// <inheritdoc/>
    public Uri Locate(string key) => new UriBuilder(Uri.UriSchemeFile, Environment.MachineName, -1, PathOf(ArtifactKey.Validate(key))).Uri;

    /// <inheritdoc/>
    /// <remarks>The content type is not kept.</remarks>
    public Task PutAsync(string key, Stream content, long length, string contentType, CancellationToken cancellationToken = default)
    {
        var path = PathOf(ArtifactKey.Validate(key));
        return AskAsync(async () =>
        {
            RefuseWithin(key, path);
            Directory.CreateDirectory(Drafts);
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            var draft = Path.Combine(Drafts, Guid.NewGuid().ToString("N"));
            try
            {
                await using (var exact = new ExactStream(content, length))
                await using (var file = new FileStream(draft, FileMode.CreateNew, FileAccess.Write, FileShare.None, 1, useAsync: true))
                {
                    await exact.CopyToAsync(file, cancellationToken);
                    file.Flush(flushToDisk: true);
                }
                File.Move(draft, path, overwrite: true);
            }
            catch
            {
                File.Delete(draft);
                throw;
            }
            return true;
        });
    }

    /// <inheritdoc/>
    public Task<Stream> OpenReadAsync(string key, CancellationToken cancellationToken = default)
    {
        var path = PathOf(ArtifactKey.Validate(key));
        return AskAsync(() =>
        {
            try
            {
                // Others may replace or delete the file meanwhile; what is open stays as it was.
                return Task.FromResult<Stream>(new FileStream(
                    path, FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete, 64 << 10, useAsync: true));
            }
            catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException || Directory.Exists(path))
            {
                throw new ArtifactNotFoundException(key);
            }
        });
    }

    /// <inheritdoc/>
    public Task<bool> ExistsAsync(string key, CancellationToken cancellationToken = default)
    {
        var path = PathOf(ArtifactKey.Validate(key));
        return AskAsync(() => Task.FromResult(File.Exists(path)));
    }

    /// <inheritdoc/>
    public Task<IReadOnlyList<ArtifactInfo>> ListAsync(string prefix, CancellationToken cancellationToken = default)
    {
        var folder = new DirectoryInfo(PathOf(ArtifactKey.Beneath(prefix)));
        return AskAsync(() => Task.FromResult<IReadOnlyList<ArtifactInfo>>(!folder.Exists ? [] :
        [
            .. folder.EnumerateFiles("*", SearchOption.AllDirectories)
                .Select(file => new ArtifactInfo(KeyOf(file.FullName), file.Length, file.LastWriteTimeUtc))
                .Where(artifact => !artifact.Key.StartsWith('.'))
                .OrderBy(artifact => artifact.Key, StringComparer.Ordinal),
        ]));
    }

    /// <inheritdoc/>
    public Task<IReadOnlyList<FolderEntry>> ListFolderAsync(string prefix, CancellationToken cancellationToken = default)
    {
        var folder = new DirectoryInfo(PathOf(ArtifactKey.Beneath(prefix)));
        return AskAsync(() => Task.FromResult<IReadOnlyList<FolderEntry>>(!folder.Exists ? [] :
        [
            .. folder.EnumerateFileSystemInfos()
                .Where(entry => prefix.Length > 0 || !entry.Name.StartsWith('.'))
                // A folder without files is what deleting them has left.
                .Where(entry => entry is not DirectoryInfo inner || inner.EnumerateFiles("*", SearchOption.AllDirectories).Any())
                .Select(entry => new FolderEntry(entry.Name, (entry as FileInfo)?.Length))
                .OrderBy(entry => entry.Name, StringComparer.Ordinal),
        ]));
    }

    /// <inheritdoc/>
    public Task DeleteAsync(string key, CancellationToken cancellationToken = default)
    {
        var path = PathOf(ArtifactKey.Validate(key));
        return AskAsync(() =>
        {
            if (File.Exists(path))
                File.Delete(path);
            return Task.FromResult(true);
        });
    }

    /// <inheritdoc/>
    public Task CheckAsync(CancellationToken cancellationToken = default) =>
        AskAsync(() => Task.FromResult(Directory.CreateDirectory(Drafts)));

    string PathOf(string key) => Path.Combine(_root, key.Replace('/', Path.DirectorySeparatorChar));

    string KeyOf(string path) => Path.GetRelativePath(_root, path).Replace(Path.DirectorySeparatorChar, '/');

    // That will not pass by itself, as other troubles with a folder may.
    void RefuseWithin(string key, string path)
    {
        if (Directory.Exists(path))
            throw new ArgumentException($"'{key}' is a folder; a file of that name cannot be kept.", nameof(key));
        for (var parent = Path.GetDirectoryName(path)!; parent.Length > _root.Length; parent = Path.GetDirectoryName(parent)!)
        {
            if (File.Exists(parent))
            {
                // The folders directly beneath the root are the workbench's own: no key made that file.
                throw Path.GetDirectoryName(parent) == _root
                    ? new IOException($"{parent} is no folder.")
                    : new ArgumentException($"'{KeyOf(parent)}' is a file; nothing can be kept beneath it.", nameof(key));
            }
        }
    }

    // A folder that is not there yet is empty. Where something else stands in its way the artifacts are away, not missing.
    void RefuseObstacle()
    {
        var folder = _root;
        while (folder is not null && !Directory.Exists(folder))
        {
            if (File.Exists(folder))
                throw new IOException($"{folder} is no folder.");
            folder = Path.GetDirectoryName(folder);
        }
    }

    async Task<T> AskAsync<T>(Func<Task<T>> ask)
    {
        try
        {
            RefuseObstacle();
            return await ask();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new ArtifactStoreException($"The artifacts' {Description} cannot be used: {e.Message}", e);
        }
    }
}
