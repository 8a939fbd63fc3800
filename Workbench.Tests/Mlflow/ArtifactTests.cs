using System.Net;
using System.Security.Cryptography;
using System.Text.Json.Nodes;
using Workbench.Tests.Commands;

namespace Workbench.Tests.Mlflow;

[Collection(MlflowCollection.Name)]
public class ArtifactTests(ServedWorkbench workbench)
{
    private const string Artifacts = "/api/2.0/mlflow-artifacts/artifacts";

    private readonly MlflowClient _mlflow = new(workbench.Client);

    [Fact]
    public async Task Files_of_a_run_are_kept_listed_sent_and_removed()
    {
        var (run, root) = await RunAsync();
        var content = RandomNumberGenerator.GetBytes(100_000);
        foreach (var name in new[] { "model.bin", ".hidden", "plots/loss.png", "plots/deep/größe 大.txt", "100%25 sure%23%3F.txt" })
        {
            await PutAsync($"{root}/{name}", content);
        }

        Assert.Equal([".hidden", "100% sure#?.txt", "model.bin", "plots/"], await NamesAsync($"{Artifacts}?path={root}"));
        Assert.Equal(["deep/", "loss.png"], await NamesAsync($"{Artifacts}?path={root}/plots"));
        Assert.Equal(["plots/deep/", "plots/loss.png"], await NamesAsync($"/api/2.0/mlflow/artifacts/list?run_id={run}&path=plots"));
        Assert.Empty(await NamesAsync($"{Artifacts}?path={root}/model.bin"));
        Assert.Empty(await NamesAsync($"{Artifacts}?path={root}/none"));
        Assert.Equal($"mlflow-artifacts:/{root}", (string?)(await _mlflow.GetAsync($"artifacts/list?run_id={run}"))["root_uri"]);

        using var sent = await workbench.Client.GetAsync($"{Artifacts}/{root}/plots/deep/gr%C3%B6%C3%9Fe%20%E5%A4%A7.txt");
        Assert.Equal(content, await sent.Content.ReadAsByteArrayAsync());
        Assert.Equal(("attachment", content.Length), (sent.Content.Headers.ContentDisposition!.DispositionType, sent.Content.Headers.ContentLength));
        Assert.Equal("nosniff", Assert.Single(sent.Headers.GetValues("X-Content-Type-Options")));
        Assert.Equal(content, await workbench.Client.GetByteArrayAsync($"/get-artifact?run_uuid={run}&path=plots/loss.png"));

        await _mlflow.DeleteAsync($"{Artifacts}/{root}/plots", "");
        await _mlflow.DeleteAsync($"{Artifacts}/{root}/none", "");
        Assert.Equal([".hidden", "100% sure#?.txt", "model.bin"], await NamesAsync($"/ajax-api/2.0/mlflow-artifacts/artifacts?path={root}"));
        Assert.Equal((HttpStatusCode.NotFound, "RESOURCE_DOES_NOT_EXIST"), Two(await _mlflow.RefusalAsync(HttpMethod.Get, $"{Artifacts}/{root}/plots/loss.png")));
    }

    [Fact]
    public async Task An_empty_file_whose_length_is_not_said_and_one_beyond_every_limit_are_kept()
    {
        var (_, root) = await RunAsync();
        using var empty = new HttpRequestMessage(HttpMethod.Put, $"{Artifacts}/{root}/empty") { Content = new StreamContent(new MemoryStream()) };
        empty.Headers.TransferEncodingChunked = true;
        Assert.Equal(HttpStatusCode.OK, (await workbench.Client.SendAsync(empty)).StatusCode);
        var content = RandomNumberGenerator.GetBytes(40_000_000);

        await PutAsync($"{root}/large", content);

        Assert.Equal(SHA256.HashData(content), SHA256.HashData(await workbench.Client.GetByteArrayAsync($"{Artifacts}/{root}/large")));
        Assert.Empty(await workbench.Client.GetByteArrayAsync($"{Artifacts}/{root}/empty"));
    }

