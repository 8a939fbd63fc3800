using System.Net;
using System.Text.Json.Nodes;
using Workbench.Tests.Commands;

namespace Workbench.Tests.Mlflow;

/// <summary>Models as MLflow 3 logs them.</summary>
[Collection(MlflowCollection.Name)]
public class LoggedModelTests(ServedWorkbench workbench)
{
    private readonly MlflowClient _client = new(workbench.Client);

    [Fact]
    public async Task The_run_it_came_from_is_kept_as_the_client_says_whether_it_is_known_or_not()
    {
        var experiment = await _client.ExperimentAsync();
        var run = await _client.RunAsync(experiment);

        var known = await CreateAsync(experiment, $$""", "source_run_id": "{{run}}" """);
        var unknown = await CreateAsync(experiment, """, "source_run_id": "123" """);

        Assert.Equal((run, "123"), ((string?)(await InfoAsync(known))["source_run_id"], (string?)(await InfoAsync(unknown))["source_run_id"]));
        Assert.Equal([unknown], await SearchAsync(experiment, """, "filter": "source_run_id = '123'" """));
    }

    [Fact]
    public async Task They_are_sorted_by_a_metric_on_the_dataset_that_is_asked_for()
    {
        var experiment = await _client.ExperimentAsync();
        var run = await _client.RunAsync(experiment);
        var (first, second, unmeasured) = (await CreateAsync(experiment), await CreateAsync(experiment), await CreateAsync(experiment));
        await MeasureAsync(run, first, 0.9, "train", "a");
        await MeasureAsync(run, first, 0.8, "test", "b");
        await MeasureAsync(run, second, 0.8, "train", "a");
        await MeasureAsync(run, second, 0.9, "test", "b");

        Assert.Equal([second, first, unmeasured], await SortedAsync(experiment, """ "dataset_name": "train", "dataset_digest": "a" """));
        Assert.Equal([first, second, unmeasured], await SortedAsync(experiment, """ "dataset_name": "test", "dataset_digest": "b" """));
        Assert.Equal([second, first, unmeasured], await SortedAsync(experiment, """ "dataset_name": "train" """));
        Assert.Equal([first, second, unmeasured], await SortedAsync(experiment, """ "dataset_digest": "b" """));
        Assert.Equal([first, second, unmeasured], await SortedAsync(experiment, """ "dataset_name": "train", "ascending": false """));
        // The same metric on another dataset is another field: it decides between those that are equal by the first.
        await MeasureAsync(run, unmeasured, 0.8, "train", "a");
        await MeasureAsync(run, unmeasured, 0.7, "test", "b");
        Assert.Equal([unmeasured, second, first], await SortedAsync(experiment, """ "dataset_name": "train" }, {"field_name": "metrics.accuracy", "dataset_name": "test" """));
    }

    [Fact]
    public async Task Pages_in_the_order_of_a_dataset_hold_each_model_once()
    {
        var experiment = await _client.ExperimentAsync();
        var run = await _client.RunAsync(experiment);
        var models = new List<string>();
        for (var i = 0; i < 5; i++)
        {
            models.Add(await CreateAsync(experiment));
            await MeasureAsync(run, models[i], i % 3, "train", "a");
        }

        var (found, token) = (new List<string>(), "");
        do
        {
            var page = await _client.PostAsync(
                "logged-models/search",
                $$"""
                {"experiment_ids": ["{{experiment}}"], "max_results": 2, "page_token": "{{token}}",
                 "order_by": [{"field_name": "metrics.accuracy", "dataset_name": "train", "ascending": false}]}
                """);
            found.AddRange(Ids(page));
            token = (string?)page["next_page_token"];
        }
        while (token is not null);

        Assert.Equal(models.Order(), found.Order());
        Assert.Equal(models[2], found[0]);
    }

    [Theory]
    [InlineData("""{"order_by": [{"field_name": "colour"}]}""", "Invalid order by field name: colour")]
    [InlineData("""{"order_by": [{"field_name": "metric"}]}""", "Invalid order by field name: metric")]
    [InlineData("""{"datasets": [{"dataset_digest": "a"}]}""", "`dataset_name` in the `datasets` clause must be specified.")]
    [InlineData("""{"datasets": [{"dataset_name": "", "dataset_digest": "a"}]}""", "`dataset_name` in the `datasets` clause must be specified.")]
    public async Task A_search_by_what_there_is_not_is_refused(string search, string said)
    {
        var (status, code, message) = await _client.RefusalAsync(HttpMethod.Post, "logged-models/search", search);

        Assert.Equal((HttpStatusCode.BadRequest, "INVALID_PARAMETER_VALUE"), (status, code));
        Assert.Contains(said, message);
    }

