using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Npgsql;

namespace Workbench.Core.Platform;

/// <summary>
/// A PostgreSQL server of the workbench's own, in the folder <c>postgres</c> of its data folder: made on the first use, started when
/// needed, reachable from this machine only. All processes that name the same data folder share it; the last one to leave stops it.
/// </summary>
/// <remarks>
/// Two lock files, which the operating system lets go of however a process ends, say who is there. <c>postgres.users</c> is shared by all
/// users for as long as they use the server: the process that can have it alone is the last one. <c>postgres.lock</c> is held alone by a
/// process that joins or leaves, or starts the server again, so that none joins a server that is being stopped and no two start one. A
/// server whose users were all killed runs on, until the next user finds it, joins it and stops it on leaving. <c>postgres.port</c> keeps
/// the port.
/// </remarks>
public sealed class PrivatePostgres : IAsyncDisposable
{
    static readonly TimeSpan TurnLimit = TimeSpan.FromMinutes(3);
    static readonly TimeSpan JoinLimit = TimeSpan.FromMinutes(2);
    static readonly TimeSpan RetryInterval = TimeSpan.FromMilliseconds(50);
    static readonly TimeSpan WatchInterval = TimeSpan.FromSeconds(1);
    // A server starts, and a new cluster is made, in less.
    static readonly TimeSpan SilentFor = TimeSpan.FromSeconds(5);

    readonly PostgresCluster _cluster;
    readonly string _folder;
    readonly Action<string> _say;
    readonly CancellationTokenSource _leaving = new();
    Task _watch = Task.CompletedTask;
    FileLock? _using;

    PrivatePostgres(string folder, PostgresCluster cluster, FileLock @using, Action<string> say) =>
        (_folder, _cluster, _using, _say) = (folder, cluster, @using, say);

    /// <summary>Connects as the owner to the database <c>workbench</c>, which exists.</summary>
    public string ConnectionString { get; private set; } = "";

    /// <inheritdoc cref="StartAsync(string, Action{string}, CancellationToken)"/>
    public static Task<PrivatePostgres> StartAsync(string dataDirectory, CancellationToken cancellationToken) =>
        StartAsync(dataDirectory, static _ => { }, cancellationToken);

    /// <summary>Joins the server of this data folder, and starts it first if it does not run. Returns when it takes connections. If it
    /// dies later, it is started again, at the same address, for as long as any of its users lives.</summary>
    /// <param name="dataDirectory">An existing folder that this process may write.</param>
    /// <param name="say">Is told, in a line, what takes long or went wrong since.</param>
    /// <param name="cancellationToken">Gives up; a server that no other process uses is stopped again.</param>
    /// <exception cref="StartupException">PostgreSQL is not installed, or does not start.</exception>
    public static async Task<PrivatePostgres> StartAsync(string dataDirectory, Action<string> say, CancellationToken cancellationToken)
    {
        var folder = FolderOf(dataDirectory);
        try
        {
            using var turn = await TakeTurnAsync(folder, cancellationToken);
            var cluster = await PostgresCluster.OpenAsync(folder, cancellationToken);
            var alone = IsUnused(folder);
            var user = FileLock.TryShared(UsersFile(folder)) ?? throw new IOException($"{UsersFile(folder)} is locked.");
            var postgres = new PrivatePostgres(folder, cluster, user, say);
            try
            {
                await postgres.JoinAsync(alone, cancellationToken);
                postgres._watch = postgres.WatchAsync(postgres._leaving.Token);
                return postgres;
            }
            catch
            {
                await postgres.LeaveAsync();
                throw;
            }
        }
        catch (Exception e) when (IsTrouble(e))
        {
            throw new StartupException($"The database in {folder} cannot be used: {e.Message}", e);
        }
    }

    /// <summary>How to connect to the server of a data folder if it runs now. Starts and changes nothing.</summary>
    /// <returns>Null when it does not run.</returns>
    public static string? FindRunning(string dataDirectory) =>
        PostgresCluster.Look(FolderOf(dataDirectory)) is { LastPort: { } port } cluster && cluster.IsServerAlive()
            ? Describe(port, cluster.Password, "workbench")
            : null;

    /// <summary>Which of the installed PostgreSQLs would run the server of a data folder, as in "PostgreSQL 17 in /usr/lib/postgresql/17/bin".</summary>
    /// <exception cref="StartupException">None that could is installed.</exception>
    public static async Task<string> FindProgramsAsync(string dataDirectory, CancellationToken cancellationToken)
    {
        var found = await PostgresCluster.FindBinariesAsync(FolderOf(dataDirectory), cancellationToken);
        return $"PostgreSQL {found.Major} in {found.Folder}";
    }

    /// <summary>Leaves the server, and stops it if no other process uses it.</summary>
    public async ValueTask DisposeAsync()
    {
        if (_using is null)
            return;
        await _leaving.CancelAsync();
        await _watch;
        _leaving.Dispose();
        using var turn = await TakeTurnAsync(_folder, CancellationToken.None);
        await LeaveAsync();
    }

    static bool IsTrouble(Exception e) => e is IOException or UnauthorizedAccessException or TimeoutException;

    static Task<FileLock> TakeTurnAsync(string folder, CancellationToken cancellationToken) =>
        FileLock.ExclusiveAsync(folder + ".lock", TurnLimit, cancellationToken);

    static string FolderOf(string dataDirectory) => Path.Combine(Path.GetFullPath(dataDirectory), "postgres");

