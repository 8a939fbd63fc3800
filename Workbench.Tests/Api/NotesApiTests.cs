using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json.Nodes;
using Workbench.Tests.Commands;

namespace Workbench.Tests.Api;

public class NotesApiTests(ServedWorkbench workbench) : IClassFixture<ServedWorkbench>
{
    private readonly HttpClient _client = workbench.Client;

    [Fact]
    public async Task A_note_is_written_read_and_guarded_against_who_has_not_read_it()
    {
        await LaunchAsync("noted");

        Assert.Equal(HttpStatusCode.NoContent, await PutAsync("/api/studies/noted/note", new JsonObject { ["text"] = "*first*" }));
        Assert.Equal("*first*", (string?)(await JsonAsync("/api/studies/noted"))["note"]);
        Assert.Equal(HttpStatusCode.NoContent, await PutAsync("/api/studies/noted/note", new JsonObject { ["text"] = "second", ["was"] = "*first*" }));
        using var conflict = await _client.PutAsJsonAsync("/api/studies/noted/note", new JsonObject { ["text"] = "third", ["was"] = "*first*" });

        Assert.Equal(HttpStatusCode.Conflict, conflict.StatusCode);
        Assert.Equal("application/problem+json", conflict.Content.Headers.ContentType!.MediaType);
        Assert.Equal("second", (string?)(await JsonAsync("/api/studies/noted"))["note"]);
        Assert.Equal(HttpStatusCode.NoContent, await PutAsync("/api/studies/noted/note", new JsonObject { ["text"] = "" }));
        Assert.Null((await JsonAsync("/api/studies/noted"))["note"]);
    }

    [Fact]
    public async Task Tags_are_set_and_removed_one_by_one()
    {
        await LaunchAsync("tagged");
        await PatchAsync("/api/studies/tagged/tags", """{"owner": "ana", "stage": "draft"}""");

        using var changed = await PatchAsync("/api/studies/tagged/tags", """{"stage": null, "baseline": ""}""");

        Assert.Equal("""{"owner":"ana","baseline":""}""", await changed.Content.ReadAsStringAsync());
        var listed = (await JsonAsync("/api/studies")).AsArray().Single(study => (string?)study!["name"] == "tagged")!;
        Assert.Equal("ana", (string?)listed["tags"]!["owner"]);
    }

    [Fact]
    public async Task A_run_has_a_note_and_tags_too()
    {
        await LaunchAsync("with a run", trials: 1, stop: false);
        var run = await RunAsync("with%20a%20run");

        Assert.Equal(HttpStatusCode.NoContent, await PutAsync($"/api/runs/{run}/note", new JsonObject { ["text"] = "odd" }));
        Assert.Equal(HttpStatusCode.OK, (await PatchAsync($"/api/runs/{run}/tags", """{"keep": "yes"}""")).StatusCode);

        var resource = await JsonAsync($"/api/runs/{run}");
        Assert.Equal(("odd", "yes"), ((string?)resource["note"], (string?)resource["tags"]!["keep"]));
    }

    [Theory]
    [InlineData("PUT", "/api/studies/faulty/note", "{}", "text", "Give the note as text")]
    [InlineData("PUT", "/api/studies/faulty/note", """{"text": 7}""", "text", "wrong kind")]
    [InlineData("PUT", "/api/studies/faulty/note", """{"text": "\u0000"}""", "text", "NUL")]
    [InlineData("PUT", "/api/studies/faulty/note", """{"note": "x"}""", "note", "no field 'note'")]
    [InlineData("PATCH", "/api/studies/faulty/tags", """{"a=b": "c"}""", "a=b", "letters, digits")]
    [InlineData("PATCH", "/api/studies/faulty/tags", """{"": "c"}""", "", "needs a key")]
    [InlineData("PATCH", "/api/studies/faulty/tags", """{"count": 3}""", "count", "wrong kind")]
    public async Task A_bad_note_or_tag_is_refused_with_a_reason(string method, string path, string body, string field, string said)
    {
        await LaunchAsync("faulty");

        using var response = await SendAsync(method, path, body);

        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        var problem = JsonNode.Parse(await response.Content.ReadAsStringAsync())!;
        Assert.Contains(said, (string?)problem["detail"]);
        Assert.NotNull(problem["errors"]![field]);
    }

    [Fact]
    public async Task A_note_that_is_too_long_is_told_its_length()
    {
        await LaunchAsync("faulty");

        using var response = await _client.PutAsJsonAsync("/api/studies/faulty/note", new JsonObject { ["text"] = new string('x', 20_001) });

        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        Assert.Contains("20001 characters; 20000 is the most", await response.Content.ReadAsStringAsync());
    }

    [Theory]
    [InlineData("PUT", "/api/studies/none/note", """{"text": "x"}""")]
    [InlineData("PATCH", "/api/studies/none/tags", """{"x": ""}""")]
    [InlineData("PUT", "/api/runs/999999/note", """{"text": "x"}""")]
    [InlineData("PATCH", "/api/runs/999999/tags", """{"x": ""}""")]
    [InlineData("PUT", "/api/models/none/versions/1/note", """{"text": "x"}""")]
    [InlineData("PATCH", "/api/models/none/versions/1/tags", """{"x": ""}""")]
    [InlineData("POST", "/api/studies/none/restore", null)]
    public async Task What_does_not_exist_is_a_404_with_problem_details(string method, string path, string? body)
    {
        using var response = await SendAsync(method, path, body);

        Assert.Equal(HttpStatusCode.NotFound, response.StatusCode);
        Assert.Equal("application/problem+json", response.Content.Headers.ContentType?.MediaType);
    }

