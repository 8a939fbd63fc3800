using System.Net;
using System.Text.Json.Nodes;
using Workbench.Tests.Commands;

namespace Workbench.Tests.Mlflow;

[Collection(MlflowCollection.Name)]
public class RunExportTests(ServedWorkbench workbench)
{
    private readonly MlflowClient _mlflow = new(workbench.Client);

    [SkippableFact]
    public async Task The_runs_that_a_filter_finds_are_a_table_in_the_order_asked_for()
    {
        var experiment = await _mlflow.ExperimentAsync();
        var first = await RunAsync(experiment, "first", "0.5", "a,b");
        var second = await RunAsync(experiment, "second", "\"NaN\"", "=1+1");
        await RunAsync(experiment, "third", "0.75", "c");
        await _mlflow.PostAsync("runs/set-tag", $$"""{"run_id": "{{second}}", "key": "team", "value": "vision"}""");

        var lines = await LinesAsync($"/api/experiments/{experiment}/runs.csv?filter=run_name%20!%3D%20%27third%27&order_by=run_name%20DESC");

        Assert.Equal("run_id,name,state,started,finished,user,metrics.loss,params.note,tags.team", lines[0]);
        Assert.Equal([$"{second},second,running,1970-01-01T00:00:00.001Z,,,NaN,'=1+1,vision", $"{first},first,running,1970-01-01T00:00:00.001Z,,,0.5,\"a,b\","], lines[1..]);
    }

    [SkippableFact]
    public async Task A_table_of_more_runs_than_are_read_at_once_has_each_once()
    {
        var experiment = await _mlflow.ExperimentAsync();
        await using (var database = new Workbench.Core.Tracking.Database(workbench.ConnectionString))
        await using (var command = database.Durable.CreateCommand(
            $"""
            INSERT INTO runs (experiment_id, kind, name, state, started_at, heartbeat_at, tags, attempt)
            SELECT {experiment}, 'tracked', 'run-' || n, 'complete', now(), now(), '{"{}"}', 1 FROM generate_series(1, 2500) AS n
            """))
        {
            await command.ExecuteNonQueryAsync();
        }

        var names = (await LinesAsync($"/api/experiments/{experiment}/runs.csv"))[1..].Select(line => line.Split(',')[1]).ToHashSet();

        Assert.Equal(2500, names.Count);
    }

    [SkippableTheory]
    [InlineData("filter=metrics.loss%20%3C", "filter")]
    [InlineData("order_by=nothing", "order_by")]
    public async Task What_is_wrong_is_told_before_there_is_a_table(string query, string field)
    {
        using var answer = await workbench.Client.GetAsync($"/api/experiments/0/runs.csv?{query}");

        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        var problem = JsonNode.Parse(await answer.Content.ReadAsStringAsync())!;
        Assert.Equal([field], problem["errors"]!.AsObject().Select(error => error.Key));
    }

    [SkippableFact]
    public async Task An_experiment_that_does_not_exist_has_no_table()
    {
        using var answer = await workbench.Client.GetAsync("/api/experiments/999999/runs.csv");
        Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
    }

    private async Task<string> RunAsync(string experiment, string name, string loss, string note)
    {
        var run = await _mlflow.RunAsync(experiment, $", \"run_name\": \"{name}\"");
        await _mlflow.PostAsync(
            "runs/log-batch",
            $$"""{"run_id": "{{run}}", "metrics": [{"key": "loss", "value": {{loss}}, "timestamp": 1, "step": 1}], "params": [{"key": "note", "value": "{{note}}"}]}""");
        return run;
    }

    private async Task<string[]> LinesAsync(string address) =>
        (await workbench.Client.GetStringAsync(address)).TrimStart('\uFEFF').Split("\r\n", StringSplitOptions.RemoveEmptyEntries);
}
