using System.Net;
using System.Text.Json.Nodes;
using Workbench.Tests.Commands;

namespace Workbench.Tests.Mlflow;

[Collection(MlflowCollection.Name)]
public class RegisteredModelTests(ServedWorkbench workbench)
{
    private readonly MlflowClient _mlflow = new(workbench.Client);

    [Fact]
    public async Task A_model_is_registered_described_tagged_renamed_and_deleted()
    {
        var (name, other) = (MlflowClient.Unique("model"), MlflowClient.Unique("renamed model"));
        var made = (await _mlflow.PostAsync("registered-models/create", $$"""{"name": "{{name}}", "description": "first", "tags": [{"key": "a", "value": "1"}]}"""))["registered_model"]!;
        Assert.Equal((name, "first"), ((string?)made["name"], (string?)made["description"]));
        Assert.Null(made["latest_versions"]);
        Assert.Equal("RESOURCE_ALREADY_EXISTS", (await _mlflow.RefusalAsync(HttpMethod.Post, "registered-models/create", $$"""{"name": "{{name}}"}""")).Code);

        await _mlflow.PatchAsync("registered-models/update", $$"""{"name": "{{name}}", "description": "second"}""");
        await _mlflow.PostAsync("registered-models/set-tag", $$"""{"name": "{{name}}", "key": "b", "value": "{{new string('x', 20_000)}}"}""");
        await _mlflow.DeleteAsync("registered-models/delete-tag", $$"""{"name": "{{name}}", "key": "a"}""");
        await _mlflow.PostAsync("registered-models/rename", $$"""{"name": "{{name}}", "new_name": "{{other}}"}""");

        var model = (await _mlflow.GetAsync($"registered-models/get?name={Uri.EscapeDataString(other)}"))["registered_model"]!;
        Assert.Equal("second", (string?)model["description"]);
        Assert.Equal(20_000, Assert.Single(MlflowClient.Pairs(model["tags"])).Value.Length);
        await _mlflow.DeleteAsync("registered-models/delete", $$"""{"name": "{{other}}"}""");
        Assert.Equal("RESOURCE_DOES_NOT_EXIST", (await _mlflow.RefusalAsync(HttpMethod.Get, $"registered-models/get?name={Uri.EscapeDataString(other)}")).Code);
        await _mlflow.PostAsync("registered-models/create", $$"""{"name": "{{other}}"}""");
    }

    [Fact]
    public async Task Versions_get_numbers_that_are_never_given_twice_and_their_aliases_go_with_them()
    {
        var name = await ModelAsync();
        var run = await _mlflow.RunAsync();
        var first = (await _mlflow.PostAsync("model-versions/create", $$"""
            {"name": "{{name}}", "source": "mlflow-artifacts:/0/{{run}}/artifacts/model", "run_id": "{{run}}", "description": "d", "run_link": "http://x/y", "tags": [{"key": "t", "value": "1"}]}
            """))["model_version"]!;
        Assert.Equal(("1", "READY", "None", run, "local", "http://x/y", "d"), (
            (string?)first["version"], (string?)first["status"], (string?)first["current_stage"], (string?)first["run_id"], (string?)first["user_id"], (string?)first["run_link"], (string?)first["description"]));

        await VersionAsync(name);
        await _mlflow.PostAsync("registered-models/alias", $$"""{"name": "{{name}}", "alias": "champion", "version": "2"}""");
        Assert.Equal("2", (string?)(await _mlflow.GetAsync($"registered-models/alias?name={Uri.EscapeDataString(name)}&alias=champion"))["model_version"]!["version"]);
        Assert.Equal("champion", (string?)(await _mlflow.GetAsync($"model-versions/get?name={Uri.EscapeDataString(name)}&version=2"))["model_version"]!["aliases"]![0]);
        await _mlflow.DeleteAsync("model-versions/delete", $$"""{"name": "{{name}}", "version": "2"}""");
        Assert.Equal((HttpStatusCode.BadRequest, "INVALID_PARAMETER_VALUE"), Two(await _mlflow.RefusalAsync(HttpMethod.Get, $"registered-models/alias?name={Uri.EscapeDataString(name)}&alias=champion")));
        Assert.Equal("3", await VersionAsync(name));
        Assert.Equal("RESOURCE_DOES_NOT_EXIST", (await _mlflow.RefusalAsync(HttpMethod.Get, $"model-versions/get?name={Uri.EscapeDataString(name)}&version=2")).Code);

        await _mlflow.PostAsync("registered-models/alias", $$"""{"name": "{{name}}", "alias": "champion", "version": "3"}""");
        await _mlflow.DeleteAsync("registered-models/alias", $$"""{"name": "{{name}}", "alias": "champion"}""");
        await _mlflow.DeleteAsync("registered-models/alias", $$"""{"name": "{{name}}", "alias": "champion"}""");
    }

