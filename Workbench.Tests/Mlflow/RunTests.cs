using System.Net;
using System.Text.Json.Nodes;
using Workbench.Tests.Commands;

namespace Workbench.Tests.Mlflow;

[Collection(MlflowCollection.Name)]
public class RunTests(ServedWorkbench workbench)
{
    private readonly MlflowClient _mlflow = new(workbench.Client);

    [Fact]
    public async Task A_run_is_begun_named_and_ended()
    {
        var experiment = await _mlflow.ExperimentAsync();
        var made = (await _mlflow.PostAsync(
            "runs/create", $$"""{"experiment_id": "{{experiment}}", "user_id": "ana", "start_time": "1700000000123", "tags": [{"key": "mlflow.source.name", "value": "train.py"}]}"""))["run"]!;
        var info = made["info"]!;
        var id = (string)info["run_id"]!;

        Assert.Matches("^[0-9a-f]{32}$", id);
        Assert.Equal((id, "ana", "RUNNING", 1700000000123, "active", $"mlflow-artifacts:/{experiment}/{id}/artifacts"),
            ((string?)info["run_uuid"], (string?)info["user_id"], (string?)info["status"], (long)info["start_time"]!, (string?)info["lifecycle_stage"], (string?)info["artifact_uri"]));
        Assert.Null(info["end_time"]);
        Assert.Equal((string?)info["run_name"], MlflowClient.Pairs(made["data"]!["tags"])["mlflow.runName"]);

        var ended = (await _mlflow.PostAsync("runs/update", $$"""{"run_uuid": "{{id}}", "status": "FINISHED", "end_time": 1700000001000, "run_name": "best"}"""))["run_info"]!;
        Assert.Equal(("FINISHED", 1700000001000, "best"), ((string?)ended["status"], (long)ended["end_time"]!, (string?)ended["run_name"]));
        var again = (await _mlflow.PostAsync("runs/update", $$"""{"run_id": "{{id}}", "status": "RUNNING"}"""))["run_info"]!;
        Assert.Null(again["end_time"]);
    }

    [Fact]
    public async Task Names_come_from_the_field_or_the_tag_and_must_agree()
    {
        var experiment = await _mlflow.ExperimentAsync();
        var byTag = await _mlflow.RunAsync(experiment, """, "tags": [{"key": "mlflow.runName", "value": "by tag"}]""");
        Assert.Equal("by tag", (string?)(await _mlflow.ReadAsync(byTag))["info"]!["run_name"]);
        await _mlflow.PostAsync("runs/set-tag", $$"""{"run_id": "{{byTag}}", "key": "mlflow.runName", "value": "anew"}""");
        Assert.Equal("anew", (string?)(await _mlflow.ReadAsync(byTag))["info"]!["run_name"]);

        var (_, code, _) = await _mlflow.RefusalAsync(
            HttpMethod.Post, "runs/create", $$"""{"experiment_id": "{{experiment}}", "run_name": "a", "tags": [{"key": "mlflow.runName", "value": "b"}]}""");
        Assert.Equal("INVALID_PARAMETER_VALUE", code);
    }

    [Theory]
    [InlineData("SCHEDULED", "2")]
    [InlineData("FAILED", "\"FAILED\"")]
    [InlineData("KILLED", "\"KILLED\"")]
    public async Task Every_status_is_kept_be_it_a_word_or_its_number(string status, string sent)
    {
        var run = await _mlflow.RunAsync();
        await _mlflow.PostAsync("runs/update", $$"""{"run_id": "{{run}}", "status": {{sent}} }""");
        Assert.Equal(status, (string?)(await _mlflow.ReadAsync(run))["info"]!["status"]);
    }

