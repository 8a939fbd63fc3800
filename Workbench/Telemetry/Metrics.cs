using OpenTelemetry;
using OpenTelemetry.Metrics;
using Workbench.Core.Jobs;

namespace Workbench.Telemetry;

/// <summary><c>/metrics</c>: the measurements in the text format of Prometheus. Counted from the moment the server has started, and not
/// before, so that the start does not wait for it.</summary>
internal sealed class Metrics : IDisposable
{
    private readonly Lazy<MeterProvider> _provider;

    public Metrics(IServiceProvider services) => _provider = new(() =>
    {
        _ = services.GetRequiredService<QueueMeter>();
        return Sdk.CreateMeterProviderBuilder().ConfigureResource(resource => TelemetryServices.Describe(resource))
            .AddMeter(TelemetryServices.Meters).AddPrometheusExporter().Build();
    });

    public static IEndpointConventionBuilder Map(WebApplication app)
    {
        var metrics = app.Services.GetRequiredService<Metrics>();
        var exporter = new Lazy<RequestDelegate>(() => ((IApplicationBuilder)app).New()
            .UseOpenTelemetryPrometheusScrapingEndpoint(metrics._provider.Value, _ => true, null, null, null).Build());
        app.Lifetime.ApplicationStarted.Register(() => Task.Run(() => metrics._provider.Value));
        return app.MapGet("/metrics", context => exporter.Value(context)).ExcludeFromDescription();
    }

    public void Dispose()
    {
        if (_provider.IsValueCreated)
        {
            _provider.Value.Dispose();
        }
    }
}
