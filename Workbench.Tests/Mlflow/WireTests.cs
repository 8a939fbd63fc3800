using System.Net;
using System.Text.Json.Nodes;
using Workbench.Tests.Commands;

namespace Workbench.Tests.Mlflow;

/// <summary>What tests of MLflow's own ask of its server by HTTP, and its client does not.</summary>
[Collection(MlflowCollection.Name)]
public class WireTests(ServedWorkbench workbench)
{
    private readonly MlflowClient _mlflow = new(workbench.Client);

    [Fact]
    public async Task Quotes_and_letters_are_written_as_they_are()
    {
        using var body = new StringContent("""{"name": 123}""");
        var refusal = await workbench.Client.PostAsync("/api/2.0/mlflow/experiments/create", body);
        Assert.Contains("Invalid value 123 for parameter 'name'", await refusal.Content.ReadAsStringAsync());

        var experiment = await _mlflow.ExperimentAsync(MlflowClient.Unique("größer als <ß> & \\\"ü\\\""));
        var text = await workbench.Client.GetStringAsync($"/api/2.0/mlflow/experiments/get?experiment_id={experiment}");
        Assert.Contains("größer als <ß> &", text);
    }

    [Theory]
    [InlineData("-1337")]
    [InlineData("9223372036854775807")]
    public async Task An_experiment_of_any_number_that_is_none_is_not_there(string id)
    {
        var (status, code, message) = await _mlflow.RefusalAsync(HttpMethod.Get, $"experiments/get?experiment_id={id}");

        Assert.Equal((HttpStatusCode.NotFound, "RESOURCE_DOES_NOT_EXIST"), (status, code));
        Assert.Contains($"No Experiment with id={id} exists", message);
    }

    [Theory]
    [InlineData("/api/2.0/mlflow/artifacts/list?run_id={0}&path=../path")]
    [InlineData("/get-artifact?run_id={0}&path=../path")]
    [InlineData("/get-artifact?run_id={0}&path=/etc/passwd")]
    [InlineData("/model-versions/get-artifact?name=absent&version=1&path=../path")]
    [InlineData("//model-versions/get-artifact?name=absent&version=1&path=..%2Fpath")]
    public async Task A_path_that_leads_out_of_a_run_is_refused_in_MLflows_words(string path)
    {
        var run = await _mlflow.RunAsync();
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri($"{workbench.Url.GetLeftPart(UriPartial.Authority)}{path.Replace("{0}", run, StringComparison.Ordinal)}"));

