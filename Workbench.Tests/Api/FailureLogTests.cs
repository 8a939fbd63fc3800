using System.Diagnostics;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Workbench.Api;
using Workbench.Core.Artifacts;
using Workbench.Core.Serving;
using Workbench.Tests.Tracking;

namespace Workbench.Tests.Api;

public sealed class FailureLogTests
{
    private readonly KeptLog<FailureLog> _kept = new();
    private readonly MovedClock _clock = new();
    private readonly DefaultHttpContext _request = new() { TraceIdentifier = "trace-1", Request = { Method = "POST", Path = "/predict" } };

    private List<(LogLevel Level, string Message, Exception? Exception)> Told => [.. _kept.Lines.Where(line => line.Level > LogLevel.Debug)];

    [Fact]
    public void Every_fault_is_told_with_its_exception_and_the_trace_id_of_the_answer()
    {
        var (log, fault) = (new FailureLog(_kept, _clock), new InvalidOperationException("a defect"));

        log.Add(_request, fault, 500);
        log.Add(_request, fault, 500);

        Assert.Equal(2, Told.Count);
        Assert.All(Told, line => Assert.Equal((LogLevel.Error, "POST /predict failed (trace trace-1).", fault), line));
    }

    [Theory]
    [InlineData("/fails")]
    [InlineData("/away")]
    public async Task An_answer_tells_by_which_trace_id_the_log_and_the_spans_know_its_request(string path)
    {
        using var spans = new ActivityListener { ShouldListenTo = source => source.Name == "Microsoft.AspNetCore", Sample = (ref _) => ActivitySamplingResult.AllData };
        ActivitySource.AddActivityListener(spans);
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Logging.ClearProviders();
        builder.Services.AddSingleton(TimeProvider.System).AddSingleton<ILogger<FailureLog>>(_kept);
        Failures.AddFailures(builder.Services);
        await using var app = builder.Build();
        Failures.UseFailures(app);
        app.MapGet("/fails", IResult () => throw new InvalidOperationException("a defect"));
        app.MapGet("/away", IResult () => throw new ArtifactStoreException("The store is away."));
        await app.StartAsync();
        using var client = new HttpClient { BaseAddress = new Uri(app.Urls.First()) };
        using var answer = await client.GetAsync(path);

        var id = (string)(await answer.Content.ReadFromJsonAsync<JsonNode>())!["traceId"]!;
        Assert.True(ActivityContext.TryParse(id, null, out _), id);
        Assert.EndsWith($"(trace {id}).", Assert.Single(Told).Message);
    }

    [Fact]
    public void Of_an_outage_one_request_in_a_while_is_told_with_the_number_of_the_others()
    {
        var (log, outage) = (new FailureLog(_kept, _clock), new ArtifactStoreException("The store is away."));
        for (var request = 0; request < 100; request++)
        {
            log.Add(_request, outage, 503);
        }
        log.Add(_request, new TimeoutException(), 503);
        _clock.Pass(FailureLog.Pause);

        log.Add(_request, outage, 503);

        Assert.Equal([outage, typeof(TimeoutException), outage], Told.Select(line => line.Exception == outage ? (object)outage : line.Exception!.GetType()));
        Assert.All(Told, line => Assert.Equal(LogLevel.Warning, line.Level));
        Assert.Contains("99 others", Told[^1].Message);
        Assert.Equal(102, _kept.Lines.Count(line => line.Level == LogLevel.Debug));
    }

    [Fact]
    public void That_nothing_was_promoted_yet_is_no_failure()
    {
        new FailureLog(_kept, _clock).Add(_request, new NoModelException(), 503);

        Assert.Empty(Told);
    }
}