    [Fact]
    public async Task What_cannot_be_kept_is_refused_for_good()
    {
        var (run, root) = await RunAsync();
        await PutAsync($"{root}/a", [1]);

        foreach (var path in new[] { $"{root}/a/b", $"{root}", $"{root}/x%5Cy", $"{root}/{new string('n', 300)}" })
        {
            Assert.Equal((HttpStatusCode.BadRequest, "INVALID_PARAMETER_VALUE"), Two(await _mlflow.RefusalAsync(HttpMethod.Put, $"{Artifacts}/{path}", "x")));
        }
        Assert.Equal("INVALID_PARAMETER_VALUE", (await _mlflow.RefusalAsync(HttpMethod.Get, $"artifacts/list?run_id={run}&path=../..")).Code);
        Assert.Equal("INVALID_PARAMETER_VALUE", (await _mlflow.RefusalAsync(HttpMethod.Get, $"{Artifacts}?path=../x")).Code);
        Assert.Equal((HttpStatusCode.NotImplemented, "NOT_IMPLEMENTED"), Two(await _mlflow.RefusalAsync(HttpMethod.Post, $"/api/2.0/mlflow-artifacts/mpu/create/{root}/big", "{}")));
    }

    [Fact]
    public async Task A_model_is_logged_as_MLflow_3_does()
    {
        var experiment = await _mlflow.ExperimentAsync();
        var run = await _mlflow.RunAsync(experiment);
        var made = (await _mlflow.PostAsync("logged-models", $$"""
            {"experiment_id": "{{experiment}}", "name": "model", "source_run_id": "{{run}}", "params": [{"key": "depth", "value": "3"}], "tags": [{"key": "a", "value": "1"}]}
            """))["model"]!;
        var (id, uri) = ((string)made["info"]!["model_id"]!, (string)made["info"]!["artifact_uri"]!);
        Assert.Matches("^m-[0-9a-f]{32}$", id);
        Assert.Equal(($"mlflow-artifacts:/{experiment}/models/{id}/artifacts", "LOGGED_MODEL_PENDING"), (uri, (string?)made["info"]!["status"]));

        await PutAsync($"{uri["mlflow-artifacts:/".Length..]}/MLmodel", [1, 2, 3]);
        await _mlflow.PatchAsync($"logged-models/{id}", $$"""{"model_id": "{{id}}", "status": "LOGGED_MODEL_READY"}""");
        await _mlflow.PatchAsync($"logged-models/{id}/tags", $$"""{"tags": [{"key": "mlflow.user", "value": "ana"}]}""");
        await _mlflow.PostAsync($"logged-models/{id}/params", """{"params": [{"key": "width", "value": "9"}]}""");
        await _mlflow.PostAsync("runs/outputs", $$"""{"run_id": "{{run}}", "models": [{"model_id": "{{id}}", "step": 7}]}""");
        await _mlflow.PostAsync("runs/log-metric", $$"""{"run_id": "{{run}}", "key": "acc", "value": 0.5, "timestamp": 1, "model_id": "{{id}}", "dataset_name": "digits", "dataset_digest": "d"}""");
        var name = MlflowClient.Unique("logged");
        await _mlflow.PostAsync("registered-models/create", $$"""{"name": "{{name}}"}""");
        await _mlflow.PostAsync("model-versions/create", $$"""{"name": "{{name}}", "source": "models:/{{id}}", "run_id": "{{run}}", "model_id": "{{id}}"}""");

        var model = (await _mlflow.GetAsync($"logged-models/{id}"))["model"]!;
        Assert.Equal("LOGGED_MODEL_READY", (string?)model["info"]!["status"]);
        Assert.Equal(
            new Dictionary<string, string> { ["a"] = "1", ["mlflow.user"] = "ana", ["mlflow.modelVersions"] = $$"""[{"name": "{{name}}", "version": 1}]""" },
            MlflowClient.Pairs(model["info"]!["tags"]));
        Assert.Equal(new Dictionary<string, string> { ["depth"] = "3", ["width"] = "9" }, MlflowClient.Pairs(model["data"]!["params"]));
        Assert.Equal((0.5, "digits"), ((double)model["data"]!["metrics"]![0]!["value"]!, (string?)model["data"]!["metrics"]![0]!["dataset_name"]));
        Assert.Equal((id, 7), ((string?)(await _mlflow.ReadAsync(run))["outputs"]!["model_outputs"]![0]!["model_id"], (long)(await _mlflow.ReadAsync(run))["outputs"]!["model_outputs"]![0]!["step"]!));
        Assert.Equal(uri, (string?)(await _mlflow.GetAsync($"model-versions/get-download-uri?name={Uri.EscapeDataString(name)}&version=1"))["artifact_uri"]);
        Assert.Equal(new byte[] { 1, 2, 3 }, await workbench.Client.GetByteArrayAsync($"/model-versions/get-artifact?name={Uri.EscapeDataString(name)}&version=1&path=MLmodel"));
        Assert.Equal(["MLmodel"], await NamesAsync($"/api/2.0/mlflow/logged-models/{id}/artifacts/directories"));

        await _mlflow.DeleteAsync($"logged-models/{id}/tags/a", "{}");
        await _mlflow.DeleteAsync($"logged-models/{id}", "{}");
        Assert.Equal((HttpStatusCode.NotFound, "RESOURCE_DOES_NOT_EXIST"), Two(await _mlflow.RefusalAsync(HttpMethod.Get, $"logged-models/{id}")));
    }

