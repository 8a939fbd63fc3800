namespace Workbench.Benchmarks;

/// <summary>An empty data folder, removed at the end.</summary>
internal sealed class DataFolder : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("workbench-benchmark-");

    public DataFolder()
    {
        if (!OperatingSystem.IsWindows())
        {
            // PostgreSQL does not run as root: its user has to get through.
            _folder.UnixFileMode |= UnixFileMode.GroupExecute | UnixFileMode.OtherExecute;
        }
    }

    public string Path => _folder.FullName;

    public void Dispose() => _folder.Delete(recursive: true);
}
