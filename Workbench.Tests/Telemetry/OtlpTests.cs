using System.Collections.Concurrent;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using OpenTelemetry.Metrics;
using OpenTelemetry.Trace;
using Workbench.Core;
using Workbench.Core.Artifacts;
using Workbench.Core.Platform;
using Workbench.Core.Telemetry;
using Workbench.Core.Tracking;
using Workbench.Telemetry;
using Workbench.Tests.Configuration;

namespace Workbench.Tests.Telemetry;

public sealed class OtlpTests
{
    [Fact]
    public async Task Spans_and_measurements_reach_the_collector_that_is_configured()
    {
        await using var collector = await Collector.StartAsync();
        await using var database = await PostgresFixture.CreateDatabaseAsync();
        using var folder = new TemporaryFolder();
        await using var connections = new Database(database.ConnectionString);
        var builder = Builder((TelemetryOptions.Key, collector.Address), ("OTEL_EXPORTER_OTLP_PROTOCOL", "http/protobuf"));
        var data = DataDirectory.Open(folder.Path);
        builder.Services.AddWorkbench(connections, new LocalArtifactStore(data.Artifacts), data);
        using var host = builder.Build();
        var (traces, metrics) = (host.Services.GetRequiredService<TracerProvider>(), host.Services.GetRequiredService<MeterProvider>());

        Spans.Source.StartActivity("launch")!.SetTag("workbench.study", "sent to a collector").Dispose();
        traces.ForceFlush();
        metrics.ForceFlush();

        Assert.Contains("sent to a collector", collector.Received("/v1/traces"));
        var measured = collector.Received("/v1/metrics");
        Assert.Contains("workbench.queue.length", measured);
        Assert.Contains(Machine.WorkerName, measured);
    }

    [Fact]
    public void Nothing_is_sent_when_no_collector_is_configured()
    {
        using var host = Builder().Build();

        Assert.Null(host.Services.GetService<TracerProvider>());
        Assert.Null(host.Services.GetService<MeterProvider>());
    }

    [Fact]
    public void What_is_no_address_is_said_to_be_none() => Assert.Equal(
        ["OTEL_EXPORTER_OTLP_ENDPOINT is 'collector'; it must be the address of an OTLP collector, as in http://127.0.0.1:4317."],
        Settings.FaultsOf<TelemetryOptions>((TelemetryOptions.Key, "collector")));

    private static HostApplicationBuilder Builder(params (string Name, string Value)[] settings)
    {
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Configuration.AddInMemoryCollection(settings.Select(setting => new KeyValuePair<string, string?>(setting.Name, setting.Value)));
        builder.AddTelemetry();
        return builder;
    }

    /// <summary>An OTLP collector that keeps what it is sent. The text in protobuf messages is UTF-8: it can be found without reading them.</summary>
    private sealed class Collector(WebApplication app, ConcurrentQueue<(string Path, string Body)> received) : IAsyncDisposable
    {
        public string Address => app.Urls.Single();

        public static async Task<Collector> StartAsync()
        {
            var received = new ConcurrentQueue<(string Path, string Body)>();
            var builder = WebApplication.CreateSlimBuilder();
            builder.Logging.ClearProviders();
            builder.WebHost.UseUrls("http://127.0.0.1:0");
            var app = builder.Build();
            app.MapPost("/v1/{signal}", async (HttpRequest request) =>
            {
                using var body = new MemoryStream();
                await request.Body.CopyToAsync(body);
                received.Enqueue((request.Path, Encoding.UTF8.GetString(body.ToArray())));
            });
            await app.StartAsync();
            return new Collector(app, received);
        }

        public string Received(string path) => string.Concat(received.Where(message => message.Path == path).Select(message => message.Body));

        public ValueTask DisposeAsync() => app.DisposeAsync();
    }
}