    [Fact]
    public async Task Stages_are_moved_and_the_last_version_of_each_is_told()
    {
        var name = await ModelAsync();
        foreach (var _ in Enumerable.Range(0, 3))
        {
            await VersionAsync(name);
        }

        await StageAsync("1", "production");
        await StageAsync("2", "Production", """, "archive_existing_versions": true""");
        await StageAsync("3", "STAGING");

        Assert.Equal(["1 Archived", "2 Production", "3 Staging"], await LatestAsync(""));
        Assert.Equal(["2 Production"], await LatestAsync(""", "stages": ["production"]"""));
        Assert.Equal("INVALID_PARAMETER_VALUE", (await _mlflow.RefusalAsync(HttpMethod.Post, "model-versions/transition-stage", $$"""{"name": "{{name}}", "version": "1", "stage": "Shelf"}""")).Code);

        Task StageAsync(string version, string stage, string more = "") =>
            _mlflow.PostAsync("model-versions/transition-stage", $$"""{"name": "{{name}}", "version": "{{version}}", "stage": "{{stage}}"{{more}}}""");
        async Task<string[]> LatestAsync(string more) =>
            [.. (await _mlflow.PostAsync("registered-models/get-latest-versions", $$"""{"name": "{{name}}"{{more}}}"""))["model_versions"]!.AsArray().Select(v => $"{v!["version"]} {v["current_stage"]}").Order()];
    }

    [Fact]
    public async Task A_version_is_described_and_tagged_and_tells_where_its_files_are()
    {
        var name = await ModelAsync();
        await VersionAsync(name);

        await _mlflow.PatchAsync("model-versions/update", $$"""{"name": "{{name}}", "version": "1", "description": "wide"}""");
        await _mlflow.PostAsync("model-versions/set-tag", $$"""{"name": "{{name}}", "version": "1", "key": "a", "value": "1"}""");
        await _mlflow.PostAsync("model-versions/set-tag", $$"""{"name": "{{name}}", "version": "1", "key": "b", "value": "2"}""");
        await _mlflow.DeleteAsync("model-versions/delete-tag", $$"""{"name": "{{name}}", "version": "1", "key": "a"}""");

        var version = (await _mlflow.GetAsync($"model-versions/get?name={Uri.EscapeDataString(name)}&version=1"))["model_version"]!;
        Assert.Equal(("wide", "2"), ((string?)version["description"], Assert.Single(MlflowClient.Pairs(version["tags"])).Value));
        Assert.Equal("s3://bucket/model", (string?)(await _mlflow.GetAsync($"model-versions/get-download-uri?name={Uri.EscapeDataString(name)}&version=1"))["artifact_uri"]);
    }

