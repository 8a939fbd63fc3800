using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Workbench.Tests.Commands;
using Workbench.Tests.Datasets;

namespace Workbench.Tests.Api;

public class DatasetApiTests(ServedWorkbench workbench) : IClassFixture<ServedWorkbench>
{
    private readonly HttpClient _client = workbench.Client;

    [Fact]
    public async Task A_zip_becomes_a_dataset_the_same_again_is_the_same_and_it_is_removed()
    {
        var zip = SmallPictures.Zip(SmallPictures.In(["train/a", "train/b", "test/a"]).Append(new("train/a/no.png", [1])));

        var (status, made) = await PostAsync("set", ("set.zip", zip));
        Assert.Equal(HttpStatusCode.Created, status);
        Assert.Equal(("set", 1, "images", 15), ((string?)made["name"], (int?)made["version"], (string?)made["kind"], (int?)made["count"]));
        Assert.Equal(["a", "b"], made["classes"]!.AsArray().Select(c => (string?)c));
        Assert.Equal(("unreadable", "train/a/no.png"), ((string?)made["problems"]![0]!["kind"], (string?)made["problems"]![0]!["subject"]));
        Assert.Equal((HttpStatusCode.OK, (string?)made["fingerprint"]), (await PostAsync("set", ("again.zip", zip))) is var (again, body) ? (again, (string?)body["fingerprint"]) : default);

        var listed = (await _client.GetFromJsonAsync<JsonArray>("/api/datasets"))!;
        Assert.Equal("mnist", (string?)listed[0]!["name"]);
        Assert.Contains(listed, dataset => (string?)dataset!["name"] == "set");
        var items = (await _client.GetFromJsonAsync<JsonNode>("/api/datasets/set/items?class=a&part=test&offset=3&limit=10"))!;
        Assert.Equal((5, 2, "test/a/3.png"), ((int?)items["total"], items["items"]!.AsArray().Count, (string?)items["items"]![0]!["path"]));
        using var thumbnail = await _client.GetAsync($"/api/datasets/set/items/{items["items"]![0]!["id"]}/thumbnail?version=1&of={((string)made["fingerprint"]!)[..12]}");
        Assert.Equal("image/png", thumbnail.Content.Headers.ContentType!.MediaType);
        Assert.Contains("immutable", thumbnail.Headers.CacheControl!.ToString());

        Assert.Equal(HttpStatusCode.NoContent, (await _client.DeleteAsync("/api/datasets/set")).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await _client.GetAsync("/api/datasets/set")).StatusCode);
    }

    [Fact]
    public async Task Many_files_are_a_dataset_by_their_relative_paths()
    {
        var (status, made) = await PostAsync("many", [.. SmallPictures.In(["Löwenzahn", "薔薇"]).Select(file => (file.Key, file.Value))]);

        Assert.Equal(HttpStatusCode.Created, status);
        Assert.Equal(["Löwenzahn", "薔薇"], made["classes"]!.AsArray().Select(c => (string?)c));
    }

    [Fact]
    public async Task A_change_makes_a_version_once_under_one_key()
    {
        await PostAsync("changed", ("x.zip", SmallPictures.Zip(SmallPictures.In(["a", "b"]))));

        for (var attempt = 0; attempt < 2; attempt++)
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, "/api/datasets/changed/versions") { Content = new StringContent("""{"version": 1, "move": [0], "to": "b"}""", System.Text.Encoding.UTF8, "application/json") };
            request.Headers.Add("Idempotency-Key", "once");
            using var response = await _client.SendAsync(request);
            Assert.Equal((HttpStatusCode.Created, 2), (response.StatusCode, (int?)JsonNode.Parse(await response.Content.ReadAsStringAsync())!["version"]));
        }

        var old = (await _client.GetFromJsonAsync<JsonNode>("/api/datasets/changed?version=1"))!;
        Assert.Equal((5, 2), ((int?)old["counts"]![0]!["count"], old["versions"]!.AsArray().Count));
    }

    [Fact]
    public async Task What_is_wrong_is_a_problem_that_names_the_field()
    {
        (string Name, (string, byte[])[] Files, string Field)[] wrong =
        [
            ("", [("x.zip", SmallPictures.Zip(SmallPictures.In(["a", "b"])))], "name"),
            ("bad", [], "file"),
            ("bad", [("x.zip", "no zip"u8.ToArray())], "file"),
            ("bad", [("x.zip", SmallPictures.Zip(SmallPictures.In(["a"])))], "file"),
            ("bad", [("../a/1.png", [1])], "file"),
        ];

        foreach (var (name, files, field) in wrong)
        {
            var (status, problem) = await PostAsync(name, files);
            Assert.Equal((HttpStatusCode.BadRequest, true), (status, problem["errors"]![field] is not null));
        }
        using var json = await _client.PostAsJsonAsync("/api/datasets", new { name = "bad" });
        Assert.Equal(HttpStatusCode.BadRequest, json.StatusCode);
        Assert.Equal(HttpStatusCode.Conflict, (await PostAsync("mnist", ("x.zip", SmallPictures.Zip(SmallPictures.In(["a", "b"]))))).Status);
        Assert.Equal(HttpStatusCode.NotFound, (await _client.GetAsync("/api/datasets/mnist/items?class=ten")).StatusCode);
        Assert.Equal(HttpStatusCode.BadRequest, (await _client.GetAsync("/api/datasets/mnist/items?limit=0")).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await _client.GetAsync("/api/datasets/bad")).StatusCode);
    }

    [Fact]
    public async Task A_form_that_breaks_off_is_told_so_and_leaves_nothing()
    {
        var whole = new MultipartFormDataContent("edge") { { new StringContent("broken"), "name" }, { new ByteArrayContent(new byte[100_000]), "file", "a/1.png" } };
        var body = (await whole.ReadAsByteArrayAsync())[..60_000];
        using var content = new ByteArrayContent(body);
        content.Headers.ContentType = new("multipart/form-data") { Parameters = { new("boundary", "edge") } };

        using var response = await _client.PostAsync("/api/datasets", content);

        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        Assert.Contains("breaks off", (string?)JsonNode.Parse(await response.Content.ReadAsStringAsync())!["detail"]);
        Assert.Empty(Directory.EnumerateFiles(Path.Combine(workbench.Data, "datasets", "uploads")));
    }

    private async Task<(HttpStatusCode Status, JsonNode Body)> PostAsync(string name, params (string Path, byte[] Content)[] files)
    {
        using var form = new MultipartFormDataContent { { new StringContent(name), "name" } };
        foreach (var (path, content) in files)
        {
            form.Add(new ByteArrayContent(content), "file", path);
        }
        using var response = await _client.PostAsync("/api/datasets", form);
        return (response.StatusCode, JsonNode.Parse(await response.Content.ReadAsStringAsync())!);
    }
}
