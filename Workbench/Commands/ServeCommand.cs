using System.CommandLine;
using Hangfire;
using Workbench.Components;
using Workbench.Core;
using Workbench.Core.Platform;

namespace Workbench.Commands;

/// <summary><c>serve</c>: the web application, with workers in the same process.</summary>
internal sealed class ServeCommand : Command
{
    private static readonly Option<string> HostOption = new("--host")
    {
        Description = "The address to listen on.",
        DefaultValueFactory = _ => "127.0.0.1",
    };

    private static readonly Option<int> PortOption = new("--port") { Description = "The port to listen on.", DefaultValueFactory = _ => 8000 };

    private static readonly Option<int> WorkersOption = new("--workers")
    {
        Description = "How many trials run at the same time in this process.",
        DefaultValueFactory = _ => Machine.Cores,
    };

    public ServeCommand()
        : base("serve", "Serve the web application and run jobs (the default).")
    {
        Options.Add(Session.DataOption);
        Options.Add(HostOption);
        Options.Add(PortOption);
        Options.Add(WorkersOption);
        SetAction(RunAsync);
    }

    private static async Task<int> RunAsync(ParseResult arguments, CancellationToken cancellationToken)
    {
        var builder = WebApplication.CreateBuilder(new WebApplicationOptions { ContentRootPath = AppContext.BaseDirectory });
        builder.WebHost.UseStaticWebAssets();
        builder.WebHost.UseUrls($"http://{arguments.GetValue(HostOption)}:{arguments.GetValue(PortOption)}");
        await using var session = await Session.OpenAsync(arguments.GetValue(Session.DataOption), builder.Configuration, cancellationToken);
        builder.Services.AddWorkbench(session.Database, session.Artifacts, session.Data).AddWorkers(arguments.GetValue(WorkersOption));
        builder.Services.AddWorkbenchPages();

        await using var app = builder.Build();
        app.UseAntiforgery();
        app.MapStaticAssets();
        app.MapHangfireDashboard("/hangfire");
        app.MapRazorComponents<App>().AddInteractiveServerRenderMode();
        await app.RunAsync(cancellationToken);
        return 0;
    }
}
