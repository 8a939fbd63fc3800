using System.Diagnostics;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Workbench.Core.Platform;

/// <summary>A PostgreSQL cluster of our own: its files, and the server that works on them. Does no locking; the caller does.</summary>
/// <remarks>
/// PostgreSQL refuses to run as root. Then the server belongs to the system's <c>postgres</c> user or, for want of one, to <c>nobody</c>.
/// If that user may not enter the data folder (beneath /root, say), the files lie under /var/lib/workbench, and <c>postgres</c> in the
/// data folder is a link to them.
/// </remarks>
sealed class PostgresCluster
{
    public const string SuperUser = "workbench";

    const string ClosedFolderRoot = "/var/lib/workbench";
    const int LogLimit = 4 << 20;
    static readonly TimeSpan InitLimit = TimeSpan.FromMinutes(3);
    static readonly TimeSpan ServerLimit = TimeSpan.FromMinutes(2);

    readonly string _folder;
    readonly string? _user;
    readonly PostgresBinaries _binaries;

    // The server's user cannot follow a link in a folder that is closed to it: it is given the place itself.
    PostgresCluster(string folder, string? user, PostgresBinaries binaries) => (_folder, _user, _binaries) =
        (new DirectoryInfo(folder).ResolveLinkTarget(returnFinalTarget: true)?.FullName ?? folder, user, binaries);

    const string LogName = "server.log";

    string LogFile => Path.Combine(_folder, LogName);

    string PidFile => Path.Combine(_folder, "postmaster.pid");

    const string PasswordName = "workbench.password";

    // PostgreSQL's programs start each other by a shell, in whose hands a name with quotes, $ or ` becomes another: they are run in the
    // cluster's folder and hear no name at all.
    const string Here = ".";

    static string PasswordFile(string folder) => Path.Combine(folder, PasswordName);

    public string Password => File.ReadAllText(PasswordFile(_folder));

    /// <summary>The cluster in <paramref name="folder"/>, made now if there is none yet.</summary>
    public static async Task<PostgresCluster> OpenAsync(string folder, CancellationToken cancellationToken)
    {
        var user = ServerUser();
        if (File.Exists(PasswordFile(folder)))
        {
            var made = PostgresBinaries.ParseMajor(await File.ReadAllTextAsync(Path.Combine(folder, "PG_VERSION"), cancellationToken));
            return new PostgresCluster(folder, user, await PostgresBinaries.FindAsync(made, user, cancellationToken));
        }
        if (new DirectoryInfo(folder).LinkTarget is { } target)
            throw new StartupException(
                $"{folder} leads to {target}, where there is no database. Bring it back, or delete {folder} to start afresh.");
        if (Directory.Exists(folder))
            throw new StartupException(
                $"{folder} is not a database of the workbench's. Move it away, or choose another folder with --data DIR.");

        var binaries = await PostgresBinaries.FindAsync(null, user, cancellationToken);
        await CreateAsync(folder, user, binaries, cancellationToken);
        return new PostgresCluster(folder, user, binaries);
    }

    /// <summary>The cluster in <paramref name="folder"/>, to be looked at and not to be run; null if there is none.</summary>
    public static PostgresCluster? Look(string folder) =>
        File.Exists(PasswordFile(folder)) ? new PostgresCluster(folder, null, new PostgresBinaries("", 0)) : null;

    /// <summary>The programs that would run the cluster in <paramref name="folder"/>, or make it.</summary>
    /// <exception cref="StartupException">They are not installed.</exception>
    public static async Task<PostgresBinaries> FindBinariesAsync(string folder, CancellationToken cancellationToken)
    {
        var version = Path.Combine(folder, "PG_VERSION");
        var made = File.Exists(version) ? PostgresBinaries.ParseMajor(await File.ReadAllTextAsync(version, cancellationToken)) : null;
        return await PostgresBinaries.FindAsync(made, ServerUser(), cancellationToken);
    }

    static string? ServerUser() => OperatingSystem.IsWindows() || !Environment.IsPrivilegedProcess ? null
        : File.ReadLines("/etc/passwd").Any(line => line.StartsWith("postgres:", StringComparison.Ordinal)) ? "postgres" : "nobody";

    // All is made in another place and moved into its own as the last step, so that a cluster is there whole or not at all.
    static async Task CreateAsync(string folder, string? user, PostgresBinaries binaries, CancellationToken cancellationToken)
    {
        async Task<ChildResult> Run(string program, string place, string? account, params string[] arguments)
        {
            var result = await ChildProcess.RunAsync(program, arguments, place, account, InitLimit, cancellationToken);
            return result.Succeeded ? result
                : throw new StartupException($"The database cannot be made in {folder}: {Path.GetFileName(program)}: {result.LastLine}");
        }

        var isClosed = user is not null &&
            !(await ChildProcess.RunAsync("test", ["-x", Path.GetDirectoryName(folder)!], ChildProcess.Anywhere, user, InitLimit, cancellationToken)).Succeeded;
        var draft = isClosed ? OpenPlace() : folder + ".new";
        var password = draft + ".password";
        if (Directory.Exists(draft))
            Directory.Delete(draft, recursive: true);
        File.Delete(password);

        Directory.CreateDirectory(draft);
        using (var file = new FileStream(password, NewPrivateFile))
        {
            file.Write(Encoding.ASCII.GetBytes(RandomNumberGenerator.GetHexString(32, lowercase: true)));
            file.Flush(flushToDisk: true);
        }
        if (user is not null)
            await Run("chown", ChildProcess.Anywhere, null, $"{user}:", draft, password);
        await Run(binaries.Program("initdb"), draft, user, "-D", Here, "--encoding=UTF8", "--locale=C", "--auth=scram-sha-256",
            "--data-checksums", $"--username={SuperUser}", $"--pwfile={password}");
        File.Move(password, PasswordFile(draft));
        if (isClosed)
            Directory.CreateSymbolicLink(folder, draft);
        else
            Directory.Move(draft, folder);
    }

