using Hangfire;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Options;
using Workbench.Core.Access;
using Workbench.Core.Artifacts;
using Workbench.Core.Configuration;
using Workbench.Core.Tracking;
using Workbench.Security;

namespace Workbench.Api;

/// <summary><c>/health</c>: the process is up. <c>/health/ready</c>: so are the database, the artifact store and at least one worker, and
/// queued work moves.</summary>
internal static class HealthEndpoints
{
    private static readonly TimeSpan WorkerSilence = TimeSpan.FromSeconds(30);

    public static void AddReadiness(this IServiceCollection services)
    {
        services.AddSettings<HealthOptions>();
        services.AddOptions<HealthCheckServiceOptions>().PostConfigure<IOptions<HealthOptions>>((checks, health) =>
        {
            foreach (var check in checks.Registrations)
            {
                check.Timeout = health.Value.Limit;
            }
        });
        AddChecks(services.AddHealthChecks());
    }

    private static void AddChecks(IHealthChecksBuilder checks) => checks
        .AddAsyncCheck("database", provider => async ct =>
            await provider.GetRequiredService<Database>().IsReachableAsync(ct) ? null : "The database does not answer.")
        .AddAsyncCheck("artifacts", provider => async ct =>
        {
            await provider.GetRequiredService<IArtifactStore>().CheckAsync(ct);
            return null;
        })
        .AddAsyncCheck("workers", provider => ct => Task.Run(() => WorkersFault(provider.GetRequiredService<JobStorage>()), ct))
        .AddAsyncCheck("queue", provider => provider.GetRequiredService<WaitingWork>().StandstillAsync);

    public static void MapHealth(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/health", () => Results.Ok(new { status = "up" })).WithTags("Health").WithSummary("The process is up").AllowAnonymous();
        routes.MapGet("/health/ready", ReadyAsync).WithTags("Health").WithSummary("Database, artifact store and workers can be reached, and queued work moves")
            .Produces(StatusCodes.Status200OK).Produces(StatusCodes.Status503ServiceUnavailable).Require(Scope.Read);
    }

    private static async Task<IResult> ReadyAsync(HealthCheckService health, CancellationToken ct)
    {
        var report = await health.CheckHealthAsync(ct);
        var parts = report.Entries.ToDictionary(
            entry => entry.Key, entry => entry.Value.Status == HealthStatus.Healthy ? "ready" : entry.Value.Description ?? "not reachable");
        return report.Status == HealthStatus.Healthy
            ? Results.Ok(new { status = "ready", parts })
            : Results.Json(new { status = "not ready", parts }, statusCode: StatusCodes.Status503ServiceUnavailable);
    }

    private static IHealthChecksBuilder AddAsyncCheck(
        this IHealthChecksBuilder checks, string name, Func<IServiceProvider, Func<CancellationToken, Task<string?>>> check) =>
        checks.Add(new HealthCheckRegistration(name, provider => new Probe(check(provider)), HealthStatus.Unhealthy, null));

    private static string? WorkersFault(JobStorage storage) =>
        storage.GetMonitoringApi().Servers().Any(server => server.Heartbeat > DateTime.UtcNow - WorkerSilence)
            ? null
            : $"No worker has given a sign of life for {WorkerSilence.TotalSeconds:0} s.";

    /// <param name="check">Says what is wrong, in a sentence; null when nothing is.</param>
    private sealed class Probe(Func<CancellationToken, Task<string?>> check) : IHealthCheck
    {
        public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
        {
            try
            {
                return await check(cancellationToken) is { } fault ? HealthCheckResult.Unhealthy(fault) : HealthCheckResult.Healthy();
            }
            catch (Exception exception) when (exception is not OperationCanceledException)
            {
                return HealthCheckResult.Unhealthy(DatabaseOutage.Explain(exception) ?? exception.Message);
            }
        }
    }
}
