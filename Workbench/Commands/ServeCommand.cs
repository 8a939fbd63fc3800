using System.CommandLine;
using System.Diagnostics;
using Workbench.Core;
using Workbench.Core.Platform;
using Workbench.Security;

namespace Workbench.Commands;

/// <summary><c>serve</c>: the web application and the API, with workers in the same process.</summary>
internal sealed class ServeCommand : Verb
{
    public static readonly SettingOption HostOption = SettingOption.For<ListenOptions>(
        nameof(ListenOptions.Host), "Where to listen: an IP address of this machine, localhost, a DNS name of this machine, or * for all addresses.");

    public static readonly SettingOption PortOption =
        SettingOption.For<ListenOptions>(nameof(ListenOptions.Port), "The port to listen on; 0 for a free one.");

    private static readonly SettingOption PathBaseOption = SettingOption.For<ProxyOptions>(
        nameof(ProxyOptions.PathBase), "The path beneath which a proxy puts the workbench, such as /workbench.");

    private static readonly Option<bool> NoBrowserOption = new("--no-browser") { Description = "Do not open the browser." };

    public ServeCommand()
        : base("serve", "Serve the web application and run jobs (what happens without a verb).")
    {
        Options.Add(HostOption);
        Options.Add(PortOption);
        Options.Add(PathBaseOption);
        Options.Add(WorkerCommand.WorkersOption);
        Options.Add(WorkerCommand.CommandsOption);
        Options.Add(NoBrowserOption);
    }

    protected override async Task<int> RunAsync(ParseResult arguments, CancellationToken cancellationToken)
    {
        var builder = WebApplication.CreateBuilder(new WebApplicationOptions { ContentRootPath = AppContext.BaseDirectory });
        builder.Prepare(arguments);
        await using var session = await Session.OpenAsync(builder.Configuration, cancellationToken);
        var (listen, proxies) = (session.Settings<ListenOptions>(), session.Settings<ProxyOptions>());
        var address = await ListenAddress.ResolveAsync(listen.Host, listen.Port, cancellationToken);
        builder.ListenOn(address);
        builder.Services.AddWorkbench(session.Database, session.Artifacts, session.Data).AddWorkers();
        builder.AddWebApplication(session.Data);
        var access = session.Settings<AccessOptions>();
        var token = FirstToken.Open(access, session.Data);
        builder.AddAccess(access, session.Settings<OpenIdConnectSettings>(), token, session.Data, address.Name);
        builder.Services.TellCommands(access, token, proxies);
        var stopping = false;
        // A page that is told of a change in the moment in which the program ends has nothing to be drawn with, and is not seen any more.
        builder.Logging.AddFilter("Microsoft.AspNetCore.Components", level => level >= LogLevel.Warning && !stopping);
        await using var app = builder.Build();
        app.Lifetime.ApplicationStopping.Register(() => stopping = true);
        app.MapWebApplication(proxies);
        try
        {
            await app.StartAsync(cancellationToken);
        }
        catch (Exception exception)
        {
            // What had started before the port was asked for is stopped, not only left: that would be told of as crashes.
            await app.StopAsync(CancellationToken.None);
            throw Endpoints.Describe(exception, listen, builder.Configuration);
        }
        var (url, isLoopback) = app.Foremost();
        Console.WriteLine($"Workbench is at {url}{proxies.PathBase}, its data in {session.Data.Path}. Ctrl-C stops it.");
        url = $"{address.Reachable(url)}"[..^1] + proxies.PathBase;
        if (!isLoopback || access.SignIn == SignInRule.Always)
        {
            url = SignInEndpoints.Link(new Uri(url), token);
            Console.WriteLine(token.IsGenerated ? $"Sign in: {url}" : $"Sign in with Workbench:Token: {url}");
        }
        if (!arguments.GetValue(NoBrowserOption) && HasDesktop)
        {
            OpenBrowser(url);
        }
        await app.WaitForShutdownAsync(cancellationToken);
        return Done;
    }

    private static bool HasDesktop => Environment.UserInteractive && !Console.IsOutputRedirected
        && (!OperatingSystem.IsLinux() || Environment.GetEnvironmentVariable("DISPLAY") is { Length: > 0 }
            || Environment.GetEnvironmentVariable("WAYLAND_DISPLAY") is { Length: > 0 });

    private static void OpenBrowser(string url)
    {
        try
        {
            Process.Start(new ProcessStartInfo(url) { UseShellExecute = true })?.Dispose();
        }
        catch (Exception exception) when (exception is System.ComponentModel.Win32Exception or FileNotFoundException)
        {
            // The address stands in the terminal.
        }
    }
}
