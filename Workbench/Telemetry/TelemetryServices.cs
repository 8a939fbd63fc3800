using Npgsql;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;
using Workbench.Core;
using Workbench.Core.Configuration;
using Workbench.Core.Jobs;
using Workbench.Core.Platform;
using Workbench.Core.Telemetry;

namespace Workbench.Telemetry;

/// <summary>Sends spans and measurements by OTLP where <see cref="TelemetryOptions.Endpoint"/> is set; nothing is sent otherwise.</summary>
internal static class TelemetryServices
{
    /// <summary>What is measured, by the workbench and by what it stands on.</summary>
    public static readonly string[] Meters =
    [
        Instruments.MeterName, "Npgsql", "System.Runtime", "System.Net.Http", "Microsoft.AspNetCore.Hosting", "Microsoft.AspNetCore.Server.Kestrel",
    ];

    /// <summary>Adds the exporters that are configured.</summary>
    public static void AddTelemetry(this IHostApplicationBuilder builder)
    {
        builder.Services.AddSettings<TelemetryOptions>();
        if (string.IsNullOrWhiteSpace(builder.Configuration[TelemetryOptions.Key]))
        {
            return;
        }
        builder.Services.AddOpenTelemetry()
            .ConfigureResource(resource => Describe(resource))
            .WithMetrics(metrics => metrics.AddMeter(Meters).AddInstrumentation(provider => provider.GetRequiredService<QueueMeter>()).AddOtlpExporter())
            .WithTracing(tracing =>
            {
                tracing.AddSource(Spans.SourceName).AddHttpClientInstrumentation().AddNpgsql().AddOtlpExporter()
                    .AddAspNetCoreInstrumentation(web => web.Filter = context => !IsProbe(context.Request.Path));
                if (string.IsNullOrWhiteSpace(builder.Configuration["OTEL_TRACES_SAMPLER"]))
                {
                    tracing.SetSampler(new ParentBasedSampler(new NoLonelyCalls()));
                }
            });
    }

    /// <summary>Says which process the figures are of.</summary>
    public static ResourceBuilder Describe(ResourceBuilder resource) => resource.AddService(
        "workbench", serviceVersion: typeof(TelemetryServices).Assembly.GetName().Version?.ToString(3), serviceInstanceId: Machine.WorkerName);

    private static bool IsProbe(PathString path) =>
        path.StartsWithSegments("/health", StringComparison.Ordinal) || path.StartsWithSegments("/metrics", StringComparison.Ordinal);

    /// <summary>Drops calls that belong to nothing: the job queue asks the database every second whether there is work.</summary>
    private sealed class NoLonelyCalls : Sampler
    {
        public override SamplingResult ShouldSample(in SamplingParameters samplingParameters) => new(
            samplingParameters.Kind == System.Diagnostics.ActivityKind.Client ? SamplingDecision.Drop : SamplingDecision.RecordAndSample);
    }
}