    [Fact]
    public async Task Models_and_versions_are_searched()
    {
        var mark = MlflowClient.Unique("searched").Replace(' ', '-');
        foreach (var name in new[] { "a", "b", "c" })
        {
            await _mlflow.PostAsync("registered-models/create", $$"""{"name": "{{mark}}-{{name}}", "tags": [{"key": "kind", "value": "{{name}}"}]}""");
            await VersionAsync($"{mark}-{name}");
        }

        Assert.Equal("abc", Names(await _mlflow.GetAsync($"registered-models/search?filter={Uri.EscapeDataString($"name LIKE '{mark}%'")}"), "registered_models"));
        Assert.Equal("cba", Names(await _mlflow.GetAsync($"registered-models/search?filter={Uri.EscapeDataString($"name ILIKE '{mark}%' AND tags.`mlflow.prompt.is_prompt` != 'true'")}&order_by=name%20DESC"), "registered_models"));
        Assert.Equal("b", Names(await _mlflow.GetAsync($"registered-models/search?filter={Uri.EscapeDataString($"name LIKE '{mark}%' and tags.kind = 'b'")}"), "registered_models"));
        var first = await _mlflow.GetAsync($"registered-models/search?max_results=2&filter={Uri.EscapeDataString($"name LIKE '{mark}%'")}");
        Assert.Equal("ab", Names(first, "registered_models"));
        Assert.Equal("c", Names(await _mlflow.GetAsync($"registered-models/search?max_results=2&filter={Uri.EscapeDataString($"name LIKE '{mark}%'")}&page_token={Uri.EscapeDataString((string)first["next_page_token"]!)}"), "registered_models"));
        Assert.Equal("cba", Names(await _mlflow.GetAsync($"model-versions/search?filter={Uri.EscapeDataString($"name LIKE '{mark}%' AND source_path = 's3://bucket/model'")}"), "model_versions"));
        Assert.Equal("a", Names(await _mlflow.GetAsync($"model-versions/search?filter={Uri.EscapeDataString($"name = '{mark}-a' AND version_number = 1")}"), "model_versions"));
        Assert.Equal("INVALID_PARAMETER_VALUE", (await _mlflow.RefusalAsync(HttpMethod.Get, "registered-models/search?max_results=1001")).Code);
        Assert.Equal("INVALID_PARAMETER_VALUE", (await _mlflow.RefusalAsync(HttpMethod.Get, "model-versions/search?max_results=200001")).Code);

        static string Names(JsonNode found, string field) => string.Concat((found[field]?.AsArray() ?? []).Select(item => ((string)item!["name"]!)[^1]));
    }

    [Theory]
    [InlineData("registered-models/create", """{"name": "a/b"}""", "cannot contain")]
    [InlineData("registered-models/create", """{"name": ""}""", "Missing value for required parameter 'name'")]
    [InlineData("model-versions/create", """{"name": "NAME", "source": "/etc/passwd"}""", "local path")]
    [InlineData("model-versions/create", """{"name": "NAME", "source": "file:///etc/passwd"}""", "local path")]
    [InlineData("model-versions/create", """{"name": "NAME", "source": "s3://bucket/../x"}""", "absolute path")]
    [InlineData("model-versions/create", """{"name": "NAME", "source": "s3://bucket/%2e%2e/x"}""", "absolute path")]
    [InlineData("model-versions/create", """{"name": "NAME"}""", "Missing value for required parameter 'source'")]
    [InlineData("registered-models/alias", """{"name": "NAME", "alias": "latest", "version": "1"}""", "taken for a version")]
    [InlineData("registered-models/alias", """{"name": "NAME", "alias": "a", "version": "x"}""", "must be an integer")]
    public async Task What_is_wrong_is_said(string path, string body, string said)
    {
        var name = await ModelAsync();
        await VersionAsync(name);

        var (status, code, message) = await _mlflow.RefusalAsync(HttpMethod.Post, path, body.Replace("NAME", name));

        Assert.Equal((HttpStatusCode.BadRequest, "INVALID_PARAMETER_VALUE"), (status, code));
        Assert.Contains(said, message);
    }

    [Fact]
    public async Task A_version_without_a_model_of_ours_may_be_in_production_and_a_prediction_says_that_it_cannot_answer()
    {
        var name = await ModelAsync();
        await VersionAsync(name);
        await _mlflow.PostAsync("registered-models/alias", $$"""{"name": "{{name}}", "alias": "production", "version": "1"}""");

        using var form = new MultipartFormDataContent { { new ByteArrayContent([1]), "file", "a.png" } };
        using var answer = await workbench.Client.PostAsync($"/api/models/{Uri.EscapeDataString(name)}/predict", form);
        using var model = await workbench.Client.GetAsync($"/api/models/{Uri.EscapeDataString(name)}");

        Assert.Equal((HttpStatusCode.NotFound, HttpStatusCode.OK), (answer.StatusCode, model.StatusCode));
    }

    private async Task<string> ModelAsync()
    {
        var name = MlflowClient.Unique("model");
        await _mlflow.PostAsync("registered-models/create", $$"""{"name": "{{name}}"}""");
        return name;
    }

    private async Task<string> VersionAsync(string name) =>
        (string)(await _mlflow.PostAsync("model-versions/create", $$"""{"name": "{{name}}", "source": "s3://bucket/model"}"""))["model_version"]!["version"]!;

    private static (HttpStatusCode Status, string Code) Two((HttpStatusCode Status, string Code, string Message) refusal) => (refusal.Status, refusal.Code);
}
