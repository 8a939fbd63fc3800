using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.Extensions.Options;
using Microsoft.OpenApi;
using Workbench.Core.Datasets;
using Workbench.Core.Platform;
using Workbench.Core.Tracking;

namespace Workbench.Api;

/// <summary><c>/api/datasets</c>: import, list, look at, change, remove.</summary>
internal static class DatasetEndpoints
{
    private const int MostItems = 1000;

    public static void MapDatasets(this IEndpointRouteBuilder routes)
    {
        var datasets = routes.MapGroup("/api/datasets").WithTags("Datasets");
        datasets.MapPost("/", ImportAsync).WithSummary("Import pictures as a dataset, or as the next version of the one of that name")
            .DisableAntiforgery()
            .AddOpenApiOperationTransformer(DescribeForm)
            .Produces<DatasetResource>(StatusCodes.Status201Created).Produces<DatasetResource>()
            .ProducesProblem(StatusCodes.Status400BadRequest).ProducesProblem(StatusCodes.Status409Conflict).ProducesProblem(StatusCodes.Status413PayloadTooLarge)
            .Repeatable();
        datasets.MapGet("/", ListAsync).WithSummary("The newest version of every dataset");
        datasets.MapGet("/{name}", GetAsync).WithSummary("A version of a dataset, the newest unless another is asked for").ProducesProblem(StatusCodes.Status404NotFound);
        datasets.MapGet("/{name}/items", ItemsAsync).WithSummary($"Pictures of a version, {MostItems} at most at a time")
            .ProducesProblem(StatusCodes.Status400BadRequest).ProducesProblem(StatusCodes.Status404NotFound);
        datasets.MapGet("/{name}/items/{id:int}/thumbnail", ThumbnailAsync).WithSummary("A picture, made small")
            .Produces(StatusCodes.Status200OK, contentType: "image/webp").ProducesProblem(StatusCodes.Status404NotFound);
        datasets.MapPost("/{name}/versions", EditAsync).WithSummary("Make a version without some pictures, with others in another class, or with a class renamed")
            .Produces<DatasetResource>(StatusCodes.Status201Created).Produces<DatasetResource>()
            .ProducesProblem(StatusCodes.Status400BadRequest).ProducesProblem(StatusCodes.Status404NotFound)
            .Repeatable();
        datasets.MapDelete("/{name}", RemoveAsync).WithSummary("Remove a dataset with all its versions")
            .Produces(StatusCodes.Status204NoContent).ProducesProblem(StatusCodes.Status404NotFound).ProducesProblem(StatusCodes.Status409Conflict);
    }

    private static async Task<IResult> ImportAsync(
        HttpRequest request, [FromHeader(Name = IdempotencyKey.Header)] string? key, DatasetImporter importer, DatasetBrowser browser,
        IdempotentRequests requests, IOptions<DatasetOptions> options, DataDirectory data, CancellationToken ct)
    {
        using var upload = await DatasetUpload.ReadAsync(request, options.Value, data, ct);
        var added = await requests.OnceAsync(
            IdempotencyKey.Read(key), new { import = upload.Name, upload.Sha256 }, () => importer.ImportAsync(upload.Name!, upload.Files, cancellationToken: ct), ct);
        return await AnswerAsync(request, upload.Name!, added, browser, ct);
    }

    private static async Task<IResult> EditAsync(
        string name, EditRequest edit, [FromHeader(Name = IdempotencyKey.Header)] string? key, HttpRequest request, DatasetEditor editor,
        DatasetBrowser browser, IdempotentRequests requests, CancellationToken ct)
    {
        var added = await requests.OnceAsync(
            IdempotencyKey.Read(key), new { change = name, edit }, () => editor.EditAsync(name, edit.Version, edit.ToEdit(), ct), ct);
        return await AnswerAsync(request, name, added, browser, ct);
    }

    private static async Task<IResult> AnswerAsync(HttpRequest request, string name, AddedVersion added, DatasetBrowser browser, CancellationToken ct)
    {
        var resource = new DatasetResource(await browser.GetAsync(name, added.Version, ct));
        return added.Created
            ? Results.Created($"{request.PathBase}/api/datasets/{Uri.EscapeDataString(name)}?version={added.Version}", resource)
            : Results.Ok(resource);
    }

    private static async Task<IEnumerable<DatasetLine>> ListAsync(DatasetBrowser browser, CancellationToken ct) =>
        (await browser.ListAsync(ct)).Select(dataset => new DatasetLine(dataset.Summary, dataset.Problems));

    private static async Task<DatasetResource> GetAsync(string name, int? version, DatasetBrowser browser, CancellationToken ct) =>
        new(await browser.GetAsync(name, version, ct));

    private static async Task<ItemsResource> ItemsAsync(
        string name, int? version, [FromQuery(Name = "class")] string? label, string? part, string? sha256, int? offset, int? limit,
        DatasetBrowser browser, CancellationToken ct)
    {
        if (offset < 0)
        {
            throw new FieldException("offset", $"offset is {offset}; it must not be negative.");
        }
        if (limit is < 1 or > MostItems)
        {
            throw new FieldException("limit", $"limit is {limit}; it must be from 1 to {MostItems}.");
        }
        var (total, pictures) = await browser.PicturesAsync(name, version, new PictureFilter(label, part, sha256), offset ?? 0, limit ?? 100, ct);
        return new ItemsResource(total, offset ?? 0, pictures);
    }