        using var answer = await workbench.Client.SendAsync(request);

        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.Equal("""{"error_code":"INVALID_PARAMETER_VALUE","message":"Invalid path"}""", await answer.Content.ReadAsStringAsync());
    }

    [Theory]
    [InlineData("metrics/get-history-bulk?metric_key=key", "GetMetricHistoryBulk request must specify at least one run_id")]
    [InlineData("metrics/get-history-bulk?metric_key=key&many=run_id", "GetMetricHistoryBulk request cannot specify more than")]
    [InlineData("metrics/get-history-bulk?run_id=123", "GetMetricHistoryBulk request must specify a metric_key")]
    [InlineData("metrics/get-history-bulk-interval?metric_key=key", "Missing value for required parameter 'run_ids'.")]
    [InlineData("metrics/get-history-bulk-interval?metric_key=key&many=run_ids", "GetMetricHistoryBulkInterval request must specify at most 100 run_ids.")]
    [InlineData("metrics/get-history-bulk-interval?run_ids=123&metric_key=key&max_results=0", "max_results must be between 1 and 2500")]
    [InlineData("metrics/get-history-bulk-interval?run_ids=123&metric_key=key&max_results=2501", "max_results must be between 1 and 2500")]
    [InlineData("metrics/get-history-bulk-interval?run_ids=123&metric_key=", "Missing value for required parameter 'metric_key'")]
    [InlineData("metrics/get-history-bulk-interval?run_ids=123&metric_key=key&start_step=1&end_step=0", "end_step must be greater than start_step. ")]
    [InlineData("metrics/get-history-bulk-interval?run_ids=123&metric_key=key&start_step=1", "If either start step or end step are specified, both must be specified.")]
    public async Task A_bad_request_for_histories_is_refused_in_MLflows_words(string path, string said)
    {
        // Longer than servers take by themselves.
        var many = string.Concat(Enumerable.Range(0, 1000).Select(i => $"&{path[(path.LastIndexOf('=') + 1)..]}=id_{i}"));

        var (status, code, message) = await _mlflow.RefusalAsync(HttpMethod.Get, path.Contains("&many=", StringComparison.Ordinal) ? path + many : path);

        Assert.Equal((HttpStatusCode.BadRequest, "INVALID_PARAMETER_VALUE"), (status, code));
        Assert.Contains(said, message);
    }

    [Fact]
    public async Task A_sample_of_several_histories_has_the_same_steps_of_all_and_where_each_begins_and_ends()
    {
        var experiment = await _mlflow.ExperimentAsync();
        var (first, second, few) = (await _mlflow.RunAsync(experiment), await _mlflow.RunAsync(experiment), await _mlflow.RunAsync(experiment));
        await LogAsync(first, Enumerable.Range(0, 10));
        await LogAsync(second, Enumerable.Range(0, 20));
        await LogAsync(few, [1, 5, 6]);

        Assert.Equal([0, 2, 4, 6, 8, 9], (await SampleAsync($"run_ids={first}&max_results=5")).Select(value => value.Step));
        Assert.Equal([0, 1, 2, 3, 4], (await SampleAsync($"run_ids={first}&max_results=5&start_step=0&end_step=4")).Select(value => value.Step));
        // Whatever their identities, they come as they were asked for.
        foreach (var (one, other) in new[] { (first, second), (second, first) })
        {
            var sample = await SampleAsync($"run_ids={one}&run_ids={other}&max_results=5");
            Assert.Equal([one, other], sample.Select(value => value.Run).Distinct());
            Assert.Equal([0, 4, 8, 9], sample.Where(value => value.Run == first).Select(value => value.Step));
            Assert.Equal([0, 4, 8, 9, 12, 16, 19], sample.Where(value => value.Run == second).Select(value => value.Step));
        }
        Assert.Equal([1, 5, 6], (await SampleAsync($"run_ids={few}&run_ids={second}&max_results=5")).Where(value => value.Run == few).Select(value => value.Step));
    }

    [Theory]
    [InlineData("{}", "SearchDatasets request must specify at least one experiment_id.")]
    [InlineData("""{"experiment_ids": []}""", "SearchDatasets request must specify at least one experiment_id.")]
    [InlineData("many", "SearchDatasets request cannot specify more than")]
    public async Task Datasets_are_searched_in_some_experiments_and_not_in_very_many(string request, string said)
    {
        var many = new JsonObject { ["experiment_ids"] = new JsonArray([.. Enumerable.Range(0, 1000).Select(i => (JsonNode)$"id_{i}")]) };

        var (status, code, message) = await _mlflow.RefusalAsync(HttpMethod.Post, "experiments/search-datasets", request == "many" ? many.ToJsonString() : request);

        Assert.Equal((HttpStatusCode.BadRequest, "INVALID_PARAMETER_VALUE"), (status, code));
        Assert.Contains(said, message);
    }

    [Fact]
    public async Task Inputs_without_any_are_refused_in_MLflows_words()
    {
        var refusal = await _mlflow.RefusalAsync(HttpMethod.Post, "runs/log-inputs", $$"""{"run_id": "{{await _mlflow.RunAsync()}}"}""");

        Assert.Equal((HttpStatusCode.BadRequest, "INVALID_PARAMETER_VALUE"), (refusal.Status, refusal.Code));
        Assert.Contains("Missing value for required parameter 'datasets'", refusal.Message);
    }

    [Theory]
    [InlineData("a.txt", "text/plain")]
    [InlineData("b.pkl", "application/octet-stream")]
    [InlineData("c.png", "image/png")]
    [InlineData("d.pdf", "application/pdf")]
    [InlineData("MLmodel", "text/plain")]
    [InlineData("mlproject", "text/plain")]
    [InlineData("page.HTML", "text/plain")]
    [InlineData("image.svg", "text/plain")]
    public async Task A_file_is_sent_as_what_its_name_says_and_never_to_be_shown(string name, string media)
    {
        var run = await _mlflow.RunAsync();
        using var content = new StringContent("x");
        (await workbench.Client.PostAsync($"/ajax-api/2.0/mlflow/upload-artifact?run_uuid={run}&path=dir/{name}", content)).EnsureSuccessStatusCode();

        using var answer = await workbench.Client.GetAsync($"/get-artifact?run_uuid={run}&path=dir/{name}");

        Assert.Equal((media, "attachment", name), ($"{answer.Content.Headers.ContentType}", answer.Content.Headers.ContentDisposition!.DispositionType, answer.Content.Headers.ContentDisposition.FileName));
        Assert.Equal("nosniff", Assert.Single(answer.Headers.GetValues("X-Content-Type-Options")));
    }

    [Theory]
    [InlineData("", "Request must specify run_uuid.")]
    [InlineData("run_uuid={0}", "Request must specify path.")]
    [InlineData("run_uuid={0}&path=", "Request must specify path.")]
    [InlineData("run_uuid={0}&path=../test.txt", "Invalid path")]
    [InlineData("run_uuid={0}&path=test.txt", "Request must specify data.")]
    public async Task An_upload_by_MLflows_pages_says_what_is_missing(string query, string said)
    {
        var run = await _mlflow.RunAsync();

        var (status, code, message) = await _mlflow.RefusalAsync(
            HttpMethod.Post, $"/ajax-api/2.0/mlflow/upload-artifact?{query.Replace("{0}", run, StringComparison.Ordinal)}");

        Assert.Equal((HttpStatusCode.BadRequest, "INVALID_PARAMETER_VALUE"), (status, code));
        Assert.Contains(said, message);
    }

    private Task<JsonNode> LogAsync(string run, IEnumerable<int> steps)
    {
        var metrics = steps.Select(step => $$"""{"key": "m", "value": 10, "timestamp": 1, "step": {{step}}}""");
        return _mlflow.PostAsync("runs/log-batch", $$"""{"run_id": "{{run}}", "metrics": [{{string.Join(", ", metrics)}}]}""");
    }

    private async Task<List<(string Run, long Step)>> SampleAsync(string query) =>
    [
        .. (await _mlflow.GetAsync($"/ajax-api/2.0/mlflow/metrics/get-history-bulk-interval?metric_key=m&{query}"))["metrics"]!.AsArray()
            .Select(value => ((string)value!["run_id"]!, (long)value["step"]!)),
    ];
}
