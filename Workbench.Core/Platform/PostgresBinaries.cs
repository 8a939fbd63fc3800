using System.Globalization;
using System.Text.RegularExpressions;

namespace Workbench.Core.Platform;

/// <summary>PostgreSQL's programs, as installed on this machine.</summary>
sealed partial record PostgresBinaries(string Folder, int Major)
{
    const int OldestMajor = 15;

    public string Program(string name) => Path.Combine(Folder, OperatingSystem.IsWindows() ? name + ".exe" : name);

    /// <summary>The first of the installed versions that fits: those on PATH, then those in the usual places, newest first.</summary>
    /// <param name="clusterMajor">The version that made the cluster, which is the only one that can run it; null to make a new one.</param>
    /// <param name="user">The account that will run them.</param>
    /// <param name="cancellationToken">Stops the search.</param>
    /// <exception cref="StartupException">There is none.</exception>
    public static Task<PostgresBinaries> FindAsync(int? clusterMajor, string? user, CancellationToken cancellationToken) =>
        FindAsync(Folders(), clusterMajor, user, cancellationToken);

    internal static async Task<PostgresBinaries> FindAsync(
        IEnumerable<string> folders, int? clusterMajor, string? user, CancellationToken cancellationToken)
    {
        var others = new SortedSet<int>();
        foreach (var folder in folders.Where(HasPrograms))
        {
            if (await MajorAsync(folder, user, cancellationToken) is not { } major)
                continue;
            if (clusterMajor is null ? major >= OldestMajor : major == clusterMajor)
                return new PostgresBinaries(folder, major);
            others.Add(major);
        }
        var found = others.Count == 0 ? "was not found" : $"was not found (only {string.Join(", ", others)})";
        throw new StartupException(clusterMajor is { } made
            ? $"The database in the data folder was made by PostgreSQL {made}, which {found}. " +
                $"Install PostgreSQL {made} again, or start afresh with another --data DIR."
            : $"PostgreSQL {OldestMajor} or newer {found}. Install it (Debian, Ubuntu: apt-get install -y postgresql; " +
                "Fedora, RHEL: dnf install -y postgresql-server; macOS: brew install postgresql@17; " +
                "Windows: winget install PostgreSQL.PostgreSQL.17), " +
                "set ConnectionStrings:Workbench to a server of yours, or use docker compose up.");
    }

    static IEnumerable<string> Folders() =>
    [
        .. (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries),
        .. Versions("/usr/lib/postgresql", "bin"), // Debian, Ubuntu
        .. Versions("/usr", "bin", "pgsql-*"), // Red Hat, PostgreSQL's own packages
        "/usr/bin", // Red Hat, the distribution's package
        .. Versions("/opt/homebrew/opt", "bin", "postgresql@*"), // Homebrew on ARM ...
        "/opt/homebrew/opt/postgresql/bin",
        .. Versions("/usr/local/opt", "bin", "postgresql@*"), // ... and on Intel
        "/usr/local/opt/postgresql/bin",
        .. Versions(@"C:\Program Files\PostgreSQL", "bin"),
    ];

    static IEnumerable<string> Versions(string parent, string child, string pattern = "*") => !Directory.Exists(parent) ? [] :
        Directory.EnumerateDirectories(parent, pattern)
            .OrderByDescending(folder => ParseMajor(Path.GetFileName(folder)))
            .Select(folder => Path.Combine(folder, child));

    // On Debian, PATH leads to wrappers for the clients only: a folder counts when it has the whole server.
    static bool HasPrograms(string folder)
    {
        var binaries = new PostgresBinaries(folder, 0);
        return ((string[])["initdb", "pg_ctl", "postgres"]).All(name => File.Exists(binaries.Program(name)));
    }

    static async Task<int?> MajorAsync(string folder, string? user, CancellationToken cancellationToken)
    {
        var program = new PostgresBinaries(folder, 0).Program("pg_ctl");
        try
        {
            var asked = await ChildProcess.RunAsync(program, ["--version"], ChildProcess.Anywhere, user, TimeSpan.FromSeconds(30), cancellationToken);
            return asked.Succeeded ? ParseMajor(asked.Output) : null;
        }
        catch (StartupException)
        {
            return null; // not for this account: perhaps the next folder's
        }
    }

    // "pg_ctl (PostgreSQL) 15.14 (Debian 15.14-0+deb12u1)", "18beta1", "postgresql@17", "pgsql-16"
    internal static int? ParseMajor(string text) =>
        FirstNumber().Match(text) is { Success: true } match ? int.Parse(match.Value, CultureInfo.InvariantCulture) : null;

    [GeneratedRegex(@"\d{1,4}")]
    private static partial Regex FirstNumber();
}
