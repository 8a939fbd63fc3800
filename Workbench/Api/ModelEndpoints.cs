using Workbench.Core.Models;
using Workbench.Core.Preparations;
using Workbench.Core.Registry;
using Workbench.Core.Search;
using Workbench.Core.Serving;
using Workbench.Core.Tracking;

namespace Workbench.Api;

/// <summary><c>/api/models</c>: registered models, their versions and aliases.</summary>
internal static class ModelEndpoints
{
    public static void MapModels(this IEndpointRouteBuilder routes)
    {
        var models = routes.MapGroup("/api/models").WithTags("Models");
        models.MapGet("/", ListAsync).WithSummary("All registered models, the latest first");
        var unnamed = routes.MapGroup("/api/default-model").WithTags("Models");
        unnamed.MapGet("/", DefaultAsync).WithSummary("The model that answers predictions that name none").ProducesProblem(StatusCodes.Status404NotFound);
        unnamed.MapPut("/", PinAsync).WithSummary("Pin the model that answers predictions that name none, whatever is promoted")
            .Produces(StatusCodes.Status204NoContent).ProducesProblem(StatusCodes.Status400BadRequest).ProducesProblem(StatusCodes.Status404NotFound).ProducesProblem(StatusCodes.Status409Conflict);
        unnamed.MapDelete("/", UnpinAsync).WithSummary("Leave it to promotions again which model answers predictions that name none").Produces(StatusCodes.Status204NoContent);
        models.MapGet("/{name}", GetAsync).WithSummary("One registered model").ProducesProblem(StatusCodes.Status404NotFound);
        models.MapPut("/{name}/aliases/{alias}", MoveAliasAsync).WithSummary("Set or move an alias to a version; production to an older one is a rollback")
            .WithDescription($"An alias has at most {ModelAlias.MostCharacters} letters, digits, _ and - characters; latest, and v with a number, are no aliases.")
            .Produces(StatusCodes.Status204NoContent).ProducesProblem(StatusCodes.Status400BadRequest).ProducesProblem(StatusCodes.Status404NotFound).ProducesProblem(StatusCodes.Status409Conflict);
        models.MapDelete("/{name}/aliases/{alias}", RemoveAliasAsync).WithSummary("Remove an alias; its version stays")
            .WithDescription("Without production, the model answers predictions only when one of its versions is asked for.")
            .Produces(StatusCodes.Status204NoContent).ProducesProblem(StatusCodes.Status404NotFound);
        models.MapGet("/{name}/versions/{version:int}/download", DownloadAsync).WithSummary("A version as one ONNX file that runs in any ONNX Runtime")
            .WithDescription("Input 'image': a batch of prepared pictures, channels × height × width; how they are prepared is in the file's documentation, and in the manifest. Output 'probabilities': of the classes, which are listed there, too.")
            .Produces(StatusCodes.Status200OK, contentType: "application/octet-stream").ProducesProblem(StatusCodes.Status404NotFound)
            .ProducesProblem(StatusCodes.Status503ServiceUnavailable);
        models.MapGet("/{name}/versions/{version:int}/manifest", ManifestAsync).WithSummary("The manifest of a version")
            .Produces<ModelManifest>().ProducesProblem(StatusCodes.Status404NotFound);
    }

    private static async Task<DefaultResource> DefaultAsync(Predictor predictor, ModelRegistry registry, CancellationToken ct) =>
        await predictor.DefaultAsync(ct) is var (model, version)
            ? new(model, version, (await registry.GetAsync(model, ct)).IsPinned)
            : throw new NotFoundException("No model is in production yet.");

    private static async Task<IResult> PinAsync(DefaultRequest request, DefaultModel model, CancellationToken ct)
    {
        if (string.IsNullOrEmpty(request.Model))
        {
            throw new FieldException("model", "model is missing; it must be the name of a registered model.");
        }
        await model.PinAsync(request.Model, ct);
        return Results.NoContent();
    }

    private static async Task<IResult> UnpinAsync(DefaultModel model, CancellationToken ct)
    {
        await model.UnpinAsync(ct);
        return Results.NoContent();
    }

