using System.Globalization;
using System.Text;
using Workbench.Core.Tracking;

namespace Workbench.Mlflow;

/// <summary>The values of metrics over time.</summary>
internal static class MetricEndpoints
{
    private const int MostBulk = 25_000;
    private const int MostSampled = 2_500;
    private const int UsualSampled = 320;
    private const int MostRuns = 100;

    public static void Map(RouteGroupBuilder group)
    {
        var metrics = group.MapGroup("/metrics");
        metrics.MapGet("/get-history", HistoryAsync);
        metrics.MapGet("/get-history-bulk", BulkAsync);
        metrics.MapGet("/get-history-bulk-interval", IntervalAsync);
    }

    private static async Task<IResult> HistoryAsync(Message request, MetricHistories histories, TrackedRunQueries queries, CancellationToken ct)
    {
        var (run, key) = (request.RunId(), request.Required("metric_key"));
        await queries.GetAsync(run, ct);
        var most = request.Whole("max_results") is null ? (int?)null : request.PageSize(0, int.MaxValue - 1);
        var values = await histories.ReadAsync(run, key, most + 1, After(request, key), ct);
        var hasNext = values.Count > most;
        var page = hasNext ? values.Take(most!.Value).ToList() : values;
        return MlflowApi.Answer(new
        {
            Metrics = MlflowJson.Some(page.Select(value => MetricMessage.Of(value))),
            NextPageToken = hasNext && page.Count > 0 ? Token(page[^1]) : null,
        });
    }

    private static async Task<IResult> BulkAsync(Message request, MetricHistories histories, CancellationToken ct)
    {
        const string Name = "GetMetricHistoryBulk";
        var runs = Runs(request, "run_id", () => new FieldException("run_id", $"{Name} request must specify at least one run_id."), $"{Name} request cannot specify more than {MostRuns}");
        var key = request.Text("metric_key") is { Length: > 0 } given ? given : throw new FieldException("metric_key", $"{Name} request must specify a metric_key.");
        var values = await histories.ReadAsync(runs, key, request.PageSize(MostBulk, MostBulk), ct);
        return MlflowApi.Answer(new { Metrics = MlflowJson.Some(values.Select(value => MetricMessage.Of(value.Metric, value.Run))) });
    }

    private static async Task<IResult> IntervalAsync(Message request, MetricHistories histories, CancellationToken ct)
    {
        var (key, from, to) = (request.Text("metric_key"), request.Whole("start_step"), request.Whole("end_step"));
        var runs = Runs(request, "run_ids", () => request.Missing("run_ids"), $"GetMetricHistoryBulkInterval request must specify at most {MostRuns}");
        if (string.IsNullOrEmpty(key))
        {
            throw request.Missing("metric_key");
        }
        if (from is null != to is null)
        {
            throw new FieldException("start_step", "If either start step or end step are specified, both must be specified.");
        }
        if (from > to)
        {
            throw request.Invalid("start_step", $"end_step must be greater than start_step. Found start_step={from} and end_step={to}.");
        }
        var most = request.Whole("max_results") ?? UsualSampled;
        if (most is < 1 or > MostSampled)
        {
            throw request.Invalid("max_results", $"max_results must be between 1 and {MostSampled}.");
        }
        var values = await histories.SampleAsync(runs, key, from ?? long.MinValue, to ?? long.MaxValue, (int)most, ct);
        return MlflowApi.Answer(new { Metrics = MlflowJson.Some(values.Select(value => MetricMessage.Of(value.Metric, value.Run))) });
    }

    // What is no run has no values.
    private static List<Guid> Runs(Message request, string field, Func<FieldException> missing, string tooMany)
    {
        var given = request.Texts(field);
        return given.Count switch
        {
            0 => throw missing(),
            > MostRuns => throw new FieldException(field, $"{tooMany} {field}{(field.EndsWith('s') ? "" : "s")}. Received {given.Count} of them."),
            _ => [.. given.Select(run => Guid.TryParseExact(run, "N", out var id) ? id : Guid.Empty).Where(id => id != Guid.Empty).Distinct()],
        };
    }

    private static string Token(LoggedMetric last) => Convert.ToBase64String(Encoding.UTF8.GetBytes(
        string.Create(CultureInfo.InvariantCulture, $"{last.Timestamp} {last.Step} {BitConverter.DoubleToInt64Bits(last.Value)}")));

    private static LoggedMetric? After(Message request, string key)
    {
        if (request.Text("page_token") is not { Length: > 0 } token)
        {
            return null;
        }
        var bytes = new byte[token.Length];
        return Convert.TryFromBase64String(token, bytes, out var length)
            && Encoding.UTF8.GetString(bytes, 0, length).Split(' ') is [var time, var step, var value]
            && long.TryParse(time, CultureInfo.InvariantCulture, out var timestamp) && long.TryParse(step, CultureInfo.InvariantCulture, out var at)
            && long.TryParse(value, CultureInfo.InvariantCulture, out var bits)
                ? new LoggedMetric(key, BitConverter.Int64BitsToDouble(bits), timestamp, at)
                : throw request.Invalid("page_token", "It is not one that this endpoint has answered.");
    }
}
