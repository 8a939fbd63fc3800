using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json.Nodes;
using Workbench.Core.Pictures;
using Workbench.Core.Serving;
using Workbench.Tests.Commands;

namespace Workbench.Tests.Api;

[Collection(ServedCollection.Name)]
public class PredictApiTests(ServedWorkbench workbench) : IAsyncLifetime
{
    private readonly HttpClient _client = workbench.Client;

    public static TheoryData<string, byte[], HttpStatusCode> BadFiles => new()
    {
        { "text", "hello"u8.ToArray(), HttpStatusCode.UnsupportedMediaType },
        { "nothing", [], HttpStatusCode.BadRequest },
        { "half an image", Digits.Mnist(0).Png[..120], HttpStatusCode.BadRequest },
        { "an image cut off in a checksum", Digits.Mnist(0).Png[..31], HttpStatusCode.UnsupportedMediaType },
        { "more than 10 MB", new byte[PictureLimits.MostBytes + 1], HttpStatusCode.RequestEntityTooLarge },
    };

    // A picture is looked at in the way of the model that is to answer.
    public Task InitializeAsync() => workbench.HasModelAsync();

    public Task DisposeAsync() => Task.CompletedTask;

    // Not enumerated by discovery: xUnit would write 10 MB as text, number by number, in a minute and with 13 GB.
    [Theory]
    [MemberData(nameof(BadFiles), DisableDiscoveryEnumeration = true)]
    public async Task A_file_that_cannot_be_predicted_gets_the_right_status_and_a_sentence(string what, byte[] file, HttpStatusCode status)
    {
        using var response = await _client.PostAsync("/predict", Digits.Form(file));

        Assert.True(status == response.StatusCode, $"{what}: {response.StatusCode}");
        var problem = JsonNode.Parse(await response.Content.ReadAsStringAsync())!;
        Assert.EndsWith(".", (string?)problem["detail"]);
        Assert.NotNull(problem["errors"]!["file"]);
    }

    [Fact]
    public async Task Several_files_give_a_list_in_which_a_bad_one_is_told_and_top_names_the_most_probable()
    {
        var (first, label) = Digits.Mnist(0);
        using var form = new MultipartFormDataContent
        {
            { new ByteArrayContent(first), "file", "one.png" }, { new ByteArrayContent([1, 2, 3]), "file", "two.txt" }, { new ByteArrayContent(Digits.Mnist(1).Png), "file", "three.png" },
        };
        var model = (await _client.GetFromJsonAsync<JsonArray>("/api/models"))!.First(model => model!["aliases"]!["production"] is not null)!;
        var address = $"/api/models/{Uri.EscapeDataString((string)model["name"]!)}";

        using var response = await _client.PostAsync($"{address}/predict?top=3", form);
        var answers = JsonNode.Parse(await response.Content.ReadAsStringAsync())!.AsArray();

        Assert.Equal(["one.png", "two.txt", "three.png"], answers.Select(answer => (string?)answer!["file"]));
        Assert.Equal((label, 3, $"{label}"), ((int)answers[0]!["prediction"]!, answers[0]!["probabilities"]!.AsArray().Count, (string?)answers[0]!["classes"]![0]));
        Assert.EndsWith(".", (string?)answers[1]!["error"], StringComparison.Ordinal);
        Assert.Null(answers[1]!["prediction"]);

        using var one = await _client.PostAsync($"{address}/versions/{model["aliases"]!["production"]}/predict", Digits.Form(first));
        var answer = JsonNode.Parse(await one.Content.ReadAsStringAsync())!;
        Assert.Equal((label, 10, (string?)model["name"]), ((int)answer["prediction"]!, answer["classes"]!.AsArray().Count, (string?)answer["model"]));
        using var none = await _client.PostAsync("/api/models/none/predict", Digits.Form(first));
        Assert.Equal(HttpStatusCode.NotFound, none.StatusCode);
        using var wrong = await _client.PostAsync("/predict?top=0", Digits.Form(first));
        Assert.Equal(HttpStatusCode.BadRequest, wrong.StatusCode);
    }

    [Fact]
    public async Task A_form_without_the_field_and_a_request_without_a_form_are_told_what_to_send()
    {
        foreach (var content in new HttpContent?[] { Digits.Form(Digits.Mnist(0).Png, field: "image"), null, new StringContent("{}", Encoding.UTF8, "application/json") })
        {
            using var response = await _client.PostAsync("/predict", content);

            Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
            Assert.Contains("curl -F", JsonNode.Parse(await response.Content.ReadAsStringAsync())!["detail"]!.GetValue<string>());
        }
    }
}