    [Fact]
    public async Task A_batch_is_logged_whole_with_values_that_are_no_numbers()
    {
        var run = await _mlflow.RunAsync();
        await _mlflow.PostAsync("runs/log-batch", $$"""
            {"run_id": "{{run}}", "metrics": [
                {"key": "loss", "value": 0.5, "timestamp": 1000, "step": 1}, {"key": "loss", "value": "NaN", "timestamp": 2000, "step": "9007199254740993"},
                {"key": "up", "value": "Infinity", "timestamp": 1, "step": -1}, {"key": "down", "value": "-Infinity", "timestamp": "9223372036854775807"}],
             "params": [{"key": "lr", "value": "1e-3"}, {"key": "empty", "value": ""}], "tags": [{"key": "a/b c", "value": "Ü"}], "unknown": {"x": []} }
            """);

        var data = (await _mlflow.ReadAsync(run))["data"]!;
        var metrics = data["metrics"]!.AsArray().ToDictionary(m => (string)m!["key"]!, m => (m!["value"]!.ToJsonString(), (long)m["timestamp"]!, (long)m["step"]!));
        Assert.Equal(("\"NaN\"", 2000, 9007199254740993), metrics["loss"]);
        Assert.Equal(("\"Infinity\"", 1, -1), metrics["up"]);
        Assert.Equal(("\"-Infinity\"", long.MaxValue, 0), metrics["down"]);
        Assert.Equal(new Dictionary<string, string> { ["empty"] = "", ["lr"] = "1e-3" }, MlflowClient.Pairs(data["params"]));
        Assert.Equal("Ü", MlflowClient.Pairs(data["tags"])["a/b c"]);
    }

    [Fact]
    public async Task A_param_keeps_its_value_and_a_batch_that_would_change_it_writes_nothing()
    {
        var run = await _mlflow.RunAsync();
        await _mlflow.PostAsync("runs/log-parameter", $$"""{"run_id": "{{run}}", "key": "lr", "value": "0.1"}""");
        await _mlflow.PostAsync("runs/log-parameter", $$"""{"run_id": "{{run}}", "key": "lr", "value": "0.1"}""");

        var (status, code, message) = await _mlflow.RefusalAsync(HttpMethod.Post, "runs/log-batch", $$"""
            {"run_id": "{{run}}", "params": [{"key": "new", "value": "1"}, {"key": "lr", "value": "0.2"}], "metrics": [{"key": "m", "value": 1, "timestamp": 1}], "tags": [{"key": "t", "value": "1"}]}
            """);

        Assert.Equal((HttpStatusCode.BadRequest, "INVALID_PARAMETER_VALUE"), (status, code));
        Assert.Contains("'0.1'", message);
        Assert.Contains("'0.2'", message);
        var data = (await _mlflow.ReadAsync(run))["data"]!;
        Assert.Equal(new Dictionary<string, string> { ["lr"] = "0.1" }, MlflowClient.Pairs(data["params"]));
        Assert.Null(data["metrics"]);
        Assert.DoesNotContain("t", MlflowClient.Pairs(data["tags"]).Keys);
    }

    [Fact]
    public async Task Of_several_values_at_a_step_the_latest_is_the_last_and_all_are_history()
    {
        var run = await _mlflow.RunAsync();
        foreach (var (value, timestamp, step) in new[] { (3.0, 5, 2), (1.0, 7, 2), (2.0, 7, 2), (9.0, 9, 1), (2.0, 7, 2) })
        {
            await _mlflow.PostAsync("runs/log-metric", FormattableString.Invariant($$"""{"run_id": "{{run}}", "key": "m", "value": {{value}}, "timestamp": {{timestamp}}, "step": {{step}}}"""));
        }

        Assert.Equal(2.0, (double)(await _mlflow.ReadAsync(run))["data"]!["metrics"]![0]!["value"]!);
        Assert.Equal(new double[] { 3, 1, 2, 9 }, await ValuesAsync(""));
        var first = await _mlflow.GetAsync($"metrics/get-history?run_id={run}&metric_key=m&max_results=3");
        Assert.Equal(3, first["metrics"]!.AsArray().Count);
        var second = await _mlflow.GetAsync($"metrics/get-history?run_id={run}&metric_key=m&max_results=3&page_token={Uri.EscapeDataString((string)first["next_page_token"]!)}");
        Assert.Equal((9.0, null), ((double)second["metrics"]![0]!["value"]!, second["next_page_token"]));

        async Task<double[]> ValuesAsync(string more) =>
            [.. (await _mlflow.GetAsync($"metrics/get-history?run_id={run}&metric_key=m{more}"))["metrics"]!.AsArray().Select(m => (double)m!["value"]!)];
    }