    static string UsersFile(string folder) => folder + ".users";

    static bool IsUnused(string folder)
    {
        using var sole = FileLock.TryExclusive(UsersFile(folder));
        return sole is not null;
    }

    async Task LeaveAsync()
    {
        _using?.Dispose();
        _using = null;
        using var last = FileLock.TryExclusive(UsersFile(_folder));
        if (last is not null)
            await _cluster.StopServerAsync();
    }

    async Task JoinAsync(bool alone, CancellationToken cancellationToken)
    {
        using var joined = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var saying = SayLaterAsync($"The private database in {_folder} is starting or recovering; Workbench waits for it.", joined.Token);
        try
        {
            await ConnectAsync(alone, cancellationToken);
        }
        finally
        {
            await joined.CancelAsync();
            await saying;
        }
    }

    async Task ConnectAsync(bool alone, CancellationToken cancellationToken)
    {
        for (var start = Stopwatch.GetTimestamp(); ;)
        {
            if (!_cluster.IsServerAlive())
                await StartServerAsync(alone, cancellationToken);
            try
            {
                await ConnectAsync(_cluster.LastPort ?? 0, _cluster.Password, cancellationToken);
                return;
            }
            // A server that was found running may be on its way out, or may still be reading its log after a crash.
            catch (NpgsqlException e) when (e.IsTransient || e.InnerException is SocketException)
            {
                if (Stopwatch.GetElapsedTime(start) > JoinLimit)
                    throw new StartupException($"PostgreSQL runs on {_folder} but does not answer: {e.Message}", e);
                await Task.Delay(RetryInterval, cancellationToken);
            }
            catch (NpgsqlException e)
            {
                throw new StartupException($"PostgreSQL runs on {_folder} but refuses the workbench: {e.Message}", e);
            }
        }
    }

    async Task SayLaterAsync(string message, CancellationToken done)
    {
        await Task.Delay(SilentFor, done).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (!done.IsCancellationRequested)
            _say(message);
    }

    // The first to see that the server is dead takes the turn and starts it; the others then find it alive.
    async Task WatchAsync(CancellationToken leaving)
    {
        var said = "";
        while (true)
        {
            await Task.Delay(WatchInterval, leaving).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (leaving.IsCancellationRequested)
                return;
            try
            {
                if (!_cluster.IsServerAlive())
                    await ReviveAsync(leaving);
                said = "";
            }
            catch (OperationCanceledException)
            {
                return;
            }
            catch (Exception e) when (IsTrouble(e) || e is StartupException)
            {
                if (said != e.Message)
                    _say(said = e.Message);
            }
        }
    }

    async Task ReviveAsync(CancellationToken cancellationToken)
    {
        using var turn = await TakeTurnAsync(_folder, cancellationToken);
        if (_cluster.IsServerAlive())
            return;
        await StartServerAsync(alone: false, cancellationToken);
        _say($"The private database in {_folder} had ended; it runs again.");
    }

    async Task StartServerAsync(bool alone, CancellationToken cancellationToken)
    {
        // The same port serves best: processes that were connected find their server again, and only there.
        var known = _cluster.LastPort ?? SavedPort;
        var port = known ?? FreePort();
        for (var start = Stopwatch.GetTimestamp(); ;)
        {
            if (await _cluster.StartServerAsync(port, cancellationToken) is not { } failure)
                break;
            // Another program took the port meanwhile, or a killed server's last sessions are still ending: both pass.
            var portIsTaken = failure.Contains("TCP/IP socket");
            if (Stopwatch.GetElapsedTime(start) > JoinLimit || !(portIsTaken || failure.Contains("still in use")))
                throw new StartupException($"PostgreSQL does not start on {_folder}: {failure}");
            if (portIsTaken && (alone || known is null))
                port = FreePort();
            await Task.Delay(RetryInterval, cancellationToken);
        }
        await File.WriteAllTextAsync(PortFile, port.ToString(CultureInfo.InvariantCulture), cancellationToken);
    }

    string PortFile => _folder + ".port";

    int? SavedPort => File.Exists(PortFile) && int.TryParse(File.ReadAllText(PortFile), out var port) && port is > 0 and < 65536 ? port : null;

    static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    async Task ConnectAsync(int port, string password, CancellationToken cancellationToken)
    {
        ConnectionString = Describe(port, password, "workbench");
        try
        {
            await ExecuteAsync(ConnectionString, "SELECT 1", cancellationToken);
        }
        catch (PostgresException e) when (e.SqlState == PostgresErrorCodes.InvalidCatalogName)
        {
            await ExecuteAsync(Describe(port, password, "postgres"), "CREATE DATABASE workbench", cancellationToken);
        }
    }

    static string Describe(int port, string password, string database) => new NpgsqlConnectionStringBuilder
    {
        Host = "127.0.0.1",
        Port = port,
        Username = PostgresCluster.SuperUser,
        Password = password,
        Database = database,
        // Never used on loopback, but asked for, with a round trip each, unless told.
        SslMode = SslMode.Disable,
        GssEncryptionMode = GssEncryptionMode.Disable,
    }.ConnectionString;

    static async Task ExecuteAsync(string connectionString, string sql, CancellationToken cancellationToken)
    {
        await using var connection = new NpgsqlConnection(connectionString + ";Pooling=false");
        await connection.OpenAsync(cancellationToken);
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }
}
