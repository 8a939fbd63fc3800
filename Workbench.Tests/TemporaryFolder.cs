namespace Workbench.Tests;

/// <summary>An empty folder of a test's own, removed with all that is in it at the test's end. Others may enter it: PostgreSQL does not
/// run as root.</summary>
sealed class TemporaryFolder : IDisposable
{
    /// <param name="suffix">What its name ends with.</param>
    public TemporaryFolder(string suffix = "") => Path = Create(suffix);

    public string Path { get; }

    /// <summary>Makes an empty folder that somebody else removes.</summary>
    public static string Create(string suffix = "")
    {
        var path = System.IO.Path.Combine(Parent, $"workbench-test-{Guid.NewGuid():N}{suffix}");
        Directory.CreateDirectory(path);
        SetMode(path, OpenToPassThrough);
        return path;
    }

    // In memory where there is plenty: a dozen databases are made here, and every one waits for the disk many times.
    static string Parent { get; } = Directory.Exists("/dev/shm") && new DriveInfo("/dev/shm").AvailableFreeSpace > 4L << 30
        ? "/dev/shm"
        : System.IO.Path.GetTempPath();

    public string this[params string[] parts] => System.IO.Path.Combine([Path, .. parts]);

    /// <summary>Its owner's, but others may pass through to what they know the name of.</summary>
    public const UnixFileMode OpenToPassThrough = ClosedToOthers | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute;

    public const UnixFileMode ClosedToOthers = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    public const UnixFileMode OpenToAll = OpenToPassThrough
        | UnixFileMode.GroupRead | UnixFileMode.GroupWrite | UnixFileMode.OtherRead | UnixFileMode.OtherWrite;

    public static void SetMode(string path, UnixFileMode mode)
    {
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(path, mode);
    }

    public static UnixFileMode ModeOf(string path) => OperatingSystem.IsWindows() ? UnixFileMode.None : File.GetUnixFileMode(path);

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