    [Theory]
    [InlineData("name IN ('net')", true)]
    [InlineData("name IN ('net',)", true)]
    [InlineData("name IN ('net', 'another')", true)]
    [InlineData("name NOT IN ('net',)", false)]
    public async Task A_list_of_one_may_have_a_comma_behind_it_as_in_Python(string filter, bool finds)
    {
        var experiment = await _client.ExperimentAsync();
        var model = await CreateAsync(experiment, """, "name": "net" """);

        var found = await SearchAsync(experiment, $""", "filter": "{filter}" """);

        Assert.Equal(finds ? [model] : [], found);
    }

    [Fact]
    public async Task A_tag_is_removed_once_and_then_it_is_not_there()
    {
        var model = await CreateAsync(await _client.ExperimentAsync(), """, "tags": [{"key": "a", "value": "1"}, {"key": "b", "value": "2"}] """);

        await _client.DeleteAsync($"logged-models/{model}/tags/a", "{}");
        var (status, code, message) = await _client.RefusalAsync(HttpMethod.Delete, $"logged-models/{model}/tags/a");

        Assert.Equal((HttpStatusCode.NotFound, "RESOURCE_DOES_NOT_EXIST"), (status, code));
        Assert.Contains("No tag with key 'a'", message);
        Assert.Equal(new Dictionary<string, string> { ["b"] = "2" }, MlflowClient.Pairs((await InfoAsync(model))["tags"]));
    }

    [Fact]
    public async Task A_tag_tells_the_versions_it_was_registered_as()
    {
        var (model, name) = (await CreateAsync(await _client.ExperimentAsync()), MlflowClient.Unique("registered"));
        await _client.PostAsync("registered-models/create", $$"""{"name": "{{name}}"}""");
        Assert.Null((await InfoAsync(model))["tags"]);

        for (var version = 0; version < 2; version++)
        {
            await _client.PostAsync("model-versions/create", $$"""{"name": "{{name}}", "source": "models:/{{model}}", "model_id": "{{model}}"}""");
        }

        var tags = MlflowClient.Pairs((await InfoAsync(model))["tags"]);
        Assert.Equal($$"""[{"name": "{{name}}", "version": 1}, {"name": "{{name}}", "version": 2}]""", tags["mlflow.modelVersions"]);
    }

    [Fact]
    public async Task Its_files_are_downloaded_by_MLflows_pages()
    {
        var model = await CreateAsync(await _client.ExperimentAsync());
        var root = ((string)(await InfoAsync(model))["artifact_uri"]!)["mlflow-artifacts:/".Length..];
        using var file = new StringContent("flavors: {}");
        (await workbench.Client.PutAsync($"/api/2.0/mlflow-artifacts/artifacts/{root}/a/MLmodel", file)).EnsureSuccessStatusCode();

        var answer = await workbench.Client.GetStringAsync($"/ajax-api/2.0/mlflow/logged-models/{model}/artifacts/files?artifact_file_path=a%2FMLmodel");

        Assert.Equal("flavors: {}", answer);
        var (status, _, _) = await _client.RefusalAsync(HttpMethod.Get, $"logged-models/{model}/artifacts/files?artifact_file_path=..%2FMLmodel");
        Assert.Equal(HttpStatusCode.BadRequest, status);
        (status, _, _) = await _client.RefusalAsync(HttpMethod.Get, $"logged-models/{model}/artifacts/files?artifact_file_path=absent");
        Assert.Equal(HttpStatusCode.NotFound, status);
    }

    private async Task<string> CreateAsync(string experiment, string more = "") =>
        (string)(await _client.PostAsync("logged-models", $$"""{"experiment_id": "{{experiment}}"{{more}}}"""))["model"]!["info"]!["model_id"]!;

    private async Task<JsonNode> InfoAsync(string model) => (await _client.GetAsync($"logged-models/{model}"))["model"]!["info"]!;

    private Task<JsonNode> MeasureAsync(string run, string model, double value, string dataset, string digest) => _client.PostAsync(
        "runs/log-metric",
        string.Create(
            System.Globalization.CultureInfo.InvariantCulture,
            $$"""{"run_id": "{{run}}", "key": "accuracy", "value": {{value}}, "timestamp": 1, "model_id": "{{model}}", "dataset_name": "{{dataset}}", "dataset_digest": "{{digest}}"}"""));

    private Task<List<string>> SortedAsync(string experiment, string clause) =>
        SearchAsync(experiment, $$""", "order_by": [{"field_name": "metrics.accuracy", {{clause}}}]""");

    private async Task<List<string>> SearchAsync(string experiment, string more) =>
        Ids(await _client.PostAsync("logged-models/search", $$"""{"experiment_ids": ["{{experiment}}"]{{more}}}"""));

    private static List<string> Ids(JsonNode found) => [.. (found["models"]?.AsArray() ?? []).Select(model => (string)model!["info"]!["model_id"]!)];
}