    [Fact]
    public async Task A_sample_is_even_also_where_steps_are_not()
    {
        var run = await _mlflow.RunAsync();
        // As a client may count: by the sample, and once by the clock.
        long[] steps = [.. Enumerable.Range(0, 900), long.MaxValue];
        var metrics = steps.Select(step => $$"""{"key": "m", "value": 1, "timestamp": 1, "step": {{step}}}""");
        await _mlflow.PostAsync("runs/log-batch", $$"""{"run_id": "{{run}}", "metrics": [{{string.Join(", ", metrics)}}]}""");

        var sample = (await _mlflow.GetAsync($"metrics/get-history-bulk-interval?run_ids={run}&metric_key=m&max_results=50"))["metrics"]!.AsArray();

        var sampled = sample.Select(m => (long)m!["step"]!).ToList();
        Assert.InRange(sampled.Count, 50, 52);
        Assert.Equal((0, long.MaxValue), (sampled[0], sampled[^1]));
        Assert.InRange(sampled[25], 400, 500);
    }

    [Fact]
    public async Task Histories_of_several_runs_are_read_at_once_whole_and_as_a_sample()
    {
        var experiment = await _mlflow.ExperimentAsync();
        var runs = new[] { await _mlflow.RunAsync(experiment), await _mlflow.RunAsync(experiment) };
        foreach (var run in runs)
        {
            var metrics = Enumerable.Range(0, 1000).Select(step => $$"""{"key": "m", "value": {{step}}, "timestamp": {{step}}, "step": {{step}}}""");
            await _mlflow.PostAsync("runs/log-batch", $$"""{"run_id": "{{run}}", "metrics": [{{string.Join(", ", metrics)}}]}""");
        }

        var bulk = (await _mlflow.GetAsync($"/ajax-api/2.0/mlflow/metrics/get-history-bulk?run_id={runs[0]}&run_id={runs[1]}&metric_key=m"))["metrics"]!.AsArray();
        Assert.Equal(2000, bulk.Count);
        Assert.Equal(runs.Order(), bulk.Select(m => (string)m!["run_id"]!).Distinct().Order());
        var sample = (await _mlflow.GetAsync($"metrics/get-history-bulk-interval?run_ids={runs[0]}&run_ids={runs[1]}&metric_key=m&start_step=100&end_step=899&max_results=50"))["metrics"]!.AsArray();
        var steps = sample.Where(m => (string)m!["run_id"]! == runs[0]).Select(m => (long)m!["step"]!).ToList();
        Assert.InRange(steps.Count, 50, 52);
        Assert.Equal((100, 899), (steps[0], steps[^1]));
        Assert.Equal("INVALID_PARAMETER_VALUE", (await _mlflow.RefusalAsync(HttpMethod.Get, $"metrics/get-history-bulk-interval?run_ids={runs[0]}&metric_key=m&start_step=3")).Code);
        Assert.Equal("INVALID_PARAMETER_VALUE", (await _mlflow.RefusalAsync(HttpMethod.Get, "metrics/get-history-bulk-interval?metric_key=m")).Code);
    }