    private static async Task<IResult> ThumbnailAsync(string name, int id, int? version, string? of, HttpResponse response, DatasetBrowser browser, CancellationToken ct)
    {
        var fingerprint = (await browser.OpenAsync(name, version, ct)).Fingerprint;
        var (file, type) = await browser.ThumbnailAsync(name, version, id, ct);
        // With the beginning of the fingerprint the address says which picture it is, for ever.
        response.Headers.CacheControl = version is not null && of?.Length >= 8 && fingerprint.StartsWith(of, StringComparison.Ordinal)
            ? "private, max-age=31536000, immutable"
            : "private, no-cache";
        return Results.Bytes(file, type, entityTag: new Microsoft.Net.Http.Headers.EntityTagHeaderValue($"\"{fingerprint[..16]}-{id}\""));
    }

    private static async Task<IResult> RemoveAsync(string name, bool? force, DatasetRemover remover, CancellationToken ct)
    {
        await remover.RemoveAsync(name, force ?? false, ct);
        return Results.NoContent();
    }

    private static Task DescribeForm(OpenApiOperation operation, OpenApiOperationTransformerContext context, CancellationToken ct)
    {
        var form = new OpenApiSchema
        {
            Type = JsonSchemaType.Object,
            Properties = new Dictionary<string, IOpenApiSchema>
            {
                ["name"] = new OpenApiSchema { Type = JsonSchemaType.String, MaxLength = DatasetName.MostCharacters },
                ["file"] = new OpenApiSchema
                {
                    Type = JsonSchemaType.String,
                    Format = "binary",
                    Description = "A zip file; or the field many times, each a picture under its relative path. A folder a class, train and test folders above them, "
                        + "a CSV file with the columns file, label and part, or pairs of IDX files.",
                },
            },
            Required = new HashSet<string> { "name", "file" },
        };
        operation.RequestBody = new OpenApiRequestBody
        {
            Required = true,
            Content = new Dictionary<string, OpenApiMediaType> { ["multipart/form-data"] = new() { Schema = form } },
        };
        return Task.CompletedTask;
    }

    /// <param name="Version">The version in which the pictures have these ids.</param>
    /// <param name="Exclude">Ids of pictures to leave out.</param>
    /// <param name="Move">Ids of pictures to move to another class.</param>
    /// <param name="To">That class; one that does not exist is made.</param>
    /// <param name="Rename">A class to rename.</param>
    /// <param name="As">Its name; that of another class makes one of the two.</param>
    internal sealed record EditRequest(int Version, IReadOnlyList<int>? Exclude, IReadOnlyList<int>? Move, string? To, string? Rename, string? As)
    {
        public DatasetEdit ToEdit() => new(Exclude, Move, To, Rename, As);
    }

    /// <param name="Total">How many pictures there are of that class and part.</param>
    /// <param name="Offset">How many of them come before these.</param>
    /// <param name="Items">The pictures.</param>
    internal sealed record ItemsResource(int Total, int Offset, IReadOnlyList<PictureLine> Items);

    /// <summary>A dataset in the list of all.</summary>
    internal sealed record DatasetLine(
        string Name, int Version, DatasetKind Kind, int Count, IReadOnlyList<string> Classes, IReadOnlyList<string> Parts, string Fingerprint, int ProblemCount,
        DateTimeOffset? CreatedAt)
    {
        public DatasetLine(DatasetSummary summary, int problems)
            : this(
                summary.Name, summary.Version, summary.Schema.Kind, summary.Schema.Count, summary.Schema.Classes, summary.Schema.Parts, summary.Fingerprint, problems,
                summary.CreatedAt)
        {
        }
    }

    /// <summary>A version of a dataset as clients see it. Of each kind of problem the first are told.</summary>
    internal sealed record DatasetResource(
        string Name, int Version, DatasetKind Kind, int Count, IReadOnlyList<string> Classes, IReadOnlyList<ClassCount> Counts, IReadOnlyList<string> Parts,
        ImageSchema Images, string Fingerprint, long? Bytes, IReadOnlyList<ProblemResource> Problems, IReadOnlyDictionary<DatasetProblemKind, int> ProblemCounts,
        IReadOnlyList<VersionLine> Versions, DateTimeOffset? CreatedAt)
    {
        public DatasetResource(DatasetDetail detail)
            : this(
                detail.Summary.Name, detail.Summary.Version, detail.Summary.Schema.Kind, detail.Summary.Schema.Count, detail.Summary.Schema.Classes,
                detail.Classes, detail.Summary.Schema.Parts, detail.Summary.Schema.Images, detail.Summary.Fingerprint, detail.Bytes,
                [.. detail.Problems.Select(problem => new ProblemResource(problem))], detail.ProblemCounts,
                [.. detail.Versions.Select(version => new VersionLine(version.Version, version.Fingerprint, version.Count, version.Origin, version.CreatedAt))],
                detail.Summary.CreatedAt)
        {
        }
    }

    internal sealed record ProblemResource(DatasetProblemKind Kind, string Message, string Subject, string? Sha256)
    {
        public ProblemResource(DatasetProblem problem)
            : this(problem.Kind, problem.Message, problem.Subject, problem.Sha256 is { } hash ? Convert.ToHexStringLower(hash) : null)
        {
        }
    }

    internal sealed record VersionLine(int Version, string Fingerprint, int Count, string Origin, DateTimeOffset CreatedAt);
}
