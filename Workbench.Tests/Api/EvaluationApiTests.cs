using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Workbench.Tests.Commands;

namespace Workbench.Tests.Api;

[Collection(ServedCollection.Name)]
public class EvaluationApiTests(ServedWorkbench workbench)
{
    private readonly HttpClient _client = workbench.Client;

    [Fact]
    public async Task It_is_up_it_is_ready_and_it_describes_itself()
    {
        Assert.Equal(HttpStatusCode.OK, (await _client.GetAsync("/health")).StatusCode);
        await workbench.UntilAsync("/health/ready", health => (string?)health["status"] == "ready");
        var api = await JsonAsync("/openapi/v1.json");
        Assert.All(
            ["/api/studies", "/api/studies/{name}/promote", "/api/runs/{id}/metrics", "/api/models/{name}/aliases/{alias}", "/predict", "/api/datasets", "/api/default-model"],
            path => Assert.NotNull(api["paths"]![path]));
    }

    [Fact]
    public async Task What_to_expect_of_a_study_and_of_its_version_is_told_from_what_was_not_trained_on()
    {
        await workbench.LaunchAsync("judged");
        await workbench.UntilAsync("/api/studies/judged", study => (string?)study["state"] == "completed");

        var told = await JsonAsync("/api/studies/judged/evaluation");

        Assert.Equal(("mnist", 1, 0), ((string?)told["dataset"], (int)told["datasetVersion"]!, (int)told["trial"]!));
        // Three tenths of the training part; and all of the test part, which no search sees.
        Assert.InRange((int)told["validation"]!["count"]!, 17_990, 18_010);
        Assert.Equal(10_000, (int)told["test"]!["count"]!);
        Assert.Equal(10_000, told["test"]!["confusion"]!.AsArray().SelectMany(row => row!.AsArray()).Sum(count => (int)count!));
        var best = (await JsonAsync("/api/studies/judged"))["best"]!;
        Assert.Equal((double)best["value"]!, (double)told["validation"]!["accuracy"]!, 1e-9);

        Assert.Equal(HttpStatusCode.Accepted, (await _client.PostAsJsonAsync("/api/studies/judged/promote", new JsonObject { ["production"] = false })).StatusCode);
        var model = await workbench.UntilAsync("/api/models/judged", model => (string?)model["versions"]![0]!["state"] == "ready");
        Assert.Empty(model["aliases"]!.AsObject());
        Assert.Equal($"{told["test"]}", $"{(await JsonAsync("/api/models/judged/versions/1/evaluation"))["test"]}");
        var against = (await JsonAsync("/api/models/judged/versions/1/evaluation/against/1"))["test"]!;
        Assert.Equal((10_000, true, 0), ((int)against["shared"]!, (bool)against["samePictures"]!, against["onlyFirstRight"]!.AsArray().Count));
        Assert.Equal(0, (double)against["classes"]![0]!["difference"]!);
        Assert.Equal(HttpStatusCode.NotFound, (await _client.GetAsync("/api/models/judged/versions/1/evaluation/against/2")).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await _client.GetAsync("/api/models/judged/versions/2/evaluation")).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await _client.GetAsync("/api/studies/judged/evaluation?trial=7")).StatusCode);
        Assert.Equal(HttpStatusCode.Conflict, (await _client.PutAsJsonAsync("/api/default-model", new JsonObject { ["model"] = "judged" })).StatusCode);
        Assert.Equal(HttpStatusCode.BadRequest, (await _client.PutAsJsonAsync("/api/default-model", new JsonObject())).StatusCode);
        Assert.Equal(HttpStatusCode.NoContent, (await _client.DeleteAsync("/api/default-model")).StatusCode);
    }

    private async Task<JsonNode> JsonAsync(string path) => (await _client.GetFromJsonAsync<JsonNode>(path))!;
}