    private static async Task<IEnumerable<ModelResource>> ListAsync(ModelRegistry registry, CancellationToken ct) =>
        (await registry.ListAsync(ct)).Select(model => new ModelResource(model));

    private static async Task<ModelResource> GetAsync(string name, ModelRegistry registry, CancellationToken ct) =>
        new(await registry.GetAsync(name, ct));

    private static async Task<IResult> MoveAliasAsync(
        string name, string alias, AliasRequest request, ModelRegistry registry, CancellationToken ct)
    {
        await registry.MoveAliasAsync(name, alias, request.Version, ct);
        return Results.NoContent();
    }

    private static async Task<IResult> RemoveAliasAsync(string name, string alias, ModelRegistry registry, CancellationToken ct)
    {
        await registry.RemoveAliasAsync(name, alias, ct);
        return Results.NoContent();
    }

    private static async Task<IResult> DownloadAsync(
        string name, int version, ModelRegistry registry, ModelPackages packages, PreparationCatalog preparations, CancellationToken ct)
    {
        var package = await packages.OpenAsync(name, await ReadyAsync(registry, name, version, ct), ct);
        var how = preparations.Create(package.Manifest.Input.Preparation).Description;
        return Results.File(
            OnnxFile.Describe(await packages.JoinAsync(package, ct), $"{name} version {version}", how, package.Manifest.Classes),
            "application/octet-stream", $"{name}-{version}.onnx");
    }

    private static async Task<IResult> ManifestAsync(string name, int version, ModelRegistry registry, CancellationToken ct) =>
        Results.Text(ModelManifest.Read((await ReadyAsync(registry, name, version, ct)).Manifest!).ToJson(), "application/json");

    private static async Task<ModelVersion> ReadyAsync(ModelRegistry registry, string name, int version, CancellationToken ct) =>
        (await registry.GetAsync(name, ct)).Versions.SingleOrDefault(v => v.Version == version && v.IsServable)
        ?? throw new NotFoundException($"The model '{name}' has no ready version {version}.");

    /// <param name="Model">The model that is to answer predictions that name none.</param>
    internal sealed record DefaultRequest(string? Model);

    /// <param name="Model">The model that answers predictions that name none.</param>
    /// <param name="Version">Its version in production.</param>
    /// <param name="Pinned">Whether it is pinned; otherwise it was promoted last.</param>
    internal sealed record DefaultResource(string Model, int Version, bool Pinned);

    /// <param name="Version">Where the alias is to point.</param>
    internal sealed record AliasRequest(int Version);

    /// <summary>A registered model as clients see it.</summary>
    internal sealed record ModelResource(
        string Name, DateTimeOffset CreatedAt, IReadOnlyDictionary<string, int> Aliases, IReadOnlyList<VersionResource> Versions)
    {
        public ModelResource(RegisteredModel model)
            : this(
                model.Name,
                model.CreatedAt,
                model.Aliases.ToDictionary(alias => alias.Alias, alias => alias.Version),
                [.. model.Versions.OrderByDescending(version => version.Version).Select(version => new VersionResource(version))])
        {
        }
    }

    /// <summary>A model version as clients see it. Metrics and hash are there once it is ready.</summary>
    internal sealed record VersionResource(
        int Version, VersionState State, long? Run, int? Trial, ParameterSet? Params, IReadOnlyDictionary<string, double>? Metrics,
        string? Sha256, long? SizeBytes, DateTimeOffset CreatedAt, string? Error, string? Note, IReadOnlyDictionary<string, string> Tags)
    {
        public VersionResource(ModelVersion version)
            : this(version, version.Manifest is { } json ? ModelManifest.Read(json) : null)
        {
        }

        private VersionResource(ModelVersion version, ModelManifest? manifest)
            : this(
                version.Version, version.State, version.RunId, version.Trial, manifest?.Params ?? version.Run?.Params, manifest?.Metrics,
                version.Sha256, version.SizeBytes, version.CreatedAt, version.Run?.Error, version.Note, version.Tags)
        {
        }
    }
}
