using System.Net;
using System.Text.Json.Nodes;
using Workbench.Tests.Commands;

namespace Workbench.Tests.Mlflow;

[Collection(MlflowCollection.Name)]
public class ExperimentTests(ServedWorkbench workbench)
{
    private readonly MlflowClient _mlflow = new(workbench.Client);

    [Fact]
    public async Task The_experiment_0_always_exists()
    {
        var experiment = (await _mlflow.GetAsync("experiments/get?experiment_id=0"))["experiment"]!;

        Assert.Equal(("Default", "active", "mlflow-artifacts:/0"), ((string?)experiment["name"], (string?)experiment["lifecycle_stage"], (string?)experiment["artifact_location"]));
        var (status, code, message) = await _mlflow.RefusalAsync(HttpMethod.Post, "experiments/delete", """{"experiment_id": "0"}""");
        Assert.Equal((HttpStatusCode.BadRequest, "INVALID_PARAMETER_VALUE"), (status, code));
        Assert.Contains("always exists", message);
    }

    [Fact]
    public async Task An_experiment_is_made_with_tags_and_found_by_id_and_by_name()
    {
        var name = MlflowClient.Unique("Größe, 大きさ / 50%?");
        var made = await _mlflow.PostAsync(
            "experiments/create",
            new JsonObject { ["name"] = name, ["tags"] = new JsonArray(new JsonObject { ["key"] = "team", ["value"] = "blue" }, new JsonObject { ["key"] = "mlflow.note.content", ["value"] = "*why*" }) }.ToJsonString());
        var id = (string)made["experiment_id"]!;

        var byId = (await _mlflow.GetAsync($"experiments/get?experiment_id={id}"))["experiment"]!;
        var byName = (await _mlflow.GetAsync($"experiments/get-by-name?experiment_name={Uri.EscapeDataString(name)}"))["experiment"]!;

        Assert.Equal(byId.ToJsonString(), byName.ToJsonString());
        Assert.Equal((name, $"mlflow-artifacts:/{id}"), ((string?)byId["name"], (string?)byId["artifact_location"]));
        Assert.Equal(new Dictionary<string, string> { ["team"] = "blue", ["mlflow.note.content"] = "*why*" }, MlflowClient.Pairs(byId["tags"]));
    }

    [Fact]
    public async Task A_name_is_taken_until_its_experiment_is_deleted()
    {
        var name = MlflowClient.Unique("taken");
        var first = await _mlflow.ExperimentAsync(name);
        var body = $$"""{"name": "{{name}}"}""";

        Assert.Equal((HttpStatusCode.BadRequest, "RESOURCE_ALREADY_EXISTS"), Two(await _mlflow.RefusalAsync(HttpMethod.Post, "experiments/create", body)));
        await _mlflow.PostAsync("experiments/delete", $$"""{"experiment_id": "{{first}}"}""");
        Assert.Equal("deleted", (string?)(await _mlflow.GetAsync($"experiments/get-by-name?experiment_name={Uri.EscapeDataString(name)}"))["experiment"]!["lifecycle_stage"]);
        var second = (string)(await _mlflow.PostAsync("experiments/create", body))["experiment_id"]!;
        Assert.NotEqual(first, second);
        Assert.Equal(second, (string?)(await _mlflow.GetAsync($"experiments/get-by-name?experiment_name={Uri.EscapeDataString(name)}"))["experiment"]!["experiment_id"]);
        Assert.Equal((HttpStatusCode.BadRequest, "RESOURCE_ALREADY_EXISTS"), Two(await _mlflow.RefusalAsync(HttpMethod.Post, "experiments/restore", $$"""{"experiment_id": "{{first}}"}""")));
    }

    [Fact]
    public async Task A_deleted_experiment_hides_its_runs_until_it_is_restored()
    {
        var id = await _mlflow.ExperimentAsync();
        var run = await _mlflow.RunAsync(id);
        await _mlflow.PostAsync("experiments/delete", $$"""{"experiment_id": "{{id}}"}""");

        Assert.Equal("deleted", (string?)(await _mlflow.ReadAsync(run))["info"]!["lifecycle_stage"]);
        Assert.Equal("INVALID_PARAMETER_VALUE", (await _mlflow.RefusalAsync(HttpMethod.Post, "runs/create", $$"""{"experiment_id": "{{id}}"}""")).Code);
        Assert.Equal("INVALID_PARAMETER_VALUE", (await _mlflow.RefusalAsync(HttpMethod.Post, "runs/log-parameter", $$"""{"run_id": "{{run}}", "key": "a", "value": "1"}""")).Code);
        await _mlflow.PostAsync("experiments/restore", $$"""{"experiment_id": "{{id}}"}""");
        Assert.Equal("active", (string?)(await _mlflow.ReadAsync(run))["info"]!["lifecycle_stage"]);
    }

