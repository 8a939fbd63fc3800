using System.Globalization;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;
using Workbench.Core.Pictures;
using Workbench.Core.Serving;
using Workbench.Core.Tracking;
using Workbench.Security;
using Scope = Workbench.Core.Access.Scope;

namespace Workbench.Api;

/// <summary><c>POST /predict</c>, and the same beneath a model: pictures in, classes out.</summary>
internal static class PredictEndpoint
{
    private const int MostFiles = 100;

    // The envelope of a multipart form comes on top of the files.
    private const long MaximumRequest = 10L * PictureLimits.MostBytes + (64 << 10);

    private const string Example = "Send the image as: curl -F \"file=@picture.png\" …/predict";

    public static void MapPredict(this IEndpointRouteBuilder routes)
    {
        Map("/predict", (HttpRequest request, string? model, int? version, int? top, Predictor predictor, CancellationToken ct) =>
            version is not null && model is null
                ? throw new FieldException("version", $"version {version} of which model? Name it: /predict?model=NAME&version={version}")
                : PredictAsync(request, model, version, top, predictor, ct))
            // Before the page of the same address, which takes POST, too; and for every content type, to say what is wrong with it.
            .WithOrder(-1);
        Map("/api/models/{name}/predict", (string name, HttpRequest request, int? top, Predictor predictor, CancellationToken ct) =>
            PredictAsync(request, name, null, top, predictor, ct));
        Map("/api/models/{name}/versions/{version:int}/predict", (string name, int version, HttpRequest request, int? top, Predictor predictor, CancellationToken ct) =>
            PredictAsync(request, name, version, top, predictor, ct));

        RouteHandlerBuilder Map(string pattern, Delegate handler) => routes.MapPost(pattern, handler).WithTags("Prediction")
            .WithSummary("Predict the class of a picture: multipart form, field 'file'; several files give a list")
            .WithDescription("'top' leaves only so many of the most probable classes. In a list each answer has the name of its file, and a file that cannot be used has an 'error' instead of an answer.")
            .WithMetadata(new Microsoft.AspNetCore.Mvc.RequestSizeLimitAttribute(MaximumRequest))
            .DisableAntiforgery()
            .Require(Scope.Predict)
            .AddOpenApiOperationTransformer(DescribeForm)
            .Produces<PredictionResource>()
            .ProducesProblem(StatusCodes.Status400BadRequest).ProducesProblem(StatusCodes.Status404NotFound)
            .ProducesProblem(StatusCodes.Status413PayloadTooLarge).ProducesProblem(StatusCodes.Status415UnsupportedMediaType)
            .ProducesProblem(StatusCodes.Status503ServiceUnavailable);
    }

    private static Task DescribeForm(OpenApiOperation operation, OpenApiOperationTransformerContext context, CancellationToken ct)
    {
        var file = new OpenApiSchema { Type = JsonSchemaType.String, Format = "binary", Description = "PNG, JPEG or the like, at most 10 MB." };
        var form = new OpenApiSchema
        {
            Type = JsonSchemaType.Object,
            Properties = new Dictionary<string, IOpenApiSchema> { ["file"] = file },
            Required = new HashSet<string> { "file" },
        };
        operation.RequestBody = new OpenApiRequestBody
        {
            Required = true,
            Content = new Dictionary<string, OpenApiMediaType> { ["multipart/form-data"] = new() { Schema = form } },
        };
        return Task.CompletedTask;
    }

    private static async Task<object> PredictAsync(
        HttpRequest request, string? model, int? version, int? top, Predictor predictor, CancellationToken ct)
    {
        var files = await FilesAsync(request, ct);
        if (top < 1)
        {
            throw new FieldException("top", $"top is how many classes to name, at least 1, not {top}.");
        }
        var served = await predictor.FindAsync(model, version, ct);
        if (files is [var only])
        {
            return new PredictionResource(await predictor.PredictAsync(served, only.OpenReadStream(), ct), top);
        }
        var answers = new object[files.Count];
        await Parallel.ForAsync(0, files.Count, ct, async (at, token) => answers[at] = await AnswerAsync(served, files[at], top, predictor, token));
        return answers;
    }

    // One of many that cannot be used does not take the others' answers away.
    private static async Task<FileResource> AnswerAsync(ServedModel served, IFormFile file, int? top, Predictor predictor, CancellationToken ct)
    {
        try
        {
            var answer = new PredictionResource(await predictor.PredictAsync(served, file.OpenReadStream(), ct), top);
            return new FileResource(file.FileName, answer.Prediction, answer.Probabilities, answer.Classes, answer.Model, answer.Version, null);
        }
        catch (Exception exception) when (exception is ImageException or PicturesBusyException)
        {
            return new FileResource(file.FileName, null, null, null, served.Model, served.Version, exception.Message);
        }
    }

    // Not bound by the framework, whose own answer to a bad form names no field.
    private static async Task<IReadOnlyList<IFormFile>> FilesAsync(HttpRequest request, CancellationToken ct)
    {
        try
        {
            var form = request.HasFormContentType ? await request.ReadFormAsync(ct) : null;
            return form?.Files.GetFiles("file") switch
            {
                null or { Count: 0 } => throw new FieldException("file", $"There is no form field 'file'. {Example}"),
                { Count: > MostFiles } files => throw new FieldException("file", $"There are {files.Count} files; {MostFiles} is the most of a request."),
                var files => files,
            };
        }
        catch (Exception exception) when (exception is InvalidDataException or (IOException and not BadHttpRequestException))
        {
            throw new FieldException("file", $"The form breaks off, or is no multipart/form-data. {Example}");
        }
    }

    /// <param name="Prediction">The most probable class: a number where its name is one.</param>
    /// <param name="Probabilities">By class; they sum to 1. With <c>top</c> the highest, in falling order.</param>
    /// <param name="Classes">The names of the classes, in the order of the probabilities.</param>
    /// <param name="Model">The model that answered.</param>
    /// <param name="Version">Its version.</param>
    internal sealed record PredictionResource(object Prediction, IReadOnlyList<float> Probabilities, IReadOnlyList<string> Classes, string Model, int Version)
    {
        public PredictionResource(Prediction prediction, int? top)
            : this(Shown(prediction.Class), prediction.Probabilities, prediction.Classes, prediction.Model, prediction.Version)
        {
            if (top is { } most)
            {
                var best = Enumerable.Range(0, Classes.Count).OrderByDescending(at => prediction.Probabilities[at]).Take(most).ToArray();
                Probabilities = [.. best.Select(at => prediction.Probabilities[at])];
                Classes = [.. best.Select(at => prediction.Classes[at])];
            }
        }

        private static object Shown(string name) =>
            int.TryParse(name, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && (name is "0" || name[0] != '0') ? number : name;
    }

    /// <summary>The answer to one of several files.</summary>
    /// <param name="File">Its name.</param>
    /// <param name="Prediction">As for a single file; null when the file cannot be used, as the next two.</param>
    /// <param name="Probabilities">As for a single file.</param>
    /// <param name="Classes">As for a single file.</param>
    /// <param name="Model">The model that answered.</param>
    /// <param name="Version">Its version.</param>
    /// <param name="Error">Why the file cannot be used; null when it can.</param>
    internal sealed record FileResource(
        string File, object? Prediction, IReadOnlyList<float>? Probabilities, IReadOnlyList<string>? Classes, string Model, int Version, string? Error);
}
