using System.Net;
using System.Net.Sockets;
using Npgsql;
using Workbench.Core.Platform;

namespace Workbench.Benchmarks.Chaos;

/// <summary>
/// A server and two workers on one database and one artifact store: either the private database and the folder of their data folder, which
/// they look after by themselves, or a PostgreSQL and an S3 server of others, who start them again when they die.
/// </summary>
internal sealed class Site : IAsyncDisposable
{
    private static readonly TimeSpan UpLimit = TimeSpan.FromMinutes(3);

    private readonly ChaosReport _report;
    private readonly string _cluster;
    private readonly List<PrivatePostgres> _lent = [];
    private string? _lastConnection;

    private Site(ChaosReport report, string cluster, bool shared, int port, IStoreUnderTest store) =>
        (_report, _cluster, IsShared, Url, Store) = (report, cluster, shared, new Uri($"http://127.0.0.1:{port}"), store);

    public bool IsShared { get; }

    public Uri Url { get; }

    public IStoreUnderTest Store { get; }

    public Victim Server { get; private set; } = null!;

    public IReadOnlyList<Victim> Workers { get; private set; } = [];

    /// <summary>The server runs trials, too.</summary>
    public IEnumerable<Victim> All => [Server, .. Workers];

    public int? Postmaster => ReadPid() is [var pid, ..] ? int.Parse(pid, null) : null;

    public static async Task<Site> StartAsync(string folder, bool shared, ChaosReport report)
    {
        var data = Directory.CreateDirectory(Path.Combine(folder, "data")).FullName;
        var cluster = shared ? Directory.CreateDirectory(Path.Combine(folder, "cluster")).FullName : data;
        IStoreUnderTest store = shared ? await S3UnderTest.StartAsync(Path.Combine(folder, "s3")) : new FolderUnderTest(Path.Combine(data, "artifacts"));
        var port = FreePort();
        var site = new Site(report, Path.Combine(cluster, "postgres"), shared, port, store);
        var environment = new Dictionary<string, string>(store.Environment);
        if (shared)
        {
            await site.StartPostgresAsync();
            environment["ConnectionStrings__Workbench"] = site._lent[0].ConnectionString;
        }
        site.Server = new Victim("server", report, environment, "serve", "--port", $"{port}", "--no-browser", "--workers", "1", "--data", data);
        site.Workers = [.. Enumerable.Range(1, 2).Select(n => new Victim($"worker{n}", report, environment, "worker", "--workers", "1", "--data", data))];
        foreach (var victim in site.All)
        {
            victim.Start();
        }
        return site;
    }

    /// <summary>A connection for looking at the database from outside.</summary>
    public async Task<NpgsqlConnection> ConnectAsync(CancellationToken cancellationToken = default)
    {
        var connection = new NpgsqlConnection(new NpgsqlConnectionStringBuilder(ConnectionString) { Pooling = false, Timeout = 3, CommandTimeout = 10, ApplicationName = "chaos" }.ConnectionString);
        await connection.OpenAsync(cancellationToken);
        return connection;
    }

    /// <summary>Starts again what ended by itself, which is a violation, until cancelled.</summary>
    public async Task KeepAsync(CancellationToken cancellationToken)
    {
        while (!cancellationToken.IsCancellationRequested)
        {
            foreach (var victim in All.Where(victim => victim.IsWanted && !victim.Exists))
            {
                // One that finds no store when it starts says so and ends: a supervisor starts it again.
                (victim.LastWords.Contains("artifacts'", StringComparison.Ordinal) || victim.LastWords.Contains("S3 at", StringComparison.Ordinal)
                    ? (Action<string>)_report.Write : _report.Violation)($"{victim.Name} ended by itself, {victim.LastWords}");
                victim.Start();
            }
            await Task.Delay(1_000, CancellationToken.None);
        }
    }

    /// <summary>A configured PostgreSQL is its operator's to start again; the private one is started by the processes that live.</summary>
    public async Task StartPostgresAsync()
    {
        if (IsShared)
        {
            _lent.Add(await PrivatePostgres.StartAsync(Path.GetDirectoryName(_cluster)!, CancellationToken.None));
        }
    }

    public static async Task UntilUpAsync(HttpClient client)
    {
        using var limit = new CancellationTokenSource(UpLimit);
        while (true)
        {
            try
            {
                using var response = await client.GetAsync("health/ready", limit.Token);
                if (response.IsSuccessStatusCode)
                {
                    return;
                }
            }
            catch (HttpRequestException)
            {
                // Not yet.
            }
            await Task.Delay(250, limit.Token);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await Task.WhenAll(All.Select(victim => victim.StopAsync()));
        foreach (var postgres in _lent)
        {
            await postgres.DisposeAsync();
        }
        await Store.DisposeAsync();
    }

    private string ConnectionString
    {
        get
        {
            if (!IsShared && ReadPid() is [_, _, _, var port, ..])
            {
                _lastConnection = $"Host=127.0.0.1;Port={port};Username=workbench;Database=workbench;Password={File.ReadAllText(Path.Combine(_cluster, "workbench.password"))}";
            }
            return IsShared ? _lent[0].ConnectionString : _lastConnection ?? throw new NpgsqlException("There is no database yet.");
        }
    }

    private string[]? ReadPid()
    {
        try
        {
            return File.ReadAllLines(Path.Combine(_cluster, "postmaster.pid"));
        }
        catch (IOException)
        {
            return null;
        }
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
