namespace Workbench.Core.Platform;

/// <summary>The folder that holds all a workbench keeps on this machine.</summary>
public sealed class DataDirectory
{
    DataDirectory(string path) => Path = path;

    /// <summary>Full path of the folder; it exists.</summary>
    public string Path { get; }

    /// <summary>The private PostgreSQL cluster. May be a link; see <see cref="PrivatePostgres"/>.</summary>
    public string Postgres => System.IO.Path.Combine(Path, "postgres");

    /// <summary>Artifacts, when no object store is configured. Made by whoever writes there first.</summary>
    public string Artifacts => System.IO.Path.Combine(Path, "artifacts");

    /// <summary>Cached features of data sets. Made by whoever writes there first; deleting it costs only time.</summary>
    public string Features => System.IO.Path.Combine(Path, "features");

    /// <summary>Where the data lies when nobody says otherwise: the user's local application data.</summary>
    public static string DefaultPath => System.IO.Path.Combine(
        Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData, Environment.SpecialFolderOption.DoNotVerify),
        "Workbench");

    /// <summary>Makes the folder if need be and checks that it can be written.</summary>
    /// <param name="path">Relative to the current folder; null or blank for <see cref="DefaultPath"/>.</param>
    /// <exception cref="StartupException">It cannot be made or written.</exception>
    public static DataDirectory Open(string? path = null)
    {
        var full = System.IO.Path.GetFullPath(string.IsNullOrWhiteSpace(path) ? DefaultPath : path);
        try
        {
            Directory.CreateDirectory(full);
            using var probe = new FileStream(System.IO.Path.Combine(full, $".probe-{Guid.NewGuid():N}"), new FileStreamOptions
            {
                Mode = FileMode.CreateNew,
                Access = FileAccess.Write,
                Options = FileOptions.DeleteOnClose,
            });
            probe.WriteByte(0);
            probe.Flush(flushToDisk: true);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new StartupException(
                $"The data folder {full} cannot be written ({e.Message.TrimEnd('.')}). Choose another with --data DIR.", e);
        }
        return new DataDirectory(full);
    }
}