    [Fact]
    public async Task A_deleted_run_takes_nothing_until_it_is_restored()
    {
        var run = await _mlflow.RunAsync();
        await _mlflow.PostAsync("runs/delete", $$"""{"run_id": "{{run}}"}""");
        await _mlflow.PostAsync("runs/delete", $$"""{"run_id": "{{run}}"}""");

        Assert.Equal("deleted", (string?)(await _mlflow.ReadAsync(run))["info"]!["lifecycle_stage"]);
        var (_, code, message) = await _mlflow.RefusalAsync(HttpMethod.Post, "runs/set-tag", $$"""{"run_id": "{{run}}", "key": "a", "value": "1"}""");
        Assert.Equal("INVALID_PARAMETER_VALUE", code);
        Assert.Contains("'active'", message);
        await _mlflow.PostAsync("runs/restore", $$"""{"run_id": "{{run}}"}""");
        await _mlflow.PostAsync("runs/set-tag", $$"""{"run_id": "{{run}}", "key": "a", "value": "1"}""");
        await _mlflow.PostAsync("runs/delete-tag", $$"""{"run_id": "{{run}}", "key": "a"}""");
        Assert.Equal("RESOURCE_DOES_NOT_EXIST", (await _mlflow.RefusalAsync(HttpMethod.Post, "runs/delete-tag", $$"""{"run_id": "{{run}}", "key": "a"}""")).Code);
    }

    [Fact]
    public async Task The_note_of_a_run_is_a_tag_of_MLflow()
    {
        var run = await _mlflow.RunAsync();
        await _mlflow.PostAsync("runs/set-tag", $$"""{"run_id": "{{run}}", "key": "mlflow.note.content", "value": "*odd*"}""");
        Assert.Equal("*odd*", MlflowClient.Pairs((await _mlflow.ReadAsync(run))["data"]!["tags"])["mlflow.note.content"]);
        await _mlflow.PostAsync("runs/delete-tag", $$"""{"run_id": "{{run}}", "key": "mlflow.note.content"}""");
        Assert.DoesNotContain("mlflow.note.content", MlflowClient.Pairs((await _mlflow.ReadAsync(run))["data"]!["tags"]).Keys);
    }

    [Fact]
    public async Task A_body_encoded_twice_and_fields_in_camel_case_are_read()
    {
        var run = await _mlflow.RunAsync();
        await _mlflow.PostAsync("runs/set-tag", JsonValue.Create($$"""{"run_id": "{{run}}", "key": "a", "value": "1"}""")!.ToJsonString());
        await _mlflow.PostAsync("runs/log-metric", $$"""{"runId": "{{run}}", "key": "m", "value": "2.5", "timestamp": 1}""");
        var data = (await _mlflow.ReadAsync(run))["data"]!;
        Assert.Equal(("1", 2.5), (MlflowClient.Pairs(data["tags"])["a"], (double)data["metrics"]![0]!["value"]!));
    }

    [Fact]
    public async Task Of_a_batch_whose_client_dies_nothing_is_written()
    {
        var run = await _mlflow.RunAsync();
        var body = $$"""{"run_id": "{{run}}", "metrics": [{"key": "m", "value": 1, "timestamp": 1}]}""";
        using (var socket = new System.Net.Sockets.TcpClient(workbench.Url.Host, workbench.Url.Port))
        {
            var head = $"POST /api/2.0/mlflow/runs/log-batch HTTP/1.1\r\nHost: {workbench.Url.Authority}\r\nContent-Type: application/json\r\nContent-Length: {body.Length + 1}\r\n\r\n";
            await socket.GetStream().WriteAsync(System.Text.Encoding.ASCII.GetBytes(head + body));
        }

        await _mlflow.PostAsync("runs/set-tag", $$"""{"run_id": "{{run}}", "key": "after", "value": "1"}""");
        Assert.Null((await _mlflow.ReadAsync(run))["data"]!["metrics"]);
    }