    [Fact]
    public async Task Logged_models_are_searched_from_the_first_day()
    {
        var experiment = await _mlflow.ExperimentAsync();
        Assert.Equal("{}", (await SearchAsync("")).ToJsonString());
        foreach (var name in new[] { "a", "b", "c" })
        {
            await _mlflow.PostAsync("logged-models", $$"""{"experiment_id": "{{experiment}}", "name": "{{name}}", "params": [{"key": "n", "value": "{{name}}"}]}""");
        }

        Assert.Equal(["b"], Names(await SearchAsync(""", "filter": "name = 'b' AND params.n = 'b'" """)));
        Assert.Equal(["c", "b", "a"], Names(await SearchAsync("")));
        Assert.Equal(["a", "b", "c"], Names(await SearchAsync(""", "order_by": [{"field_name": "name", "ascending": true}]""")));
        var first = await SearchAsync(""", "max_results": 2""");
        Assert.Equal(["a"], Names(await SearchAsync($$""", "max_results": 2, "page_token": "{{(string?)first["next_page_token"]}}" """)));

        Task<JsonNode> SearchAsync(string more) => _mlflow.PostAsync("logged-models/search", $$"""{"experiment_ids": ["{{experiment}}"]{{more}} }""");
        static string[] Names(JsonNode found) => [.. found["models"]!.AsArray().Select(model => (string)model!["info"]!["name"]!)];
    }

    [Fact]
    public async Task Logged_models_are_searched_by_what_they_reached_on_a_dataset()
    {
        var experiment = await _mlflow.ExperimentAsync();
        var run = await _mlflow.RunAsync(experiment);
        foreach (var (name, train, test) in new[] { ("a", 0.9, 0.5), ("b", 0.8, 0.7) })
        {
            var model = (string)(await _mlflow.PostAsync("logged-models", $$"""{"experiment_id": "{{experiment}}", "name": "{{name}}"}"""))["model"]!["info"]!["model_id"]!;
            await LogAsync(model, "train", train);
            await LogAsync(model, "test", test);
        }
        await _mlflow.PostAsync("logged-models", $$"""{"experiment_id": "{{experiment}}", "name": "c"}""");

        Assert.Equal(["b", "a"], await NamesAsync("""[{"dataset_name": "test", "dataset_digest": "1"}]""", ""));
        Assert.Equal(["b"], await NamesAsync("""[{"dataset_name": "test"}]""", "metrics.acc > 0.6"));
        Assert.Equal(["b", "a"], await NamesAsync("""[{"dataset_name": "train"}]""", "metrics.acc > 0.6"));
        Assert.Empty(await NamesAsync("""[{"dataset_name": "test", "dataset_digest": "2"}]""", ""));
        Assert.Equal("INVALID_PARAMETER_VALUE", (await _mlflow.RefusalAsync(
            HttpMethod.Post, "logged-models/search", $$"""{"experiment_ids": ["{{experiment}}"], "datasets": [{"dataset_digest": "1"}]}""")).Code);

        Task LogAsync(string model, string dataset, double value) => _mlflow.PostAsync("runs/log-batch", new JsonObject
        {
            ["run_id"] = run,
            ["metrics"] = new JsonArray(new JsonObject
            {
                ["key"] = "acc",
                ["value"] = value,
                ["timestamp"] = 1,
                ["step"] = dataset.Length,
                ["model_id"] = model,
                ["dataset_name"] = dataset,
                ["dataset_digest"] = "1",
            }),
        }.ToJsonString());

        async Task<IEnumerable<string>> NamesAsync(string datasets, string filter) =>
            ((await _mlflow.PostAsync("logged-models/search", $$"""{"experiment_ids": ["{{experiment}}"], "datasets": {{datasets}}, "filter": "{{filter}}"}"""))["models"]?.AsArray() ?? [])
            .Select(model => (string)model!["info"]!["name"]!);
    }