    [Fact]
    public async Task An_experiment_is_renamed_and_its_tags_are_set_and_removed()
    {
        var (id, name) = (await _mlflow.ExperimentAsync(), MlflowClient.Unique("renamed"));

        await _mlflow.PostAsync("experiments/update", $$"""{"experiment_id": "{{id}}", "new_name": "{{name}}"}""");
        await _mlflow.PostAsync("experiments/set-experiment-tag", $$"""{"experiment_id": "{{id}}", "key": "a", "value": "1"}""");
        await _mlflow.PostAsync("experiments/set-experiment-tag", $$"""{"experiment_id": "{{id}}", "key": "a", "value": "2"}""");
        await _mlflow.PostAsync("experiments/set-experiment-tag", $$"""{"experiment_id": "{{id}}", "key": "b", "value": "{{new string('x', 5001)}}"}""");
        await _mlflow.PostAsync("experiments/delete-experiment-tag", $$"""{"experiment_id": "{{id}}", "key": "a"}""");

        var experiment = (await _mlflow.GetAsync($"experiments/get?experiment_id={id}"))["experiment"]!;
        Assert.Equal(name, (string?)experiment["name"]);
        Assert.Equal(("b", 5000), (Assert.Single(MlflowClient.Pairs(experiment["tags"])).Key, MlflowClient.Pairs(experiment["tags"])["b"].Length));
        Assert.Equal("RESOURCE_DOES_NOT_EXIST", (await _mlflow.RefusalAsync(HttpMethod.Post, "experiments/delete-experiment-tag", $$"""{"experiment_id": "{{id}}", "key": "a"}""")).Code);
    }

    [Fact]
    public async Task Experiments_are_searched_by_name_and_tags_and_paged()
    {
        var mark = MlflowClient.Unique("search").Replace(' ', '-');
        foreach (var name in new[] { "a", "b", "c" })
        {
            await _mlflow.PostAsync("experiments/create", $$"""{"name": "{{mark}} {{name}}", "tags": [{"key": "mark", "value": "{{mark}}"}, {"key": "{{name}}", "value": "x"}]}""");
        }

        Assert.Equal(["c", "b", "a"], await NamesAsync($"tags.mark = '{mark}'"));
        Assert.Equal(["a", "b", "c"], await NamesAsync($"name LIKE '{mark}%'", """, "order_by": ["name ASC"]"""));
        Assert.Equal(["b"], await NamesAsync($"name ILIKE '{mark.ToUpperInvariant()} B'"));
        Assert.Equal(["c", "a"], await NamesAsync($"tags.mark = '{mark}' AND (tags.a = 'x' OR tags.c = 'x')"));
        Assert.Equal(["c", "b"], await NamesAsync($"tags.mark = '{mark}' AND NOT tags.a = 'x'"));

        var first = await _mlflow.PostAsync("experiments/search", $$"""{"filter": "tags.mark = '{{mark}}'", "max_results": 2}""");
        var second = await _mlflow.GetAsync($"experiments/search?max_results=2&filter={Uri.EscapeDataString($"tags.mark = '{mark}'")}&page_token={Uri.EscapeDataString((string)first["next_page_token"]!)}");
        Assert.Equal(2, first["experiments"]!.AsArray().Count);
        Assert.Equal((1, null), (second["experiments"]!.AsArray().Count, second["next_page_token"]));

        async Task<string[]> NamesAsync(string filter, string more = "") =>
            [.. (await _mlflow.PostAsync("experiments/search", $$"""{"filter": "{{filter}}", "max_results": 10{{more}}}"""))["experiments"]!.AsArray().Select(e => ((string)e!["name"]!).Split(' ')[^1])];
    }