    [Theory]
    [InlineData("log-metric", """, "key": 31, "value": 1, "timestamp": 1""", "Invalid value 31 for parameter 'key' supplied")]
    [InlineData("log-metric", """, "key": "m", "value": "foo", "timestamp": 1""", "Invalid value \"foo\" for parameter 'value' supplied")]
    [InlineData("log-metric", """, "key": "m", "value": 1, "timestamp": "foo" """, "Invalid value \"foo\" for parameter 'timestamp' supplied")]
    [InlineData("log-metric", """, "key": "m", "value": 1, "timestamp": 1, "step": "foo" """, "Invalid value \"foo\" for parameter 'step' supplied")]
    [InlineData("log-metric", """, "key": "m", "value": 1""", "Missing value for required parameter 'timestamp'")]
    [InlineData("log-metric", """, "key": "m", "value": 1, "timestamp": -1""", "nonnegative")]
    [InlineData("log-metric", """, "key": "../m", "value": 1, "timestamp": 1""", "Invalid metric name")]
    [InlineData("log-metric", """, "key": "a&b", "value": 1, "timestamp": 1""", "Names may only contain")]
    [InlineData("log-parameter", """, "value": "1" """, "Missing value for required parameter 'key'")]
    [InlineData("log-batch", """, "metrics": "foo" """, "Invalid value \"foo\" for parameter 'metrics' supplied")]
    [InlineData("log-batch", """, "metrics": [{"key": "mae", "value": 2.5}]""", "Missing value for required parameter 'metrics[0].timestamp'")]
    [InlineData("log-batch", """, "params": [{"key": "a", "value": "1"}, {"key": "a", "value": "2"}]""", "Duplicate parameter keys")]
    [InlineData("update", """, "status": "DONE" """, "for parameter 'status' supplied")]
    public async Task What_is_wrong_is_named_with_its_field_and_value(string path, string body, string said)
    {
        var run = await _mlflow.RunAsync();

        var (status, code, message) = await _mlflow.RefusalAsync(HttpMethod.Post, $"runs/{path}", $$"""{"run_id": "{{run}}"{{body}}}""");

        Assert.Equal((HttpStatusCode.BadRequest, "INVALID_PARAMETER_VALUE"), (status, code));
        Assert.Contains(said, message);
    }

    [Fact]
    public async Task Limits_are_said_and_long_values_are_cut()
    {
        var run = await _mlflow.RunAsync();
        var many = string.Join(", ", Enumerable.Range(0, 1001).Select(step => $$"""{"key": "m", "value": 1, "timestamp": 1, "step": {{step}}}"""));
        Assert.Contains("at most 1000 metrics", (await _mlflow.RefusalAsync(HttpMethod.Post, "runs/log-batch", $$"""{"run_id": "{{run}}", "metrics": [{{many}}]}""")).Message);
        Assert.Contains("length limit of 250", (await _mlflow.RefusalAsync(HttpMethod.Post, "runs/log-parameter", $$"""{"run_id": "{{run}}", "key": "{{new string('k', 251)}}", "value": "1"}""")).Message);
        Assert.Contains("1000000 bytes", (await _mlflow.RefusalAsync(HttpMethod.Post, "runs/log-parameter", $$"""{"run_id": "{{run}}", "key": "k", "value": "{{new string('v', 1_000_000)}}"}""")).Message);
        await _mlflow.PostAsync("runs/log-parameter", $$"""{"run_id": "{{run}}", "key": "k", "value": "{{new string('v', 6001)}}"}""");
        await _mlflow.PostAsync("runs/set-tag", $$"""{"run_id": "{{run}}", "key": "t", "value": "{{new string('v', 8001)}}"}""");
        var data = (await _mlflow.ReadAsync(run))["data"]!;
        Assert.Equal((6000, 8000), (MlflowClient.Pairs(data["params"])["k"].Length, MlflowClient.Pairs(data["tags"])["t"].Length));
    }

    [Theory]
    [InlineData("runs/get?run_id=00000000000000000000000000000000")]
    [InlineData("runs/get?run_id=none")]
    [InlineData("metrics/get-history?run_id=00000000000000000000000000000000&metric_key=m")]
    public async Task A_run_that_is_not_there_is_said_so(string path) =>
        Assert.Equal((HttpStatusCode.NotFound, "RESOURCE_DOES_NOT_EXIST"), await Two(_mlflow.RefusalAsync(HttpMethod.Get, path)));

    private static async Task<(HttpStatusCode Status, string Code)> Two(Task<(HttpStatusCode Status, string Code, string Message)> refusal) =>
        ((await refusal).Status, (await refusal).Code);
}
