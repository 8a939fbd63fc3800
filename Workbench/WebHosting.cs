using System.Text.Json;
using System.Text.Json.Serialization;
using Hangfire;
using Hangfire.Dashboard;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.Diagnostics;
using Workbench.Api;
using Workbench.Components;
using Workbench.Core.Access;
using Workbench.Core.Configuration;
using Workbench.Core.Platform;
using Workbench.Security;
using Workbench.Telemetry;

namespace Workbench;

/// <summary>What the web application consists of: services and routes.</summary>
internal static class WebHosting
{
    public static void AddWebApplication(this WebApplicationBuilder builder, DataDirectory data)
    {
        builder.WebHost.UseStaticWebAssets();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.AddServerHeader = false);
        builder.Services.ConfigureHttpJsonOptions(options =>
        {
            options.SerializerOptions.UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow;
            options.SerializerOptions.Converters.Add(new JsonStringEnumConverter(JsonNamingPolicy.CamelCase));
        });
        builder.Services.Configure<RouteHandlerOptions>(options => options.ThrowOnBadRequest = true);
        // Pages stay valid over a restart, for whichever user the workbench runs as.
        builder.Services.AddDataProtection().PersistKeysToFileSystem(new DirectoryInfo(data.Keys)).SetApplicationName("Workbench");
        builder.Services.AddSettings<ListenOptions>();
        builder.Services.AddProblemDetails();
        builder.Services.AddExceptionHandler<ProblemHandler>();
        builder.Services.AddOpenApi();
        builder.Services.AddReadiness();
        builder.Services.AddSingleton<Metrics>();
        builder.Services.AddWorkbenchPages();
    }

    public static void MapWebApplication(this WebApplication app)
    {
        app.UseExceptionHandler();
        app.UseStatusCodePages();
        // A person who mistypes an address gets a page, a program gets problem details.
        app.UseStatusCodePagesWithReExecute("/not-found", createScopeForStatusCodePages: true);
        app.Use((context, next) =>
        {
            if (!context.Request.Headers.Accept.ToString().Contains("text/html", StringComparison.Ordinal)
                && context.Features.Get<IStatusCodePagesFeature>() is { } page)
            {
                page.Enabled = false;
            }
            return next(context);
        });
        app.UseAccess();
        app.UseActor();
        app.UseAntiforgery();
        app.MapSignIn();
        app.MapHealth();
        app.MapStaticAssets();
        var api = app.MapGroup("").RequireByMethod();
        api.MapOpenApi();
        api.MapStudies();
        api.MapTrials();
        api.MapRuns();
        api.MapModels();
        api.MapNotes();
        api.MapAudit();
        api.MapPredict();
        api.MapTokens();
        Metrics.Map(app).Require(Scope.Read);
        GlobalConfiguration.Configuration
            .UseDashboardStylesheet(typeof(WebHosting).Assembly, "hangfire.css")
            .UseDashboardJavaScript(typeof(WebHosting).Assembly, "hangfire.js");
        app.MapHangfireDashboard("/hangfire", new DashboardOptions
        {
            // The endpoint requires its scope as all others do.
            Authorization = [],
            IsReadOnlyFunc = dashboard => Grant.Of(dashboard.GetHttpContext().User)?.Scope < Scope.Admin,
            DashboardTitle = "Jobs",
            AppPath = null,
        });
        app.MapRazorComponents<App>().AddInteractiveServerRenderMode();
    }
}
