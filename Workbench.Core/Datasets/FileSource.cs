using System.IO.Compression;
using Workbench.Core.Datasets.Formats;
using Workbench.Core.Tracking;

namespace Workbench.Core.Datasets;

/// <summary>The files of an import.</summary>
public abstract class FileSource : IDisposable
{
    /// <summary>The most files of an import.</summary>
    public const int MostFiles = 250_000;

    private readonly List<SourceFile> _files = [];
    private readonly List<(string Path, string Reason)> _refused = [];

    /// <param name="name">What it is called.</param>
    protected FileSource(string name) => Name = name;

    /// <summary>What it is called, such as <c>flowers.zip</c>.</summary>
    public string Name { get; }

    /// <summary>The files that are not ignored.</summary>
    public IReadOnlyList<SourceFile> Files => _files;

    /// <summary>Files that are there and are not taken, with the reason.</summary>
    public IReadOnlyList<(string Path, string Reason)> Refused => _refused;

    /// <inheritdoc/>
    public void Dispose()
    {
        Dispose(true);
        GC.SuppressFinalize(this);
    }

    /// <summary>Releases what the files are read from.</summary>
    protected abstract void Dispose(bool disposing);

    /// <summary>Takes a file, unless it is one that programs leave behind.</summary>
    /// <exception cref="FieldException">There are too many, or its path leads out of the source.</exception>
    protected void Add(string path, long length, Func<Stream> open, string? fault = null)
    {
        if (Inside(path.Replace('\\', '/')) is not { } inside)
        {
            return;
        }
        if (_files.Count + _refused.Count == MostFiles)
        {
            throw new FieldException("file", $"{Name} holds more than {MostFiles:N0} files, which is the most.");
        }
        if (fault is not null)
        {
            _refused.Add((inside, fault));
        }
        else
        {
            _files.Add(new SourceFile(inside, length, open));
        }
    }

    /// <returns>Null for what is ignored.</returns>
    private string? Inside(string path)
    {
        if (path.StartsWith('/') || path is [_, ':', ..] || path.Split('/').Contains("..") || path.Contains('\0', StringComparison.Ordinal))
        {
            throw new FieldException("file", $"{Name} holds a file with the path '{path}', which leads out of it. Nothing was imported.");
        }
        string[] segments = [.. path.Split('/').Where(segment => segment.Length > 0 && segment != ".")];
        var ignored = segments.Length == 0 || path.EndsWith('/') || segments.Any(segment => segment[0] == '.' || segment == "__MACOSX")
            || segments[^1].Equals("Thumbs.db", StringComparison.OrdinalIgnoreCase) || segments[^1].Equals("desktop.ini", StringComparison.OrdinalIgnoreCase);
        return ignored ? null : string.Join('/', segments);
    }
}

/// <summary>A folder of this machine. Its files are read where they are; links are not followed.</summary>
public sealed class FolderSource : FileSource
{
    /// <param name="path">The folder.</param>
    /// <exception cref="FieldException">It can't be read, or holds too many files.</exception>
    public FolderSource(string path)
        : base(System.IO.Path.GetFileName(System.IO.Path.TrimEndingDirectorySeparator(System.IO.Path.GetFullPath(path))))
    {
        var root = System.IO.Path.GetFullPath(path);
        try
        {
            Add(new DirectoryInfo(root), root);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new FieldException("file", $"The folder {root} can't be read: {exception.Message}");
        }
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        // Nothing is held open.
    }

    private void Add(DirectoryInfo folder, string root)
    {
        foreach (var entry in folder.EnumerateFileSystemInfos().OrderBy(entry => entry.Name, StringComparer.Ordinal))
        {
            var path = System.IO.Path.GetRelativePath(root, entry.FullName).Replace(System.IO.Path.DirectorySeparatorChar, '/');
            if (entry.LinkTarget is not null)
            {
                Add(path, 0, () => Stream.Null, "It is a link, which is not followed.");
            }
            else if (entry is DirectoryInfo inner)
            {
                Add(inner, root);
            }
            else
            {
                Add(path, ((FileInfo)entry).Length, () => File.OpenRead(entry.FullName));
            }
        }
    }
}

/// <summary>A zip file. Nothing of it is unpacked to disk.</summary>
public sealed class ZipSource : FileSource
{
    // Pictures do not shrink that far, and drawings on a plain ground only when they are large.
    private const long MostRatio = 200;
    private const long AlwaysAllowed = 64 << 20;
    private const int LinkType = 0xA000;

    private readonly ZipArchive _archive;

    /// <param name="file">Can seek; is disposed of with this source.</param>
    /// <param name="name">What it is called.</param>
    /// <param name="mostBytes">The most bytes that it may unpack to.</param>
    /// <exception cref="FieldException">It is no zip file, or one that must not be unpacked.</exception>
    public ZipSource(Stream file, string name, long mostBytes)
        : base(name)
    {
        try
        {
            if (ZipDirectory.CountEntries(file) is var count && count > MostFiles)
            {
                throw new FieldException("file", $"{name} holds {count:N0} entries; {MostFiles:N0} are the most.");
            }
            _archive = new ZipArchive(file, ZipArchiveMode.Read);
            var total = 0L;
            foreach (var entry in _archive.Entries)
            {
                total += entry.Length;
                if (entry.Length > AlwaysAllowed && entry.Length / MostRatio > entry.CompressedLength)
                {
                    throw new FieldException("file", $"{name} holds '{entry.FullName}', which unpacks to {entry.Length / Math.Max(1, entry.CompressedLength):N0} times its size. Such a file is not opened.");
                }
                Add(entry.FullName, entry.Length, entry.Open, Fault(entry));
            }
            if (total > mostBytes || (total > AlwaysAllowed && total / MostRatio > file.Length))
            {
                throw new FieldException("file", $"{name} unpacks to {total >> 20:N0} MB, of {file.Length >> 20:N0} MB; {Math.Min(mostBytes, Math.Max(AlwaysAllowed, MostRatio * file.Length)) >> 20:N0} MB are the most.");
            }
        }
        catch (Exception exception) when (exception is InvalidDataException or IOException)
        {
            file.Dispose();
            throw new FieldException("file", $"{name} is no zip file, or it is damaged.");
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing) => _archive.Dispose();

    private static string? Fault(ZipArchiveEntry entry) =>
        ((entry.ExternalAttributes >> 16) & 0xF000) == LinkType ? "It is a link, which is not followed."
        : entry.IsEncrypted ? "It is encrypted."
        : null;
}
