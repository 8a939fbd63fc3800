using System.Text.Json;
using System.Text.Json.Serialization;
using Hangfire;
using Hangfire.Dashboard;
using Microsoft.AspNetCore.DataProtection;
using Workbench.Api;
using Workbench.Components;
using Workbench.Core.Access;
using Workbench.Core.Configuration;
using Workbench.Core.Platform;
using Workbench.Mlflow;
using Workbench.Security;
using Workbench.Telemetry;

namespace Workbench;

/// <summary>What the web application consists of: services and routes.</summary>
internal static class WebHosting
{
    // A list of parameter sets for all trials of a large study; what /predict takes it says itself.
    private const long MostBody = 8 << 20;

    // Clients of MLflow name many runs in a query.
    private const int MostRequestLine = 64 << 10;

    public static void AddWebApplication(this WebApplicationBuilder builder, DataDirectory data)
    {
        builder.WebHost.UseStaticWebAssets();
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = MostBody;
            kestrel.Limits.MaxRequestLineSize = MostRequestLine;
        });
        // The framework's own switch believes the forwarded headers of everyone; here they are believed of the proxies that are named.
        builder.Configuration["ForwardedHeaders_Enabled"] = "false";
        builder.Services.ConfigureHttpJsonOptions(options =>
        {
            options.SerializerOptions.UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow;
            options.SerializerOptions.AllowDuplicateProperties = false;
            options.SerializerOptions.Converters.Add(new JsonStringEnumConverter(JsonNamingPolicy.CamelCase));
        });
        // Pages stay valid over a restart, for whichever user the workbench runs as.
        builder.Services.AddDataProtection().PersistKeysToFileSystem(new DirectoryInfo(data.Keys)).SetApplicationName("Workbench");
        builder.Services.AddSettings<ListenOptions>();
        builder.Services.AddAntiforgery(forgery => forgery.Cookie.SecurePolicy = CookieSecurePolicy.SameAsRequest);
        Failures.AddFailures(builder.Services);
        builder.Services.AddOpenApi();
        builder.Services.AddReadiness();
        builder.Services.AddSingleton<Metrics>();
        builder.Services.AddWorkbenchPages();
    }

    public static void MapWebApplication(this WebApplication app, ProxyOptions proxies)
    {
        app.UseProxies(proxies);
        app.UseOneLeadingSlash();
        app.RefuseCircuitsWhileStopping();
        app.UseHeadAsGet();
        Failures.UseFailures(app);
        app.RefuseOwnRequests();
        // Not at the start, where the path base would still be before the path.
        app.UseRouting();
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
        api.MapExperiments();
        api.MapAsk();
        api.MapRuns();
        api.MapModels();
        api.MapModelImport();
        api.MapDatasets();
        api.MapEvaluation();
        api.MapNotes();
        api.MapAudit();
        api.MapPredict();
        api.MapTokens();
        api.MapMlflow();
        Metrics.Map(app).Require(Scope.Read);
        GlobalConfiguration.Configuration
            .UseDashboardStylesheet(typeof(WebHosting).Assembly, "hangfire.css")
            .UseDashboardJavaScript(typeof(WebHosting).Assembly, "hangfire.js");
        app.MapHangfireDashboard("/hangfire", new DashboardOptions
        {
            // The endpoint requires its scope as all others do.
            Authorization = [],
            IsReadOnlyFunc = dashboard => Grant.Of(dashboard.GetHttpContext().User) is not { Scope: Scope.Admin },
            DashboardTitle = "Jobs",
            AppPath = null,
        });
        app.MapRazorComponents<App>().AddInteractiveServerRenderMode();
    }
}
