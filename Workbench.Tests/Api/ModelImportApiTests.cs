using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using SkiaSharp;
using Workbench.Tests.Commands;
using Workbench.Tests.Models;
using Workbench.Tests.Serving;

namespace Workbench.Tests.Api;

[Collection(ServedCollection.Name)]
public sealed class ModelImportApiTests(ServedWorkbench workbench)
{
    private readonly HttpClient _client = workbench.Client;

    [Fact]
    public async Task A_classifier_is_added_by_a_form_and_answers()
    {
        using var added = await _client.PostAsync("/api/models", Form("lamp shade", Brightness.Onnx(), "dark\nbright"));
        var version = JsonNode.Parse(await added.Content.ReadAsStringAsync())!;
        Assert.Equal((HttpStatusCode.Created, "/api/models/lamp%20shade"), (added.StatusCode, added.Headers.Location!.OriginalString));
        Assert.Equal(("lamp shade", 1), ((string?)version["name"], (int)version["version"]!));

        using var white = Pictures.Drawn(30, 50, SKColors.White, _ => { });
        using var answer = await _client.PostAsync("/predict?model=lamp%20shade&version=1", Digits.Form(white.Png()));
        Assert.Equal("bright", (string?)JsonNode.Parse(await answer.Content.ReadAsStringAsync())!["prediction"]);

        var file = await _client.GetByteArrayAsync("/api/models/lamp%20shade/versions/1/download");
        Assert.InRange(OnnxClient.Predict(file, [.. Enumerable.Repeat(1f, 48)], 3, 4, 4)[1], 0.99f, 1);
    }

    [Fact]
    public async Task A_request_repeated_under_its_key_adds_one_version()
    {
        var answers = new[] { await SendAsync("dark\nbright"), await SendAsync("dark\nbright"), await SendAsync("off\non") };

        Assert.Equal([HttpStatusCode.Created, HttpStatusCode.Created, HttpStatusCode.UnprocessableEntity], answers.Select(answer => answer.Status));
        Assert.Equal((1, 1), ((int)answers[0].Body["version"]!, (int)answers[1].Body["version"]!));

        async Task<(HttpStatusCode Status, JsonNode Body)> SendAsync(string labels)
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, "/api/models") { Content = Form("lamp of a key", Brightness.Onnx(), labels) };
            request.Headers.Add("Idempotency-Key", "lamp");
            using var response = await _client.SendAsync(request);
            return (response.StatusCode, JsonNode.Parse(await response.Content.ReadAsStringAsync())!);
        }
    }

    [Fact]
    public async Task What_does_not_fit_is_refused_by_its_field()
    {
        await RefusedAsync(Form("lamps", [1, 2, 3], "dark\nbright"), "file");
        await RefusedAsync(Form("lamps", Brightness.Onnx(), "dark"), "labels");
        await RefusedAsync(Form("a/b", Brightness.Onnx(), "dark\nbright"), "name");
        await RefusedAsync(Form("lamps", Brightness.Onnx(), "dark\nbright", ("mean", "0.5,x,0.5")), "mean");
        await RefusedAsync(Form("lamps", Brightness.Onnx(), "dark\nbright", ("production", "perhaps")), "production");
        await RefusedAsync(new StringContent("{}", Encoding.UTF8, "application/json"), "file");
    }

    private async Task RefusedAsync(HttpContent content, string field)
    {
        using var response = await _client.PostAsync("/api/models", content);
        var problem = JsonNode.Parse(await response.Content.ReadAsStringAsync())!;
        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        Assert.NotNull(problem["errors"]![field]);
        Assert.NotEmpty((string?)problem["detail"] ?? "");
    }

    private static MultipartFormDataContent Form(string name, byte[] file, string labels, params (string Field, string Value)[] more)
    {
        var form = new MultipartFormDataContent
        {
            { new StringContent(name), "name" },
            { new ByteArrayContent(file), "file", "model.onnx" },
            { new StringContent(labels), "labels" },
        };
        if (more.Length == 0)
        {
            form.Add(new StringContent("false"), "production");
        }
        foreach (var (field, value) in more)
        {
            form.Add(new StringContent(value), field);
        }
        return form;
    }
}
