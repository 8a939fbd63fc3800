using System.Globalization;
using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Workbench.Core.Preparations;
using Workbench.Tests.Commands;

namespace Workbench.Tests.Api;

[Collection(ServedCollection.Name)]
public class ApiTests(ServedWorkbench workbench)
{
    private readonly HttpClient _client = workbench.Client;

    [Fact]
    public async Task The_whole_story_by_HTTP()
    {
        var launched = await _client.PostAsJsonAsync(
            "/api/studies", new JsonObject { ["name"] = "a story", ["trials"] = 3, ["jobs"] = 2, ["searchSpace"] = ServedWorkbench.Quick });
        Assert.Equal(HttpStatusCode.Created, launched.StatusCode);
        Assert.Equal("/api/studies/a%20story", launched.Headers.Location!.ToString());
        var study = await workbench.UntilAsync("/api/studies/a%20story", study => (string?)study["state"] == "completed");
        Assert.Equal(3, (int)study["counts"]!["complete"]!);
        Assert.InRange((double)study["best"]!["value"]!, 0.9, 1);

        var trials = await JsonAsync("/api/studies/a%20story/trials");
        Assert.Equal([0, 1, 2], trials.AsArray().Select(trial => (int)trial!["number"]!));
        var run = await JsonAsync($"/api/runs/{trials[0]!["run"]}");
        Assert.Equal(("trial-0", "trial", "complete"), ((string?)run["name"], (string?)run["kind"], (string?)run["state"]));
        Assert.Equal(8, (await JsonAsync($"/api/runs/{trials[0]!["run"]}/metrics")).AsArray().Count);

        var table = (await _client.GetStringAsync("/api/studies/a%20story/trials.csv?filter=val_accuracy%3E0.5%20and%20number%3C2&sort=-number&columns=number,num_hidden")).Split("\r\n");
        Assert.Equal(["number,num_hidden", "1,16", "0,16", ""], table);
        Assert.Equal(2, (int)(await JsonAsync("/api/studies/a%20story/trials.json?columns=number&filter=number=2"))[0]!["number"]!);
        Assert.Equal([1, 2], (await JsonAsync("/api/studies/a%20story/trials?filter=number>0")).AsArray().Select(trial => (int)trial!["number"]!));

        // Another test of this server may have built a model before.
        var before = Builds(await _client.GetStringAsync("/metrics"));
        var promoted = await RepeatAsync("build", "/api/studies/a%20story/promote", null);
        Assert.Equal(HttpStatusCode.Accepted, promoted.Status);
        Assert.Equal(1, (int)JsonNode.Parse(promoted.Body)!["version"]!);
        var model = await workbench.UntilAsync("/api/models/a%20story", model => (string?)model["versions"]![0]!["state"] == "ready");
        Assert.Equal(1, (int)model["aliases"]!["production"]!);

        var (png, label) = Digits.Mnist(0);
        var predicted = await _client.PostAsync("/predict", Digits.Form(png));
        var prediction = JsonNode.Parse(await predicted.Content.ReadAsStringAsync())!;
        Assert.Equal((label, "a story", 1), ((int)prediction["prediction"]!, (string?)prediction["model"], (int)prediction["version"]!));
        Assert.Equal(10, prediction["probabilities"]!.AsArray().Count);

        var metrics = await _client.GetStringAsync("/metrics");
        Assert.Matches("""(?m)^workbench_predictions_total\{.*workbench_model="a story".*\} 1""", metrics);
        Assert.Equal(before + 1, Builds(metrics));
        Assert.Matches("""(?m)^workbench_epoch_duration_seconds_count\{""", metrics);
        Assert.Matches("""(?m)^workbench_queue_length\{.*workbench_queue="trials".*\} 0""", metrics);

        // What is downloaded answers as the server does, in ONNX Runtime without any of the server's code.
        var answered = OnnxClient.Predict(
            await _client.GetByteArrayAsync("/api/models/a%20story/versions/1/download"), new DigitPreparation().Prepare(png), 1, 28, 28);
        Assert.Equal(prediction["probabilities"]!.AsArray().Select(value => (float)value!), answered, (one, other) => Math.Abs(one - other) < 1e-4);
        var build = $"/api/runs/{model["versions"]![0]!["run"]}/artifacts";
        Assert.Equal(["manifest.json", "model.onnx"], (await JsonAsync(build)).AsArray().Select(file => (string)file!["path"]!));
        Assert.Equal((long)model["versions"]![0]!["sizeBytes"]!, (await _client.GetByteArrayAsync($"{build}/model.onnx")).LongLength);
        Assert.Equal(HttpStatusCode.NotFound, (await _client.GetAsync($"{build}/..%2F1%2Fmanifest.json")).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await _client.GetAsync($"{build}/other.bin")).StatusCode);

