using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Workbench.Commands;
using Workbench.Core;
using Workbench.Core.Artifacts;
using Workbench.Core.Platform;
using Workbench.Core.Tracking;
using Workbench.Security;

namespace Workbench.Tests.Security;

/// <summary>A workbench in this process that listens on all addresses, so that this machine is at home and everyone else a stranger. It runs no
/// jobs.</summary>
public class LockedWorkbench : IAsyncLifetime
{
    private readonly TemporaryFolder _folder = new();
    private readonly List<HttpClient> _clients = [];
    private TestDatabase? _own;
    private Database? _database;
    private WebApplication? _app;

    /// <summary>Settings besides the defaults, before it starts.</summary>
    public List<(string Name, string Value)> Settings { get; } = [];

    internal FirstToken FirstToken => Get<FirstToken>();

    /// <summary>Its endpoints.</summary>
    public IReadOnlyList<Endpoint> Endpoints => Get<EndpointDataSource>().Endpoints;

    /// <summary>Its address for this machine.</summary>
    public Uri Home => new(Urls.Single(url => url.Contains("//0.0.0.0:", StringComparison.Ordinal)).Replace("0.0.0.0", "127.0.0.1", StringComparison.Ordinal));

    /// <summary>Its address for strangers: the connection is of this machine, too, but the name is none of loopback.</summary>
    public Uri Abroad => new UriBuilder(Home) { Host = "192.0.2.1" }.Uri;

    /// <summary>Where it listens.</summary>
    public IEnumerable<string> Urls => _app!.Urls;

    public T Get<T>()
        where T : notnull => _app!.Services.GetRequiredService<T>();

    /// <summary>A caller who keeps cookies and does not follow where they are led.</summary>
    /// <param name="from">Where they call.</param>
    /// <param name="token">Shown as bearer; null for none.</param>
    public HttpClient Caller(Uri from, string? token = null)
    {
        var handler = new SocketsHttpHandler { AllowAutoRedirect = false, UseProxy = false, ConnectCallback = ConnectAsync };
        handler.SslOptions.RemoteCertificateValidationCallback = (_, certificate, _, _) => certificate?.Subject == TestCertificate.Subject;
        var client = new HttpClient(handler) { BaseAddress = from };
        client.DefaultRequestHeaders.Authorization = token is null ? null : new AuthenticationHeaderValue("Bearer", token);
        _clients.Add(client);
        return client;
    }

    // Whatever the name, this is where it leads.
    private static async ValueTask<Stream> ConnectAsync(SocketsHttpConnectionContext context, CancellationToken cancellationToken)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await socket.ConnectAsync(IPAddress.Loopback, context.DnsEndPoint.Port, cancellationToken);
        return new NetworkStream(socket, ownsSocket: true);
    }

    public virtual async Task InitializeAsync()
    {
        var data = DataDirectory.Open(_folder.Path);
        _own = await PostgresFixture.CreateDatabaseAsync();
        _database = new Database(_own.ConnectionString);
        var builder = WebApplication.CreateBuilder(new WebApplicationOptions { ApplicationName = "Workbench", ContentRootPath = AppContext.BaseDirectory });
        builder.Configuration.AddInMemoryCollection(Settings.ToDictionary(setting => setting.Name, setting => (string?)setting.Value));
        builder.ListenOn(new ListenAddress(["http://0.0.0.0:0"], IsLoopback: false));
        // Hangfire keeps the logger factory of one host for all: it has to outlive them.
        builder.Services.AddSingleton<ILoggerFactory>(NullLoggerFactory.Instance);
        builder.Services.AddWorkbench(_database, new LocalArtifactStore(data.Artifacts), data);
        builder.AddWebApplication(data);
        var access = Configuration.Settings.Read<AccessOptions>([.. Settings]);
        builder.AddAccess(access, Configuration.Settings.Read<OpenIdConnectSettings>([.. Settings]), FirstToken.Open(access, data), data, listensOn: null);
        _app = builder.Build();
        _app.MapWebApplication(Configuration.Settings.Read<ProxyOptions>([.. Settings]));
        await _app.StartAsync();
        await Get<ChangeFeed>().Listening;
    }

    public virtual async Task DisposeAsync()
    {
        _clients.ForEach(client => client.Dispose());
        await _app!.StopAsync();
        await _app.DisposeAsync();
        await _database!.DisposeAsync();
        await _own!.DisposeAsync();
        _folder.Dispose();
    }
}