    [Fact]
    public async Task A_model_is_logged_as_MLflow_2_does()
    {
        var (run, root) = await RunAsync();
        foreach (var name in new[] { "MLmodel", "model.pkl", "requirements.txt" })
        {
            await PutAsync($"{root}/model/{name}", [1]);
        }
        var info = """{"artifact_path": "model", "flavors": {"python_function": {}}, "utc_time_created": "2026-01-01", "run_id": "RUN", "signature": {}}""".Replace("RUN", run);
        await _mlflow.PostAsync("runs/log-model", new JsonObject { ["run_id"] = run, ["model_json"] = info }.ToJsonString());
        await _mlflow.PostAsync("runs/log-model", new JsonObject { ["run_id"] = run, ["model_json"] = info }.ToJsonString());

        var history = JsonNode.Parse(MlflowClient.Pairs((await _mlflow.ReadAsync(run))["data"]!["tags"])["mlflow.log-model.history"])!.AsArray();
        Assert.Equal((2, "model", null), (history.Count, (string?)history[0]!["artifact_path"], history[0]!["signature"]));
        var (_, code, message) = await _mlflow.RefusalAsync(HttpMethod.Post, "runs/log-model", $$"""{"run_id": "{{run}}", "model_json": "{}"}""");
        Assert.Equal("INVALID_PARAMETER_VALUE", code);
        Assert.Contains("artifact_path", message);
        var name2 = MlflowClient.Unique("logged by 2");
        await _mlflow.PostAsync("registered-models/create", $$"""{"name": "{{name2}}"}""");
        await _mlflow.PostAsync("model-versions/create", $$"""{"name": "{{name2}}", "source": "mlflow-artifacts:/{{root}}/model", "run_id": "{{run}}"}""");
        Assert.Equal(new byte[] { 1 }, await workbench.Client.GetByteArrayAsync($"/model-versions/get-artifact?name={Uri.EscapeDataString(name2)}&version=1&path=MLmodel"));
    }

    [Fact]
    public async Task What_runs_read_is_listed_for_an_experiment()
    {
        var experiment = await _mlflow.ExperimentAsync();
        var run = await _mlflow.RunAsync(experiment);
        const string Input = """{"tags": [{"key": "mlflow.data.context", "value": "train"}], "dataset": {"name": "digits", "digest": "d1", "source_type": "http", "source": "{}"}}""";
        await _mlflow.PostAsync("runs/log-inputs", $$"""{"run_id": "{{run}}", "datasets": [{{Input}}]}""");
        await _mlflow.PostAsync("runs/log-inputs", $$"""{"run_id": "{{run}}", "datasets": [{{Input}}]}""");

        var input = Assert.Single((await _mlflow.ReadAsync(run))["inputs"]!["dataset_inputs"]!.AsArray())!;
        Assert.Equal(("digits", "train"), ((string?)input["dataset"]!["name"], MlflowClient.Pairs(input["tags"])["mlflow.data.context"]));
        var summary = Assert.Single((await _mlflow.PostAsync("/ajax-api/2.0/mlflow/experiments/search-datasets", $$"""{"experiment_ids": ["{{experiment}}"]}"""))["dataset_summaries"]!.AsArray())!;
        Assert.Equal((experiment, "digits", "d1", "train"), ((string?)summary["experiment_id"], (string?)summary["name"], (string?)summary["digest"], (string?)summary["context"]));
    }

    private async Task<(string Run, string Root)> RunAsync()
    {
        var experiment = await _mlflow.ExperimentAsync();
        var run = await _mlflow.RunAsync(experiment);
        return (run, $"{experiment}/{run}/artifacts");
    }

    private async Task PutAsync(string path, byte[] content)
    {
        using var answer = await workbench.Client.PutAsync($"{Artifacts}/{path}", new ByteArrayContent(content));
        Assert.Equal("{}", await answer.Content.ReadAsStringAsync());
    }

    private async Task<string[]> NamesAsync(string path) =>
        [.. ((await _mlflow.GetAsync(path))["files"]?.AsArray() ?? []).Select(file => (string)file!["path"]! + ((bool)file["is_dir"]! ? "/" : ""))];

    private static (HttpStatusCode Status, string Code) Two((HttpStatusCode Status, string Code, string Message) refusal) => (refusal.Status, refusal.Code);
}