        Assert.Equal(HttpStatusCode.NoContent, (await _client.PutAsJsonAsync(
            "/api/models/a%20story/aliases/production", new JsonObject { ["version"] = 1 })).StatusCode);
        Assert.Equal(HttpStatusCode.NoContent, (await _client.PutAsJsonAsync(
            "/api/models/a%20story/aliases/champion", new JsonObject { ["version"] = 1 })).StatusCode);
        Assert.Equal(1, (int)(await JsonAsync("/api/models/a%20story"))["aliases"]!["champion"]!);
        using var refused = await _client.PutAsJsonAsync("/api/models/a%20story/aliases/v2", new JsonObject { ["version"] = 1 });
        Assert.Equal(HttpStatusCode.BadRequest, refused.StatusCode);
        Assert.NotNull(JsonNode.Parse(await refused.Content.ReadAsStringAsync())!["errors"]!["alias"]);
        Assert.Equal(HttpStatusCode.NoContent, (await _client.DeleteAsync("/api/models/a%20story/aliases/champion")).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await _client.DeleteAsync("/api/models/a%20story/aliases/champion")).StatusCode);
        Assert.Equal("""{"production":1}""", (await JsonAsync("/api/models/a%20story"))["aliases"]!.ToJsonString());
        Assert.Equal(HttpStatusCode.OK, (await _client.PostAsJsonAsync(
            "/api/studies", new JsonObject { ["name"] = "a story", ["trials"] = 1 })).StatusCode);
        Assert.Equal(HttpStatusCode.NoContent, (await _client.DeleteAsync("/api/studies/a%20story")).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await _client.GetAsync("/api/studies/a%20story")).StatusCode);
    }

    [Theory]
    [InlineData("""{"trials": 3}""", "name", "needs a name")]
    [InlineData("""{"name": "x", "trials": 0}""", "trials", "trials is 0; it must be from 1 to 100000")]
    [InlineData("""{"name": "x", "trials": "many"}""", "trials", "wrong kind")]
    [InlineData("""{"name": "x", "trials": 3, "jobs": 99}""", "jobs", "from 1 to 64")]
    [InlineData("""{"name": "x", "trials": 3, "pipeline": "resnet"}""", "pipeline", "transfer, cnn")]
    [InlineData("""{"name": "x", "trials": 3, "dataset": "cifar"}""", "dataset", "mnist")]
    [InlineData("""{"name": "x", "trials": 3, "sampler": "bayes"}""", "sampler", "tpe")]
    [InlineData("""{"name": "x", "trials": 3, "sampler": {"type": "tpe", "gama": 0.1}}""", "gama", "gamma")]
    [InlineData("""{"name": "x", "trials": 3, "searchSpace": {"lr": {"type": "float", "low": 2, "high": 1}}}""", "lr", "above high")]
    [InlineData("""{"name": "x", "trials": 3, "split": {"validation": 1.5}}""", "split", "1.5")]
    [InlineData("""{"name": "x", "trials": 3, "seed": -1}""", "seed", "negative")]
    [InlineData("""{"name": "x", "trials": 3, "sampler": {"type": "tpe", "gamma": 7}}""", "sampler.gamma", "7 is not possible; it has to be above 0 and below 1")]
    [InlineData("""{"name": "x", "trials": 3, "pruner": {"type": "hyperband", "eta": 1}}""", "pruner.eta", "1 is not possible; it has to be at least 2")]
    [InlineData("""{"name": "x", "trials": 3, "stopping": {"seconds": -5}}""", "stopping.seconds", "-5 is not possible; it has to be above 0")]
    [InlineData("""{"name": "x", "trials": 3, "stopping": {"patience": 0}}""", "stopping.patience", "0 is not possible; it has to be at least 1")]
    [InlineData("""{"name": "x", "trials": 3, "stopping": {"target": "high"}}""", "stopping.target", "wrong kind")]
    [InlineData("""{"name": "x", "trials": 3, "stopping": {"timeout": 5}}""", "stopping.timeout", "no field 'timeout'")]
    [InlineData("""{"name": "x", "trials": 3, "warmStart": "none"}""", "warmStart", "There is no study named 'none'")]
    [InlineData("""{"name": "x", "trials": 3, "enqueue": [{}, {"epochs": 99}]}""", "enqueue[1].epochs", "enqueue[1]: epochs: 99 is not possible; it lies from 3 to 10")]
    [InlineData("""{"name": "x", "trials": 3, "enqueue": [{"depth": 9}]}""", "enqueue[0].depth", "not in the search space, which has learning_rate")]
    [InlineData("""{"name": "x", "trials": 3, "enqueue": [null]}""", "enqueue[0]", "enqueue[0] is null")]
    [InlineData("""{"name": "x", "trials": 3, "enqueue": {"epochs": 3}}""", "enqueue", "wrong kind")]
    [InlineData("""{"name": "x", "trials": 3, "searchSpace": {"epochs": {"type": "int", "low": 1, "high": 3}}}""", "searchSpace.learning_rate", "learning_rate: missing; the pipeline 'transfer' needs")]
    [InlineData("""{"name": "x", "trials": 3, "searchSpace": {"o\u0000pt": {"type": "fixed", "value": 3}}}""", "searchSpace.o\0pt", "holds the character NUL")]
    [InlineData("""{"name": "x", "trials": 3, "searchSpace": {"opt": {"type": "fixed", "value": "\ud800"}}}""", "searchSpace", "")]
    [InlineData("""{"name": "x", "trials": 3, "warmStart": "a\u0000b"}""", "warmStart", "holds the character NUL")]
    [InlineData("""{"name": "x\u0000", "trials": 3}""", "name", "must start with a letter or digit and hold only letters")]
    [InlineData("""{"name": "x", "trils": 3}""", "trils", "no field 'trils'")]
    public async Task A_bad_field_is_named_with_what_would_be_right(string body, string field, string said)
    {
        using var response = await _client.PostAsync("/api/studies", new StringContent(body, Encoding.UTF8, "application/json"));

        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        Assert.Equal("application/problem+json", response.Content.Headers.ContentType!.MediaType);
        var problem = JsonNode.Parse(await response.Content.ReadAsStringAsync())!;
        Assert.Contains(said, (string?)problem["detail"]);
        Assert.Contains(said, (string?)problem["errors"]![field]![0]);
    }

    [Theory]
    [InlineData("GET", "/api/studies/none")]
    [InlineData("GET", "/api/studies/half%ED%A0%80")]
    [InlineData("POST", "/api/studies/none/stop")]
    [InlineData("POST", "/api/studies/none/promote")]
    [InlineData("GET", "/api/studies/none/importance")]
    [InlineData("DELETE", "/api/studies/none")]
    [InlineData("GET", "/api/runs/999999")]
    [InlineData("GET", "/api/runs/999999/metrics")]
    [InlineData("GET", "/api/models/none")]
    [InlineData("GET", "/api/models/none/versions/1/download")]
    [InlineData("DELETE", "/api/models/none/aliases/champion")]
    [InlineData("GET", "/api/nowhere")]
    public async Task What_does_not_exist_is_a_404_with_problem_details(string method, string path)
    {
        using var response = await _client.SendAsync(new HttpRequestMessage(new HttpMethod(method), path));

        Assert.Equal(HttpStatusCode.NotFound, response.StatusCode);
        Assert.Equal("application/problem+json", response.Content.Headers.ContentType?.MediaType);
    }

    [Fact]
    public async Task A_request_with_an_idempotency_key_is_carried_out_once_and_another_under_it_is_a_422()
    {
        static JsonObject Study(int trials) => new() { ["name"] = "once", ["trials"] = trials, ["jobs"] = 1, ["searchSpace"] = ServedWorkbench.Quick };
        var (status, body) = await RepeatAsync("launch", "/api/studies", Study(3));

        using var other = await PostAsync("launch", "/api/studies", Study(4));

        Assert.Equal((HttpStatusCode.Created, 3), (status, (int)JsonNode.Parse(body)!["trialsRequested"]!));
        Assert.Equal(3, (int)(await JsonAsync("/api/studies/once"))["trialsRequested"]!);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, other.StatusCode);
        Assert.NotNull(JsonNode.Parse(await other.Content.ReadAsStringAsync())!["errors"]!["Idempotency-Key"]);
        var enqueued = await RepeatAsync("enqueue", "/api/studies/once/trials", new JsonObject { ["params"] = new JsonArray(new JsonObject(), new JsonObject()) });
        Assert.Equal(HttpStatusCode.Accepted, enqueued.Status);
        await _client.DeleteAsync("/api/studies/once");
    }

    // The second time in quotes, as the draft has it.
    private async Task<(HttpStatusCode Status, string Body)> RepeatAsync(string key, string path, JsonNode? body)
    {
        using var first = await PostAsync(key, path, body);
        using var second = await PostAsync($"\"{key}\"", path, body);
        var answer = (first.StatusCode, await first.Content.ReadAsStringAsync());
        Assert.Equal(answer, (second.StatusCode, await second.Content.ReadAsStringAsync()));
        return answer;
    }

    private async Task<HttpResponseMessage> PostAsync(string key, string path, JsonNode? body)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, path);
        request.Headers.Add("Idempotency-Key", key);
        request.Content = body is null ? null : JsonContent.Create(body);
        return await _client.SendAsync(request);
    }

    [Fact]
    public async Task A_study_that_exists_with_another_configuration_is_a_409()
    {
        await workbench.LaunchAsync("mine");

        using var response = await _client.PostAsJsonAsync("/api/studies", new JsonObject { ["name"] = "mine", ["trials"] = 1, ["seed"] = 2 });

        Assert.Equal(HttpStatusCode.Conflict, response.StatusCode);
        Assert.Contains("seed: 1, not 2", await response.Content.ReadAsStringAsync());
        await _client.DeleteAsync("/api/studies/mine");
    }

    [Fact]
    public async Task A_search_is_steered_by_HTTP()
    {
        var request = new JsonObject
        {
            ["name"] = "steered",
            ["trials"] = 50,
            ["jobs"] = 1,
            ["searchSpace"] = ServedWorkbench.Quick,
            ["stopping"] = new JsonObject { ["patience"] = 5, ["seconds"] = 3600 },
            ["enqueue"] = new JsonArray(new JsonObject { ["learning_rate"] = 0.002 }),
        };
        await _client.PostAsJsonAsync("/api/studies", request);
        using var added = await _client.PostAsJsonAsync("/api/studies/steered/trials", new JsonObject
        {
            ["params"] = new JsonArray(new JsonObject { ["learning_rate"] = 0.004 }, new JsonObject { ["learning_rate"] = 0.006, ["num_hidden"] = 16 }),
        });
        Assert.Equal(HttpStatusCode.Accepted, added.StatusCode);
        Assert.InRange((int)JsonNode.Parse(await added.Content.ReadAsStringAsync())!["enqueued"]!, 2, 3);

        var study = await workbench.UntilAsync("/api/studies/steered", study => (string?)study["state"] == "completed");

        Assert.Matches(@"^5 trials in a row brought no improvement on 0\.\d+, after \d+ of 50 trials\.$", (string?)study["stopReason"]);
        Assert.Equal((5, 3600.0, 0), ((int)study["stopping"]!["patience"]!, (double)study["stopping"]!["seconds"]!, (int)study["enqueued"]!));
        var trials = (await JsonAsync("/api/studies/steered/trials")).AsArray();
        var given = trials.Where(trial => trial!["given"] is not null).ToList();
        Assert.Equal([0.002, 0.004, 0.006], given.Select(trial => (double)trial!["params"]!["learning_rate"]!));
        Assert.Equal(["learning_rate"], trials[0]!["given"]!.AsObject().Select(entry => entry.Key));
        var importance = (await JsonAsync("/api/studies/steered/importance")).AsArray();
        Assert.Equal(("learning_rate", 1.0), ((string?)importance[0]!["parameter"], (double)importance[0]!["share"]!));

        using var differing = await _client.PostAsJsonAsync(
            "/api/studies", new JsonObject { ["name"] = "steered", ["trials"] = 1, ["stopping"] = new JsonObject { ["patience"] = 6 } });
        Assert.Equal(HttpStatusCode.Conflict, differing.StatusCode);
        Assert.Contains("another stopping", await differing.Content.ReadAsStringAsync());
        await _client.DeleteAsync("/api/studies/steered");
    }

    [Theory]
    [InlineData("""{}""", "params", "params is empty")]
    [InlineData("""{"params": []}""", "params", "params is empty")]
    [InlineData("""{"params": [{"learning_rate": 0.5}]}""", "params[0].learning_rate", "0.5 is not possible; it lies from 0.001 to 0.01")]
    [InlineData("""{"params": [{"learning_rate": true}]}""", "learning_rate", "neither a number nor a text")]
    [InlineData("""{"parms": [{}]}""", "parms", "no field 'parms'")]
    public async Task What_cannot_be_enqueued_is_named_with_what_would_be_right(string body, string field, string said)
    {
        var name = $"waiting {Guid.NewGuid():N}";
        await workbench.LaunchAsync(name);

        using var response = await _client.PostAsync(
            $"/api/studies/{name}/trials", new StringContent(body, Encoding.UTF8, "application/json"));

        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        var problem = JsonNode.Parse(await response.Content.ReadAsStringAsync())!;
        Assert.Contains(said, (string?)problem["errors"]![field]![0]);
        await _client.DeleteAsync($"/api/studies/{name}");
    }

    [Fact]
    public async Task Too_few_trials_to_tell_what_matters_are_a_409()
    {
        await workbench.LaunchAsync("few");

        using var response = await _client.GetAsync("/api/studies/few/importance");

        Assert.Equal(HttpStatusCode.Conflict, response.StatusCode);
        Assert.Contains("It takes 5", (string?)JsonNode.Parse(await response.Content.ReadAsStringAsync())!["detail"]);
        await _client.DeleteAsync("/api/studies/few");
    }

    [Theory]
    [InlineData("trials?filter=num_hiden<40", "filter", "Did you mean num_hidden?")]
    [InlineData("trials.csv?sort=-accuracies", "sort", "one of number, state")]
    [InlineData("trials.json?columns=number,nothing", "columns", "'nothing'")]
    public async Task A_table_that_cannot_be_had_says_what_can(string query, string field, string said)
    {
        await workbench.LaunchAsync("tables");

        using var response = await _client.GetAsync($"/api/studies/tables/{query}");

        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        Assert.Contains(said, (string?)JsonNode.Parse(await response.Content.ReadAsStringAsync())!["errors"]![field]![0]);
    }

    [Fact]
    public async Task Another_web_site_and_another_host_name_are_refused()
    {
        using var crossSite = new HttpRequestMessage(HttpMethod.Delete, "/api/studies/any") { Headers = { { "Sec-Fetch-Site", "cross-site" } } };
        Assert.Equal(HttpStatusCode.Forbidden, (await _client.SendAsync(crossSite)).StatusCode);
        using var rebound = new HttpRequestMessage(HttpMethod.Get, "/api/studies") { Headers = { Host = "evil.example" } };
        Assert.Equal(HttpStatusCode.BadRequest, (await _client.SendAsync(rebound)).StatusCode);
    }

    private async Task<JsonNode> JsonAsync(string path) => (await _client.GetFromJsonAsync<JsonNode>(path))!;

    private static int Builds(string metrics) => Regex.Matches(metrics, """(?m)^workbench_builds_total\{.*workbench_state="complete".*\} (\d+)""")
        .Sum(told => int.Parse(told.Groups[1].ValueSpan, CultureInfo.InvariantCulture));
}
