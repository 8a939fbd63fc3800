using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;
using Workbench.Core.Pictures;
using Workbench.Core.Serving;
using Workbench.Core.Tracking;
using Workbench.Security;
using Scope = Workbench.Core.Access.Scope;

namespace Workbench.Api;

/// <summary><c>POST /predict</c>: an image in, a digit out.</summary>
internal static class PredictEndpoint
{
    // The envelope of a multipart form comes on top of the file.
    private const long MaximumRequest = PictureLimits.MostBytes + (64 << 10);

    private const string Example = "Send the image as: curl -F \"file=@digit.png\" …/predict";

    public static void MapPredict(this IEndpointRouteBuilder routes) =>
        routes.MapPost("/predict", PredictAsync).WithTags("Prediction")
            .WithSummary("Predict the digit in an image: multipart form, field 'file'")
            .WithMetadata(new Microsoft.AspNetCore.Mvc.RequestSizeLimitAttribute(MaximumRequest))
            .DisableAntiforgery()
            .Require(Scope.Predict)
            // Before the page of the same address, which takes POST, too; and for every content type, to say what is wrong with it.
            .WithOrder(-1)
            .AddOpenApiOperationTransformer(DescribeForm)
            .Produces<PredictionResource>()
            .ProducesProblem(StatusCodes.Status400BadRequest).ProducesProblem(StatusCodes.Status404NotFound)
            .ProducesProblem(StatusCodes.Status413PayloadTooLarge).ProducesProblem(StatusCodes.Status415UnsupportedMediaType)
            .ProducesProblem(StatusCodes.Status503ServiceUnavailable);

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

    private static async Task<PredictionResource> PredictAsync(
        HttpRequest request, string? model, int? version, Predictor predictor, CancellationToken ct)
    {
        var file = await FileAsync(request, ct);
        if (version is not null && model is null)
        {
            throw new FieldException("version", $"version {version} of which model? Name it: /predict?model=NAME&version={version}");
        }
        var served = await predictor.FindAsync(model, version, ct);
        return new PredictionResource(await predictor.PredictAsync(served, file.OpenReadStream(), ct));
    }

    // Not bound by the framework, whose own answer to a bad form names no field.
    private static async Task<IFormFile> FileAsync(HttpRequest request, CancellationToken ct)
    {
        try
        {
            var form = request.HasFormContentType ? await request.ReadFormAsync(ct) : null;
            return form?.Files["file"] ?? throw new FieldException("file", $"There is no form field 'file'. {Example}");
        }
        catch (Exception exception) when (exception is InvalidDataException or (IOException and not BadHttpRequestException))
        {
            throw new FieldException("file", $"The form breaks off, or is no multipart/form-data. {Example}");
        }
    }

    /// <param name="Prediction">The digit; for a data set whose classes are not numbers, the class's name.</param>
    /// <param name="Probabilities">By class; they sum to 1.</param>
    /// <param name="Model">The model that answered.</param>
    /// <param name="Version">Its version.</param>
    internal sealed record PredictionResource(object Prediction, IReadOnlyList<float> Probabilities, string Model, int Version)
    {
        public PredictionResource(Prediction prediction)
            : this(
                int.TryParse(prediction.Class, out var digit) ? digit : prediction.Class,
                prediction.Probabilities,
                prediction.Model,
                prediction.Version)
        {
        }
    }
}
