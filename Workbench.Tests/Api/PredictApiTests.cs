using System.Net;
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