    [Fact]
    public async Task A_study_is_an_experiment_and_its_trial_a_run_that_others_may_only_tag()
    {
        var name = MlflowClient.Unique("mlflow study").Replace(' ', '-');
        await workbench.LaunchAsync(name);
        await workbench.UntilAsync($"/api/studies/{name}", study => (string?)study["state"] == "completed");

        var experiment = (await _mlflow.GetAsync($"experiments/get-by-name?experiment_name={name}"))["experiment"]!;
        var found = await _mlflow.PostAsync("runs/search", $$"""{"experiment_ids": ["{{(string?)experiment["experiment_id"]}}"], "filter": "metrics.val_accuracy > 0 and params.num_hidden = '16'"}""");

        var run = Assert.Single(found["runs"]!.AsArray())!;
        Assert.Equal(("trial-0", "FINISHED"), ((string?)run["info"]!["run_name"], (string?)run["info"]!["status"]));
        Assert.Equal("16", MlflowClient.Pairs(run["data"]!["params"])["num_hidden"]);
        var id = (string)run["info"]!["run_id"]!;
        await _mlflow.PostAsync("runs/set-tag", $$"""{"run_id": "{{id}}", "key": "seen", "value": "yes"}""");
        Assert.Equal("yes", MlflowClient.Pairs((await _mlflow.ReadAsync(id))["data"]!["tags"])["seen"]);
        foreach (var (path, body) in new[]
        {
            ("runs/log-metric", """, "key": "a", "value": 1, "timestamp": 1"""), ("runs/log-parameter", """, "key": "a", "value": "1" """),
            ("runs/log-batch", """, "metrics": [{"key": "a", "value": 1, "timestamp": 1}], "tags": [{"key": "lost", "value": "1"}]"""),
            ("runs/update", """, "status": "FAILED" """), ("runs/delete", ""),
        })
        {
            var (status, code, message) = await _mlflow.RefusalAsync(HttpMethod.Post, path, $$"""{"run_id": "{{id}}"{{body}}}""");
            Assert.Equal((HttpStatusCode.BadRequest, "INVALID_PARAMETER_VALUE"), (status, code));
            Assert.Contains($"a trial of the study '{name}'", message);
        }
        Assert.DoesNotContain("lost", MlflowClient.Pairs((await _mlflow.ReadAsync(id))["data"]!["tags"]).Keys);
    }

    [Theory]
    [InlineData("""{}""", "Missing value for required parameter 'name'")]
    [InlineData("""{"name": 123}""", "Invalid value 123 for parameter 'name' supplied")]
    [InlineData("""{"name": "x", "artifact_location": 9.0}""", "Invalid value 9.0 for parameter 'artifact_location' supplied")]
    [InlineData("""{"name": "x", "tags": "5 tags"}""", "Invalid value \"5 tags\" for parameter 'tags' supplied")]
    [InlineData("""{"name": "x", "artifact_location": "s3://bucket/a#b"}""", "fragments")]
    [InlineData("""{"name": "x\u0000"}""", "cannot be stored")]
    [InlineData("""[]""", "must be a JSON object")]
    [InlineData("""{"name": """, "no JSON")]
    public async Task A_bad_experiment_is_refused_with_a_reason(string body, string said)
    {
        var (status, code, message) = await _mlflow.RefusalAsync(HttpMethod.Post, "experiments/create", body);

        Assert.Equal((HttpStatusCode.BadRequest, "INVALID_PARAMETER_VALUE"), (status, code));
        Assert.Contains(said, message);
    }

    [Theory]
    [InlineData("GET", "experiments/get?experiment_id=999999", "RESOURCE_DOES_NOT_EXIST", HttpStatusCode.NotFound)]
    [InlineData("GET", "experiments/get?experiment_id=x", "INVALID_PARAMETER_VALUE", HttpStatusCode.BadRequest)]
    [InlineData("GET", "experiments/get-by-name?experiment_name=none", "RESOURCE_DOES_NOT_EXIST", HttpStatusCode.NotFound)]
    [InlineData("GET", "experiments/search?filter=colour%20%3D%20'red'", "INVALID_PARAMETER_VALUE", HttpStatusCode.BadRequest)]
    [InlineData("GET", "experiments/search?page_token=nonsense", "INVALID_PARAMETER_VALUE", HttpStatusCode.BadRequest)]
    [InlineData("GET", "experiments/none", "ENDPOINT_NOT_FOUND", HttpStatusCode.NotFound)]
    [InlineData("POST", "/api/2.0/mlflow/traces", "ENDPOINT_NOT_FOUND", HttpStatusCode.NotFound)]
    [InlineData("GET", "/ajax-api/2.0/mlflow/experiments/get?experiment_id=999999", "RESOURCE_DOES_NOT_EXIST", HttpStatusCode.NotFound)]
    public async Task What_is_not_there_is_said_in_the_form_of_MLflow(string method, string path, string code, HttpStatusCode status) =>
        Assert.Equal((status, code), Two(await _mlflow.RefusalAsync(new HttpMethod(method), path, method == "POST" ? "{}" : null)));

    private static (HttpStatusCode Status, string Code) Two((HttpStatusCode Status, string Code, string Message) refusal) => (refusal.Status, refusal.Code);
}
