using System.CommandLine;
using System.Net;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Workbench.Core.Studies;
using Workbench.Security;

namespace Workbench.Commands;

/// <summary>
/// Where the commands of this process log to if they are clients of MLflow: in a server its own address, in another process that runs commands
/// one on loopback that it has for them alone.
/// </summary>
internal static class TrackingServer
{
    /// <summary>A host with that address.</summary>
    /// <param name="arguments">What was typed.</param>
    /// <param name="session">The data.</param>
    /// <param name="add">Adds what the verb needs.</param>
    public static IHost Build(ParseResult arguments, Session session, Action<IServiceCollection> add)
    {
        var builder = WebApplication.CreateBuilder(new WebApplicationOptions { ContentRootPath = AppContext.BaseDirectory });
        builder.Prepare(arguments);
        // What is configured is where a server listens.
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Configure());
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        add(builder.Services);
        builder.AddWebApplication(session.Data);
        var access = session.Settings<AccessOptions>();
        var token = FirstToken.Open(access, session.Data);
        builder.AddAccess(access, session.Settings<OpenIdConnectSettings>(), token, session.Data, null);
        builder.Services.TellCommands(access, token, new ProxyOptions());
        var app = builder.Build();
        app.MapWebApplication(new ProxyOptions());
        return app;
    }

    /// <summary>Tells commands the address of the server in this process, before the first of them runs.</summary>
    public static void TellCommands(this IServiceCollection services, AccessOptions access, FirstToken token, ProxyOptions proxies) =>
        services.AddHostedService(provider => new Announcement(
            provider.GetRequiredService<IServer>(), provider.GetRequiredService<TrackingAddress>(), access, token, $"{proxies.PathBase}"));

    private sealed class Announcement(IServer server, TrackingAddress tracking, AccessOptions access, FirstToken token, string pathBase) : IHostedLifecycleService
    {
        // Jobs are run from ApplicationStarted on, which comes after this.
        public Task StartedAsync(CancellationToken cancellationToken)
        {
            var urls = server.Features.Get<IServerAddressesFeature>()!.Addresses.Select(address => new UriBuilder(address.Replace("*", "127.0.0.1", StringComparison.Ordinal))).ToList();
            foreach (var url in urls.Where(url => IPAddress.TryParse(url.Host.Trim('[', ']'), out var number) && (number.Equals(IPAddress.Any) || number.Equals(IPAddress.IPv6Any))))
            {
                url.Host = "127.0.0.1";
            }
            var chosen = urls.Find(url => url.Uri.IsLoopback) ?? urls[0];
            chosen.Path = pathBase;
            tracking.Uri = chosen.Uri.ToString().TrimEnd('/');
            tracking.Token = access.SignIn == SignInRule.Always || !chosen.Uri.IsLoopback ? token.Secret : null;
            return Task.CompletedTask;
        }

        public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
