using System.Globalization;
using System.Security.Cryptography;
using Microsoft.AspNetCore.Mvc;
using Microsoft.OpenApi;
using Workbench.Core.Models;
using Workbench.Core.Registry;
using Workbench.Core.Tracking;
using Workbench.Security;
using Scope = Workbench.Core.Access.Scope;

namespace Workbench.Api;

/// <summary><c>POST /api/models</c>: a classifier from outside becomes a version.</summary>
internal static class ModelImportEndpoint
{
    // The envelope of a multipart form and the labels come on top of the file.
    private const long MaximumRequest = ForeignNetwork.MostBytes + (1 << 20);

    private const string Example = "Send: curl -F \"name=NAME\" -F \"file=@model.onnx\" -F \"labels=@labels.txt\" …/api/models";

    private static readonly Dictionary<string, string> Fields = new()
    {
        ["name"] = "The model's: a new one, or one that gets its next version.",
        ["file"] = "The ONNX file: input [batch, 1 or 3, height, width], output [batch, classes].",
        ["labels"] = "The classes, a JSON list or one a line, as text or as a file.",
        ["highest"] = "Pictures are given from 0 to this, such as 255; to 1 unless said.",
        ["mean"] = "What is subtracted after that: a number for each channel, parted by commas.",
        ["deviation"] = "What is divided by after that: a number for each channel, parted by commas.",
        ["production"] = "false only adds it.",
    };

    public static void MapModelImport(this IEndpointRouteBuilder routes) =>
        routes.MapPost("/api/models", AddAsync).WithTags("Models")
            .WithSummary("Add an ONNX classifier of pictures that was trained elsewhere, as the next version of a model")
            .WithMetadata(new RequestSizeLimitAttribute(MaximumRequest))
            .DisableAntiforgery()
            .Require(Scope.Write)
            .AddOpenApiOperationTransformer((operation, _, _) =>
            {
                operation.RequestBody = new OpenApiRequestBody
                {
                    Required = true,
                    Content = new Dictionary<string, OpenApiMediaType> { ["multipart/form-data"] = new() { Schema = Form() } },
                };
                return Task.CompletedTask;
            })
            .Produces<Added>(StatusCodes.Status201Created).ProducesProblem(StatusCodes.Status400BadRequest)
            .ProducesProblem(StatusCodes.Status413PayloadTooLarge).ProducesProblem(StatusCodes.Status503ServiceUnavailable)
            .Repeatable();

    private static OpenApiSchema Form() => new()
    {
        Type = JsonSchemaType.Object,
        Properties = Fields.ToDictionary(field => field.Key, IOpenApiSchema (field) => new OpenApiSchema
        {
            Type = JsonSchemaType.String,
            Format = field.Key == "file" ? "binary" : null,
            Description = field.Value,
        }),
        Required = new HashSet<string> { "name", "file", "labels" },
    };

    private static async Task<IResult> AddAsync(
        HttpRequest request, [FromHeader(Name = IdempotencyKey.Header)] string? key, ModelImport import, IdempotentRequests requests, CancellationToken ct)
    {
        var form = await FormAsync(request, ct);
        var file = form.Files["file"] ?? throw new FieldException("file", $"There is no form field 'file'. {Example}");
        var name = Text(form, "name") ?? throw new FieldException("name", $"There is no form field 'name'. {Example}");
        var model = new ModelImportRequest(name, await BytesAsync(file, ct), await LabelsAsync(form, ct), Scale(form), Text(form, "production") is not { } text || Flag(text));
        var version = await requests.OnceAsync(
            IdempotencyKey.Read(key), new { model = name, Sha256 = Convert.ToHexStringLower(SHA256.HashData(model.File)), model.Labels, model.Scale, model.Production },
            () => import.AddAsync(model, ct), ct);
        return Results.Created($"/api/models/{Uri.EscapeDataString(name.Trim())}", new Added(name.Trim(), version));
    }

    // Files of hundreds of megabytes lie on disk while they come; the framework's own limit for one is 128 MB.
    private static async Task<IFormCollection> FormAsync(HttpRequest request, CancellationToken ct)
    {
        if (!request.HasFormContentType)
        {
            throw new FieldException("file", $"There is no form. {Example}");
        }
        try
        {
            return await request.ReadFormAsync(new Microsoft.AspNetCore.Http.Features.FormOptions { MultipartBodyLengthLimit = MaximumRequest }, ct);
        }
        catch (Exception exception) when (exception is InvalidDataException or (IOException and not BadHttpRequestException))
        {
            throw new FieldException("file", $"The form breaks off, or is no multipart/form-data. {Example}");
        }
    }

    private static string? Text(IFormCollection form, string field) => form.TryGetValue(field, out var values) ? values.ToString() : null;

    private static async Task<string> LabelsAsync(IFormCollection form, CancellationToken ct) => form.Files["labels"] is { } file
        ? System.Text.Encoding.UTF8.GetString(await BytesAsync(file, ct))
        : Text(form, "labels") ?? throw new FieldException("labels", $"There is no form field 'labels'. {Example}");

    private static PictureScale Scale(IFormCollection form) => new(
        Numbers(form, "highest") is { } highest ? highest is [> 0] ? highest[0] : throw new FieldException("highest", "highest is one number above 0, such as 255.") : 1,
        Numbers(form, "mean"), Numbers(form, "deviation"));

    private static float[]? Numbers(IFormCollection form, string field) => Text(form, field)?.Split(',', StringSplitOptions.TrimEntries).Select(text =>
        float.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && float.IsFinite(number)
            ? number
            : throw new FieldException(field, $"{field}: '{text}' is no number.")).ToArray();

    private static bool Flag(string text) => bool.TryParse(text, out var flag) ? flag : throw new FieldException("production", $"production is true or false, not '{text}'.");

    private static async Task<byte[]> BytesAsync(IFormFile file, CancellationToken ct)
    {
        var bytes = new byte[file.Length];
        await using var stream = file.OpenReadStream();
        await stream.ReadExactlyAsync(bytes, ct);
        return bytes;
    }

    /// <param name="Name">The model.</param>
    /// <param name="Version">The version that the file became.</param>
    internal sealed record Added(string Name, int Version);
}
