using System.Diagnostics;
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
/// users for as long as they use the server: whoever can have it alone is the last one. <c>postgres.lock</c> is held alone by whoever
/// joins or leaves, so that nobody joins a server that is being stopped. A server whose users were all killed runs on, until the next
/// user finds it, joins it and stops it on leaving.
/// </remarks>
public sealed class PrivatePostgres : IAsyncDisposable
{
    static readonly TimeSpan TurnLimit = TimeSpan.FromMinutes(3);
    static readonly TimeSpan JoinLimit = TimeSpan.FromMinutes(2);
    static readonly TimeSpan RetryInterval = TimeSpan.FromMilliseconds(50);
    const int StartAttempts = 20;

    readonly PostgresCluster _cluster;
    readonly string _folder;
    FileLock? _using;

    PrivatePostgres(string folder, PostgresCluster cluster, FileLock @using) => (_folder, _cluster, _using) = (folder, cluster, @using);

    /// <summary>Connects as the owner to the database <c>workbench</c>, which exists.</summary>
    public string ConnectionString { get; private set; } = "";

    /// <summary>Joins the server of this data folder, and starts it first if it does not run. Returns when it takes connections.</summary>
    /// <param name="dataDirectory">An existing folder that this process may write.</param>
    /// <param name="cancellationToken">Gives up; a server that nobody else uses is stopped again.</param>
    /// <exception cref="StartupException">PostgreSQL is not installed, or does not start.</exception>
    public static async Task<PrivatePostgres> StartAsync(string dataDirectory, CancellationToken cancellationToken)
    {
        var folder = Path.Combine(Path.GetFullPath(dataDirectory), "postgres");
        try
        {
            using var turn = await TakeTurnAsync(folder, cancellationToken);
            var cluster = await PostgresCluster.OpenAsync(folder, cancellationToken);
            var user = FileLock.TryShared(UsersFile(folder)) ?? throw new IOException($"{UsersFile(folder)} is locked.");
            var postgres = new PrivatePostgres(folder, cluster, user);
            try
            {
                await postgres.JoinAsync(cancellationToken);
                return postgres;
            }
            catch
            {
                await postgres.LeaveAsync();
                throw;
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or TimeoutException)
        {
            throw new StartupException($"The database in {folder} cannot be used: {e.Message}", e);
        }
    }

    /// <summary>Leaves the server, and stops it if nobody else uses it.</summary>
    public async ValueTask DisposeAsync()
    {
        if (_using is null)
            return;
        using var turn = await TakeTurnAsync(_folder, CancellationToken.None);
        await LeaveAsync();
    }

    static Task<FileLock> TakeTurnAsync(string folder, CancellationToken cancellationToken) =>
        FileLock.ExclusiveAsync(folder + ".lock", TurnLimit, cancellationToken);

    static string UsersFile(string folder) => folder + ".users";

    async Task LeaveAsync()
    {
        _using?.Dispose();
        _using = null;
        using var last = FileLock.TryExclusive(UsersFile(_folder));
        if (last is not null)
            await _cluster.StopServerAsync();
    }

    async Task JoinAsync(CancellationToken cancellationToken)
    {
        for (var start = Stopwatch.GetTimestamp(); ;)
        {
            if (!_cluster.IsServerAlive())
                await StartServerAsync(cancellationToken);
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

    async Task StartServerAsync(CancellationToken cancellationToken)
    {
        // After a crash the same port serves best: those who were connected find their server again.
        var port = _cluster.LastPort ?? FreePort();
        for (var attempt = 1; ; attempt++)
        {
            if (await _cluster.StartServerAsync(port, cancellationToken) is not { } failure)
                return;
            // Somebody took the port meanwhile, or a killed server's last sessions are still ending: both pass.
            var portIsTaken = failure.Contains("TCP/IP socket");
            if (attempt == StartAttempts || !(portIsTaken || failure.Contains("still in use")))
                throw new StartupException($"PostgreSQL does not start on {_folder}: {failure}");
            if (portIsTaken)
                port = FreePort();
            await Task.Delay(RetryInterval * attempt, cancellationToken);
        }
    }

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
