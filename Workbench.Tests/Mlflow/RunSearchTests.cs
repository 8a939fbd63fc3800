using System.Text.Json.Nodes;
using Workbench.Tests.Commands;

namespace Workbench.Tests.Mlflow;

[Collection(MlflowCollection.Name)]
public class RunSearchTests(ServedWorkbench workbench) : IAsyncLifetime
{
    private readonly MlflowClient _mlflow = new(workbench.Client);
    private string _experiment = "";

    // Of four runs a has all, b and c what is told apart, d nothing.
    public async Task InitializeAsync()
    {
        _experiment = await _mlflow.ExperimentAsync();
        await AddAsync("a", 4000, """[{"key": "acc", "value": 0.9, "timestamp": 1}, {"key": "val loss", "value": 1, "timestamp": 1}]""", """[{"key": "lr", "value": "1e-3"}, {"key": "model", "value": "cnn"}]""", """[{"key": "team", "value": "Blue_1"}]""");
        await AddAsync("b", 3000, """[{"key": "acc", "value": 0.8, "timestamp": 1}]""", """[{"key": "lr", "value": "0.01"}, {"key": "model", "value": "mlp"}]""", """[{"key": "team", "value": "red"}]""");
        await AddAsync("c", 2000, """[{"key": "acc", "value": "NaN", "timestamp": 1}]""", """[{"key": "lr", "value": "small"}]""", "[]");
        await AddAsync("d", 1000, "[]", "[]", "[]");
    }

    public Task DisposeAsync() => Task.CompletedTask;

    [Theory]
    [InlineData("", "abcd")]
    [InlineData("metrics.acc > 0.85", "a")]
    [InlineData("metric.acc <= 0.8", "b")]
    [InlineData("metrics.`val loss` = 1", "a")]
    [InlineData("metrics.\"acc\" != 0.9", "b")]
    [InlineData("params.model = 'cnn'", "a")]
    [InlineData("params.model != \"cnn\"", "b")]
    [InlineData("parameters.model LIKE '%n%'", "a")]
    [InlineData("params.lr = '1e-3'", "a")]
    [InlineData("params.lr < 0.005", "a")]
    [InlineData("params.lr >= 0.001", "ab")]
    [InlineData("params.lr IN (0.01, 0.02)", "b")]
    [InlineData("params.model IN ('cnn', 'mlp')", "ab")]
    [InlineData("params.model NOT IN ('cnn')", "b")]
    [InlineData("params.model IS NULL", "cd")]
    [InlineData("params.model IS NOT NULL and metrics.acc > 0.85", "a")]
    [InlineData("tags.team ILIKE 'blue%'", "a")]
    [InlineData("tags.team LIKE 'blue%'", "")]
    [InlineData("tags.team LIKE '%\\\\%'", "")]
    [InlineData("metrics.acc > 0.85 OR params.model = 'mlp'", "ab")]
    [InlineData("NOT (metrics.acc > 0.85 OR params.model = 'mlp')", "cd")]
    [InlineData("(metrics.acc > 0.85 OR params.model = 'mlp') AND tags.team = 'red'", "b")]
    [InlineData("attributes.run_name = 'c'", "c")]
    [InlineData("run_name IN ('c', 'd')", "cd")]
    [InlineData("attributes.`Run name` LIKE 'D'", "")]
    [InlineData("attributes.status = 'RUNNING' AND start_time < 2500", "cd")]
    [InlineData("attribute.end_time > 0", "")]
    [InlineData("tags.`mlflow.runName` = 'a'", "a")]
    [InlineData("dataset.name = 'digits'", "a")]
    [InlineData("datasets.context = 'train' AND dataset.digest LIKE 'd%'", "a")]
    [InlineData("dataset.name = 'letters'", "")]
    public async Task A_filter_finds_runs(string filter, string names) => Assert.Equal(names, await NamesAsync(filter));

    [Theory]
    [InlineData("metrics.acc DESC", "abcd")]
    [InlineData("metrics.acc ASC", "bacd")]
    [InlineData("params.lr", "bacd")]
    [InlineData("params.`model` DESC", "bacd")]
    [InlineData("attributes.start_time ASC", "dcba")]
    [InlineData("tag.team DESC", "bacd")]
    [InlineData("run_name DESC", "dcba")]
    public async Task An_order_puts_numbers_before_what_is_none_and_what_is_missing_last(string order, string names)
    {
        Assert.Equal(names, await NamesAsync("", order));
        Assert.Equal(names, await PagedAsync(order));
    }

