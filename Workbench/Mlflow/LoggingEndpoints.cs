using System.Text.Json;
using System.Text.Json.Nodes;
using Workbench.Core.Tracking;

namespace Workbench.Mlflow;

/// <summary>What is logged into a run: params, metrics, tags.</summary>
internal static class LoggingEndpoints
{
    private const string ModelHistoryTag = "mlflow.log-model.history";
    private const int MostHistory = 1_000_000;
    private static readonly string[] ModelFields = ["artifact_path", "flavors", "utc_time_created", "run_id"];

    public static void Map(RouteGroupBuilder group)
    {
        var runs = group.MapGroup("/runs");
        runs.MapPost("/log-metric", LogMetricAsync);
        runs.MapPost("/log-parameter", LogParamAsync);
        runs.MapPost("/log-batch", LogBatchAsync);
        runs.MapPost("/set-tag", SetTagAsync);
        runs.MapPost("/delete-tag", DeleteTagAsync);
        runs.MapPost("/log-model", LogModelAsync);
    }

    private static async Task<IResult> LogMetricAsync(Message request, TrackedRuns tracked, CancellationToken ct)
    {
        var (run, metric) = (request.RunId(), Metric(request));
        await tracked.LogAsync(run, new LoggedBatch { Metrics = [metric], ModelMetrics = ModelMetrics([request]) }, ct);
        return MlflowApi.Done;
    }

    private static async Task<IResult> LogParamAsync(Message request, TrackedRuns tracked, CancellationToken ct)
    {
        var run = request.RunId();
        var batch = new LoggedBatch { Params = new Dictionary<string, string> { [request.Name("Param")] = Limits.Cut(request.Text("value") ?? "", Limits.Param) } };
        await tracked.LogAsync(run, batch, ct);
        return MlflowApi.Done;
    }

    private static async Task<IResult> LogBatchAsync(Message request, TrackedRuns tracked, CancellationToken ct)
    {
        var run = request.RunId();
        var (metrics, given) = (request.Items("metrics"), request.Items("params"));
        var tags = request.Tags("tags", Limits.Tag);
        RequireFew(request, "metrics", metrics.Count, Limits.Metrics);
        RequireFew(request, "params", given.Count, Limits.ParamsAndTags);
        RequireFew(request, "tags", request.Items("tags").Count, Limits.ParamsAndTags);
        RequireFew(request, "metrics, params, and tags", metrics.Count + given.Count + tags.Count, Limits.Entities);
        var parameters = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var param in given)
        {
            var (key, value) = (param.Name("Param"), Limits.Cut(param.Text("value") ?? "", Limits.Param));
            if (!parameters.TryAdd(key, value) && parameters[key] != value)
            {
                throw new FieldException(
                    param.Path("key"), $"Duplicate parameter keys have been submitted: ['{key}']. Please ensure the request contains only one param value per param key.");
            }
        }
        var batch = new LoggedBatch { Metrics = [.. metrics.Select(Metric)], Params = parameters, Tags = tags, ModelMetrics = ModelMetrics(metrics) };
        await tracked.LogAsync(run, batch, ct);
        return MlflowApi.Done;
    }

    private static async Task<IResult> SetTagAsync(Message request, TrackedRuns tracked, CancellationToken ct)
    {
        var run = request.RunId();
        var tags = new Dictionary<string, string> { [request.Name("Tag")] = Limits.Cut(request.Text("value") ?? "", Limits.Tag) };
        await tracked.LogAsync(run, new LoggedBatch { Tags = tags }, ct);
        return MlflowApi.Done;
    }

    private static async Task<IResult> DeleteTagAsync(Message request, TrackedRuns tracked, CancellationToken ct)
    {
        await tracked.RemoveTagAsync(request.RunId(), request.Name("Tag"), ct);
        return MlflowApi.Done;
    }

    // What MLflow 2 says of a model that it has put beside the run's artifacts: the history of them is a tag.
    private static async Task<IResult> LogModelAsync(Message request, TrackedRuns tracked, TrackedRunQueries queries, CancellationToken ct)
    {
        var (run, text) = (request.RunId(), request.Required("model_json"));
        JsonNode? model;
        try
        {
            model = JsonNode.Parse(text);
        }
        catch (JsonException)
        {
            throw new FieldException("model_json", "Malformed model info. model_json is no JSON.");
        }
        var missing = ModelFields.Where(name => model is not JsonObject fields || fields[name] is null).ToList();
        if (missing.Count > 0)
        {
            throw new FieldException("model_json", $"Model json is missing mandatory fields: {string.Join(", ", missing)}");
        }
        var history = (await queries.GetAsync(run, ct)).Tags.GetValueOrDefault(ModelHistoryTag) is { } before && JsonNode.Parse(before) is JsonArray list ? list : [];
        var fields = (JsonObject)model!;
        fields.Remove("signature");
        history.Add(fields.DeepClone());
        var tag = history.ToJsonString();
        if (tag.Length > MostHistory)
        {
            throw new FieldException("model_json", "The run's history of models is full.");
        }
        await tracked.LogAsync(run, new LoggedBatch { Tags = new Dictionary<string, string> { [ModelHistoryTag] = tag } }, ct);
        return MlflowApi.Done;
    }

    private static LoggedMetric Metric(Message metric)
    {
        var key = metric.Name("Metric");
        var value = metric.Number("value") ?? throw metric.Missing("value");
        var timestamp = metric.Whole("timestamp") ?? throw metric.Missing("timestamp");
        return timestamp >= 0
            ? new LoggedMetric(key, value, timestamp, metric.Whole("step") ?? 0)
            : throw metric.Invalid("timestamp", $"Got invalid timestamp {timestamp} for metric '{key}'. Timestamp must be a nonnegative long integer (64-bit).");
    }

    private static List<ModelMetric> ModelMetrics(IEnumerable<Message> metrics) =>
    [
        .. metrics.Where(metric => metric.Text("model_id") is { Length: > 0 }).Select(metric =>
            new ModelMetric(LoggedModelId.Read(metric.Required("model_id")), Metric(metric), metric.Text("dataset_name"), metric.Text("dataset_digest"))),
    ];

    private static void RequireFew(Message request, string what, int count, int most)
    {
        if (count > most)
        {
            throw new FieldException(
                request.Path(what),
                $"A batch logging request can contain at most {most} {what}. Got {count} {what}. Please split up {what} across multiple requests and try again.");
        }
    }
}