    [Fact]
    public async Task A_deleted_study_is_gone_until_it_is_restored()
    {
        await LaunchAsync("undone", trials: 1, stop: false);
        var run = await RunAsync("undone");
        await _client.PostAsync("/api/studies/undone/stop", null);

        Assert.Equal(HttpStatusCode.NoContent, (await _client.DeleteAsync("/api/studies/undone")).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await _client.GetAsync("/api/studies/undone")).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await _client.GetAsync($"/api/runs/{run}")).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await _client.GetAsync($"/api/runs/{run}/metrics")).StatusCode);
        Assert.DoesNotContain((await JsonAsync("/api/studies")).AsArray(), study => (string?)study!["name"] == "undone");
        var deleted = (await JsonAsync("/api/deleted-studies")).AsArray().Single(study => (string?)study!["name"] == "undone")!;
        Assert.Equal((DateTimeOffset)deleted["deletedAt"]! + TimeSpan.FromDays(30), (DateTimeOffset)deleted["until"]!);

        using var restored = await _client.PostAsync("/api/studies/undone/restore", null);

        Assert.Equal(HttpStatusCode.OK, restored.StatusCode);
        Assert.Equal("undone", (string?)JsonNode.Parse(await restored.Content.ReadAsStringAsync())!["name"]);
        Assert.Equal(run, (long)(await JsonAsync("/api/studies/undone/trials"))[0]!["run"]!);
        Assert.DoesNotContain((await JsonAsync("/api/deleted-studies")).AsArray(), study => (string?)study!["name"] == "undone");
    }

    [Fact]
    public async Task A_deleted_study_whose_name_was_taken_cannot_be_restored_before_the_name_is_free()
    {
        await LaunchAsync("twice");
        await _client.DeleteAsync("/api/studies/twice");
        var first = (long)(await JsonAsync("/api/deleted-studies")).AsArray().Single(study => (string?)study!["name"] == "twice")!["id"]!;
        await LaunchAsync("twice");

        using var conflict = await _client.PostAsync($"/api/studies/twice/restore?id={first}", null);

        Assert.Equal(HttpStatusCode.Conflict, conflict.StatusCode);
        Assert.Contains("'twice'", await conflict.Content.ReadAsStringAsync());
        await _client.DeleteAsync("/api/studies/twice");
        Assert.Equal(HttpStatusCode.OK, (await _client.PostAsync($"/api/studies/twice/restore?id={first}", null)).StatusCode);
    }

    [Fact]
    public async Task The_calls_describe_themselves()
    {
        var api = await JsonAsync("/openapi/v1.json");

        foreach (var path in new[] { "/api/studies/{name}", "/api/runs/{id}", "/api/models/{name}/versions/{version}" })
        {
            var note = api["paths"]![path + "/note"]!["put"]!;
            Assert.Contains("20000", (string?)note["description"]);
            Assert.Equal(["204", "400", "404", "409"], note["responses"]!.AsObject().Select(response => response.Key));
            Assert.NotNull(api["paths"]![path + "/tags"]!["patch"]!["requestBody"]);
        }
        Assert.NotNull(api["paths"]!["/api/studies/{name}/restore"]!["post"]);
        Assert.NotNull(api["paths"]!["/api/deleted-studies"]!["get"]);
    }

    // Launched and stopped at once, unless its trials are wanted; a study that is there already is as good.
    private async Task LaunchAsync(string name, int trials = 1, bool stop = true)
    {
        using var launched = await _client.PostAsJsonAsync(
            "/api/studies", new JsonObject { ["name"] = name, ["trials"] = trials, ["jobs"] = 1, ["seed"] = 1, ["searchSpace"] = ServedWorkbench.Quick });
        Assert.True(launched.IsSuccessStatusCode);
        if (stop)
        {
            await _client.PostAsync($"/api/studies/{Uri.EscapeDataString(name)}/stop", null);
        }
    }

    // The first run of a study, as soon as there is one.
    private async Task<long> RunAsync(string study)
    {
        var trials = await workbench.UntilAsync($"/api/studies/{study}/trials", trials => trials.AsArray().Count > 0);
        return (long)trials[0]!["run"]!;
    }

    private async Task<JsonNode> JsonAsync(string path) => (await _client.GetFromJsonAsync<JsonNode>(path))!;

    private async Task<HttpStatusCode> PutAsync(string path, JsonObject body)
    {
        using var response = await _client.PutAsJsonAsync(path, body);
        return response.StatusCode;
    }

    private Task<HttpResponseMessage> PatchAsync(string path, string body) => SendAsync("PATCH", path, body);

    private Task<HttpResponseMessage> SendAsync(string method, string path, string? body) => _client.SendAsync(new HttpRequestMessage(new HttpMethod(method), path)
    {
        Content = body is null ? null : new StringContent(body, Encoding.UTF8, "application/json"),
    });
}
