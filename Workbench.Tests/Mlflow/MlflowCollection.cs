using System.Diagnostics.CodeAnalysis;
using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using Workbench.Tests.Commands;

namespace Workbench.Tests.Mlflow;

/// <summary>Tests that share one server and ask it as MLflow's clients do.</summary>
[CollectionDefinition(Name)]
[SuppressMessage("Naming", "CA1711", Justification = "xUnit calls it a collection.")]
public sealed class MlflowCollection : ICollectionFixture<ServedWorkbench>
{
    public const string Name = "Mlflow";
}

/// <summary>Asks a server as MLflow's clients do.</summary>
internal sealed class MlflowClient(HttpClient client, string start = "/api/2.0/mlflow")
{
    private static int _last;

    /// <summary>A name that no other test has.</summary>
    public static string Unique(string name) => FormattableString.Invariant($"{name} {Interlocked.Increment(ref _last)}");

    public Task<JsonNode> PostAsync(string path, string json) => SendAsync(HttpMethod.Post, path, json);

    public Task<JsonNode> PatchAsync(string path, string json) => SendAsync(HttpMethod.Patch, path, json);

    public Task<JsonNode> DeleteAsync(string path, string json) => SendAsync(HttpMethod.Delete, path, json);

    public Task<JsonNode> GetAsync(string path) => SendAsync(HttpMethod.Get, path, null);

    /// <summary>What is answered to a request that is refused.</summary>
    public async Task<(HttpStatusCode Status, string Code, string Message)> RefusalAsync(HttpMethod method, string path, string? json = null)
    {
        var (status, text) = await AnswerAsync(method, path, json);
        Assert.True(status >= HttpStatusCode.BadRequest, text);
        var error = JsonNode.Parse(text)!;
        return (status, (string)error["error_code"]!, (string)error["message"]!);
    }

    public async Task<string> ExperimentAsync(string? name = null) =>
        (string)(await PostAsync("experiments/create", new JsonObject { ["name"] = name ?? Unique("experiment") }.ToJsonString()))["experiment_id"]!;

    public async Task<string> RunAsync(string? experiment = null, string more = "") =>
        (string)(await PostAsync("runs/create", $$"""{"experiment_id": "{{experiment ?? await ExperimentAsync()}}", "start_time": 1{{more}}}"""))["run"]!["info"]!["run_id"]!;

    public async Task<JsonNode> ReadAsync(string run) => (await GetAsync($"runs/get?run_id={run}"))["run"]!;

    public static Dictionary<string, string> Pairs(JsonNode? list) =>
        (list?.AsArray() ?? []).ToDictionary(pair => (string)pair!["key"]!, pair => (string)pair!["value"]!);

    private async Task<JsonNode> SendAsync(HttpMethod method, string path, string? json)
    {
        var (status, text) = await AnswerAsync(method, path, json);
        Assert.True(status == HttpStatusCode.OK, $"{method} {path} {json}: {(int)status} {text}");
        return JsonNode.Parse(text)!;
    }

    private async Task<(HttpStatusCode Status, string Text)> AnswerAsync(HttpMethod method, string path, string? json)
    {
        using var request = new HttpRequestMessage(method, path.StartsWith('/') ? path : $"{start}/{path}");
        if (json is not null)
        {
            request.Content = new StringContent(json, Encoding.UTF8, "application/json");
        }
        using var response = await client.SendAsync(request);
        return (response.StatusCode, await response.Content.ReadAsStringAsync());
    }
}
