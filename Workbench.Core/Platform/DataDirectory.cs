namespace Workbench.Core.Platform;

/// <summary>The folder that holds all a workbench keeps on this machine.</summary>
public sealed class DataDirectory
{
    static readonly string[] OwnNames = ["artifacts", "commands", "datasets", "features", "keys", "postgres", "token", ".probe-"];

    DataDirectory(string path) => Path = path;

    /// <summary>Full path of the folder; it exists.</summary>
    public string Path { get; }

    /// <summary>The private PostgreSQL cluster. May be a link; see <see cref="PrivatePostgres"/>.</summary>
    public string Postgres => System.IO.Path.Combine(Path, "postgres");

    /// <summary>Artifacts, when no object store is configured. Made by the first that writes there.</summary>
    public string Artifacts => System.IO.Path.Combine(Path, "artifacts");

    /// <summary>Cached features of datasets. Made by the first that writes there; deleting it costs only time.</summary>
    public string Features => System.IO.Path.Combine(Path, "features");

    /// <summary>Pictures of datasets as networks take them. Deleting it costs only time.</summary>
    public string Pictures => System.IO.Path.Combine(Path, "datasets", "prepared");

    /// <summary>Copies of the pictures that are in the artifact store. Deleting it costs only time.</summary>
    public string Packs => System.IO.Path.Combine(Path, "datasets", "packs");

    /// <summary>The folders in which commands of studies run.</summary>
    public string Commands => System.IO.Path.Combine(Path, "commands");

    /// <summary>What is being uploaded.</summary>
    public string Uploads => System.IO.Path.Combine(Path, "datasets", "uploads");

    /// <summary>Where the data lies unless told otherwise: the user's local application data.</summary>
    public static string DefaultPath => System.IO.Path.Combine(
        Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData, Environment.SpecialFolderOption.DoNotVerify),
        "Workbench");

    /// <summary>The keys that protect cookies and forms.</summary>
    public string Keys => System.IO.Path.Combine(Path, "keys");

    /// <summary>Makes the folder if need be, closed to other accounts, and checks that it can be written. One that exists is closed, too, unless
    /// it holds other things: then only what is the workbench's in it is.</summary>
    /// <param name="path">Relative to the current folder; null or blank for <see cref="DefaultPath"/>.</param>
    /// <exception cref="StartupException">It cannot be made or written.</exception>
    public static DataDirectory Open(string? path = null)
    {
        var full = System.IO.Path.GetFullPath(string.IsNullOrWhiteSpace(path) ? DefaultPath : path);
        try
        {
            Create(full);
            using var probe = new FileStream(System.IO.Path.Combine(full, $".probe-{Guid.NewGuid():N}"), new FileStreamOptions
            {
                Mode = FileMode.CreateNew,
                Access = FileAccess.Write,
                Options = FileOptions.DeleteOnClose,
            });
            probe.WriteByte(0);
            probe.Flush(flushToDisk: true);
            var data = new DataDirectory(full);
            if (IsOwn(full))
            {
                FilePermissions.CloseData(new DirectoryInfo(full));
            }
            foreach (var folder in (string[])[data.Artifacts, System.IO.Path.Combine(full, "datasets"), data.Features, data.Keys])
                FilePermissions.Close(new DirectoryInfo(folder));
            return data;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new StartupException(
                $"The data folder {full} cannot be written ({e.Message.TrimEnd('.')}). Choose another with --data DIR.", e);
        }
    }

    // A user's home, or /tmp, is not closed because it was named once.
    static bool IsOwn(string path) =>
        Directory.EnumerateFileSystemEntries(path).All(entry => OwnNames.Any(System.IO.Path.GetFileName(entry).StartsWith));

    static void Create(string path)
    {
        if (OperatingSystem.IsWindows())
            Directory.CreateDirectory(path);
        else
            Directory.CreateDirectory(path, FilePermissions.PrivateFolder);
    }
}