    [Theory]
    [InlineData("metrics.acc > 'high'", "is a number")]
    [InlineData("metrics.acc", "is expected")]
    [InlineData("params.lr > ''", "compares numbers")]
    [InlineData("colour = 'red'", "no field 'colour'")]
    [InlineData("metrics.acc > 1 metrics.acc < 2", "cannot stand there")]
    [InlineData("(metrics.acc > 1", ") is missing")]
    [InlineData("params.model = 'cnn", "closing '")]
    [InlineData("params.model = cnn", "text in quotes")]
    public async Task A_filter_that_is_wrong_says_where_and_why(string filter, string said)
    {
        var (_, code, message) = await _mlflow.RefusalAsync(HttpMethod.Post, "runs/search", new JsonObject { ["experiment_ids"] = new JsonArray(_experiment), ["filter"] = filter }.ToJsonString());

        Assert.Equal("INVALID_PARAMETER_VALUE", code);
        Assert.Contains(said, message);
        Assert.Contains("at character", message);
    }

    [Fact]
    public async Task Deleted_runs_are_found_when_they_are_asked_for()
    {
        var run = (string)(await FindAsync("run_name = 'd'"))["runs"]![0]!["info"]!["run_id"]!;
        await _mlflow.PostAsync("runs/delete", $$"""{"run_id": "{{run}}"}""");

        Assert.Equal("abc", await NamesAsync(""));
        Assert.Equal("d", Names(await FindAsync("", more: """, "run_view_type": "DELETED_ONLY" """)));
        Assert.Equal("abcd", Names(await FindAsync("", more: """, "run_view_type": "ALL" """)));
    }

    [Theory]
    [InlineData(""", "max_results": 50001""", "50000")]
    [InlineData(""", "max_results": -1""", "at least 0")]
    [InlineData(""", "order_by": ["metrics.acc SIDEWAYS"]""", "ASC or DESC")]
    [InlineData(""", "order_by": ["dataset.name"]""", "no field")]
    [InlineData(""", "page_token": "eyJvZmZzZXQiOiAyfQ=="  """, "page_token")]
    public async Task A_search_that_cannot_be_is_refused(string more, string said)
    {
        var (_, code, message) = await _mlflow.RefusalAsync(HttpMethod.Post, "runs/search", $$"""{"experiment_ids": ["{{_experiment}}"]{{more}} }""");

        Assert.Equal("INVALID_PARAMETER_VALUE", code);
        Assert.Contains(said, message);
    }

    private async Task AddAsync(string name, long start, string metrics, string parameters, string tags)
    {
        var run = (string)(await _mlflow.PostAsync("runs/create", $$"""{"experiment_id": "{{_experiment}}", "run_name": "{{name}}", "start_time": {{start}}}"""))["run"]!["info"]!["run_id"]!;
        await _mlflow.PostAsync("runs/log-batch", $$"""{"run_id": "{{run}}", "metrics": {{metrics}}, "params": {{parameters}}, "tags": {{tags}}}""");
        if (name == "a")
        {
            await _mlflow.PostAsync("runs/log-inputs", $$"""
                {"run_id": "{{run}}", "datasets": [{"tags": [{"key": "mlflow.data.context", "value": "train"}],
                    "dataset": {"name": "digits", "digest": "d1", "source_type": "http", "source": "{}", "schema": "{}", "profile": "{}"} }]}
                """);
        }
    }

    private Task<JsonNode> FindAsync(string filter, string order = "", string more = "") => _mlflow.PostAsync(
        "runs/search", $$"""{"experiment_ids": ["{{_experiment}}"], "filter": {{JsonValue.Create(filter)!.ToJsonString()}}, "order_by": [{{(order.Length > 0 ? $"\"{order}\"" : "")}}]{{more}}}""");

    private async Task<string> NamesAsync(string filter, string order = "") => Names(await FindAsync(filter, order));

    private async Task<string> PagedAsync(string order)
    {
        var (names, token) = ("", "");
        do
        {
            var page = await FindAsync("", order, $$""", "max_results": 1, "page_token": "{{token}}" """);
            (names, token) = (names + Names(page), (string?)page["next_page_token"] ?? "");
        }
        while (token.Length > 0);
        return names;
    }

    private static string Names(JsonNode found) => string.Concat((found["runs"]?.AsArray() ?? []).Select(run => (string)run!["info"]!["run_name"]!));
}