    static FileStreamOptions NewPrivateFile
    {
        get
        {
            var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
            if (!OperatingSystem.IsWindows())
                options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
            return options;
        }
    }

    static string OpenPlace()
    {
        Directory.CreateDirectory(ClosedFolderRoot);
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(ClosedFolderRoot, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute
                | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute);
        return Path.Combine(ClosedFolderRoot, "postgres-" + RandomNumberGenerator.GetHexString(8, lowercase: true));
    }

    /// <summary>The port of the last server on these files, even if it is no more; null if it was stopped in good order, or left no
    /// readable trace.</summary>
    public int? LastPort => ReadPidFile() is { } lines && lines.Length > 3 && int.TryParse(lines[3], out var port) ? port : null;

    /// <summary>Whether a server works on these files, or is about to.</summary>
    public bool IsServerAlive() => LastPid is { } pid && Exists(pid) && IsOurs(pid);

    int? LastPid => ReadPidFile() is { Length: > 0 } lines && int.TryParse(lines[0], out var pid) && pid > 0 ? pid : null;

    // A crash of the machine may leave it empty or cut off.
    bool IsPidFileDamaged => File.Exists(PidFile) && LastPid is null;

    bool HasServer() => Process.GetProcessesByName("postgres").Any(process => IsOurs(process.Id));

    static bool Exists(int pid)
    {
        try
        {
            using var process = Process.GetProcessById(pid);
            return true;
        }
        catch (ArgumentException)
        {
            return false;
        }
    }

    // A dead server's number may have gone to another process, after a reboot for one. A server works in its cluster's folder.
    bool IsOurs(int pid)
    {
        try
        {
            if (OperatingSystem.IsLinux())
                return File.ReadAllText($"/proc/{pid}/cwd/{PasswordName}") == Password;
            using var process = Process.GetProcessById(pid);
            return process.ProcessName == "postgres";
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException or InvalidOperationException)
        {
            return false;
        }
    }

    string[]? ReadPidFile()
    {
        try
        {
            return File.ReadAllLines(PidFile);
        }
        catch (IOException)
        {
            return null;
        }
    }

    /// <summary>Starts the server and returns when it takes connections.</summary>
    /// <returns>Null if it runs, else why it does not; "still in use" means that this will pass.</returns>
    public async Task<string?> StartServerAsync(int port, CancellationToken cancellationToken)
    {
        // With such a file PostgreSQL does not start; without one it would, on the files of another server. One whose file was damaged
        // while it ran sees that within a minute, and ends.
        if (IsPidFileDamaged)
        {
            if (HasServer())
                return $"{PidFile} is damaged, and the files are still in use by a server";
            File.Delete(PidFile);
        }
        // PostgreSQL would not start while another process had the dead server's number. It gets one that no process can have; the rest of
        // the file stays, since PostgreSQL tells by it whether sessions of the dead server are still writing.
        if (LastPid is { } pid && Exists(pid) && ReadPidFile() is { } lines)
            await File.WriteAllLinesAsync(PidFile, [int.MaxValue.ToString(CultureInfo.InvariantCulture), .. lines[1..]], cancellationToken);
        var log = new FileInfo(LogFile);
        if (log.Exists && log.Length > LogLimit)
            log.MoveTo(LogFile + ".old", overwrite: true);
        var logged = log.Exists ? log.Length : 0;

        string[] settings =
        [
            $"port={port}", "listen_addresses=127.0.0.1", "unix_socket_directories=", "max_connections=200", "shared_buffers=128MB",
            "jit=off", "log_checkpoints=off",
        ];
        var options = string.Join(' ', settings.Select(setting => "-c " + setting));
        var started = await ChildProcess.RunAsync(_binaries.Program("pg_ctl"),
            ["start", "-w", "-s", "-t", "110", "-D", Here, "-l", LogName, "-o", options], _folder, _user, ServerLimit, cancellationToken);
        return started.Succeeded ? null : ReasonIn(LogFile, logged) ?? started.LastLine;
    }

    static string? ReasonIn(string logFile, long from)
    {
        if (!File.Exists(logFile))
            return null;
        using var log = new StreamReader(new FileStream(logFile, FileMode.Open, FileAccess.Read, FileShare.ReadWrite));
        log.BaseStream.Seek(from, SeekOrigin.Begin);
        return log.ReadToEnd().Split('\n')
            .Where(line => line.Contains("FATAL:") || line.Contains("PANIC:"))
            // Last words of a killed server's sessions, which write to the same file.
            .LastOrDefault(line => !line.Contains("unexpected postmaster exit"))?.Trim();
    }

    /// <summary>Stops the server, if there is one: open transactions are rolled back, all others are safe.</summary>
    public async Task StopServerAsync()
    {
        if (IsServerAlive())
            await ChildProcess.RunAsync(_binaries.Program("pg_ctl"), ["stop", "-w", "-s", "-m", "fast", "-t", "60", "-D", Here],
                _folder, _user, ServerLimit, CancellationToken.None);
    }
}
