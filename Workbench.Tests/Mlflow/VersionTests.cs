using System.Net;
using System.Text.Json.Nodes;
using Workbench.Tests.Commands;

namespace Workbench.Tests.Mlflow;

/// <summary>Versions of registered models.</summary>
[Collection(MlflowCollection.Name)]
public class VersionTests(ServedWorkbench workbench)
{
    private readonly MlflowClient _mlflow = new(workbench.Client);

    [Fact]
    public async Task A_copy_of_a_version_is_downloaded_from_where_that_one_is_also_when_it_is_gone()
    {
        var (name, copies) = (await RegisterAsync(), await RegisterAsync());
        await CreateAsync(name, "runs:/run_id/model");

        await CreateAsync(copies, $"models:/{name}/1");
        await CreateAsync(copies, $"models:/{copies}/1");
        await CreateAsync(copies, "models:/absent/7");

        Assert.Equal(
            ("runs:/run_id/model", "runs:/run_id/model", "models:/absent/7"), (await UriAsync(copies, 1), await UriAsync(copies, 2), await UriAsync(copies, 3)));
        Assert.Equal($"models:/{name}/1", (string?)(await _mlflow.GetAsync($"model-versions/get?name={Uri.EscapeDataString(copies)}&version=1"))["model_version"]!["source"]);
        await _mlflow.DeleteAsync("registered-models/delete", $$"""{"name": "{{name}}"}""");
        Assert.Equal("runs:/run_id/model", await UriAsync(copies, 2));
    }

    [Fact]
    public async Task The_source_of_a_version_may_be_the_root_of_all_artifacts()
    {
        var (name, file) = (await RegisterAsync(), $"{Guid.NewGuid():N}.txt");
        using var content = new StringContent("abcdefg");
        (await workbench.Client.PutAsync($"/api/2.0/mlflow-artifacts/artifacts/{file}", content)).EnsureSuccessStatusCode();
        await CreateAsync(name, "mlflow-artifacts:");

        Assert.Equal("abcdefg", await workbench.Client.GetStringAsync($"/model-versions/get-artifact?name={Uri.EscapeDataString(name)}&version=1&path={file}"));
    }

    [Fact]
    public async Task What_becomes_of_a_version_changes_its_model_too()
    {
        var name = await RegisterAsync();
        await CreateAsync(name, "runs:/run_id/model");
        var made = await ChangedAsync(name);

        await _mlflow.PostAsync("model-versions/transition-stage", $$"""{"name": "{{name}}", "version": "1", "stage": "Staging"}""");
        var staged = await ChangedAsync(name);
        Assert.True(staged > made, $"{made} {staged}");

        await _mlflow.PatchAsync("model-versions/update", $$"""{"name": "{{name}}", "version": "1", "description": "good"}""");
        Assert.Equal(staged, await ChangedAsync(name));

        await _mlflow.DeleteAsync("model-versions/delete", $$"""{"name": "{{name}}", "version": "1"}""");
        Assert.True(await ChangedAsync(name) > staged);
    }

    [Fact]
    public async Task A_number_that_is_none_is_refused_in_MLflows_words()
    {
        var refusal = await _mlflow.RefusalAsync(HttpMethod.Get, "model-versions/get?name=any&version=something%20not%20correct");

        Assert.Equal((HttpStatusCode.BadRequest, "INVALID_PARAMETER_VALUE", "Parameter 'version' must be an integer, got 'something not correct'."), refusal);
    }

    [Theory]
    [InlineData("mlflow-artifacts://host:9000/models/artifact%00")]
    [InlineData("mlflow-artifacts://host:9000/models/..%2f..%2fartifacts")]
    [InlineData("s3a://bucket/api/2.0/mlflow-artifacts/artifacts/../../../")]
    [InlineData("dbfs:/run/artifacts/a%3f/../../../../../../../../../../")]
    public async Task A_source_that_leads_elsewhere_is_refused(string source)
    {
        var (status, _, message) = await _mlflow.RefusalAsync(
            HttpMethod.Post, "model-versions/create", new JsonObject { ["name"] = await RegisterAsync(), ["source"] = source }.ToJsonString());

        Assert.Equal(HttpStatusCode.BadRequest, status);
        Assert.Contains("Invalid model version source", message);
        Assert.Contains("If supplying a source as an http, https,", message);
    }

    private async Task<string> RegisterAsync()
    {
        var name = MlflowClient.Unique("model");
        await _mlflow.PostAsync("registered-models/create", $$"""{"name": "{{name}}"}""");
        return name;
    }

    private Task<JsonNode> CreateAsync(string name, string source) => _mlflow.PostAsync("model-versions/create", $$"""{"name": "{{name}}", "source": "{{source}}"}""");

    private async Task<string?> UriAsync(string name, int version) =>
        (string?)(await _mlflow.GetAsync($"model-versions/get-download-uri?name={Uri.EscapeDataString(name)}&version={version}"))["artifact_uri"];

    private async Task<long> ChangedAsync(string name) =>
        (long)(await _mlflow.GetAsync($"registered-models/get?name={Uri.EscapeDataString(name)}"))["registered_model"]!["last_updated_timestamp"]!;
}
