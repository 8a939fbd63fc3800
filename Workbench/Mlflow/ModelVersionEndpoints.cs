using System.Globalization;
using Workbench.Core.Tracking;

namespace Workbench.Mlflow;

/// <summary>Versions of registered models.</summary>
internal static class ModelVersionEndpoints
{
    private const int UsualResults = 10_000;
    private static readonly string[] Stages = ["None", "Staging", "Production", "Archived"];

    public static void Map(RouteGroupBuilder group)
    {
        var versions = group.MapGroup("/model-versions");
        versions.MapPost("/create", CreateAsync);
        versions.MapGet("/get", AnswerAsync);
        versions.MapGet("/search", SearchAsync);
        versions.MapPatch("/update", async (Message request, ModelStore store, ModelQueries queries, CancellationToken ct) =>
        {
            await store.DescribeVersionAsync(request.Required("name"), request.Version(), request.Text("description") ?? "", ct);
            return await AnswerAsync(request, queries, ct);
        });
        versions.MapDelete("/delete", async (Message request, ModelStore store, CancellationToken ct) =>
        {
            await store.DeleteVersionAsync(request.Required("name"), request.Version(), ct);
            return MlflowApi.Done;
        });
        versions.MapGet("/get-download-uri", async (Message request, ModelQueries queries, CancellationToken ct) =>
            MlflowApi.Answer(new { ArtifactUri = await queries.DownloadUriAsync(request.Required("name"), request.Version(), ct) }));
        versions.MapPost("/set-tag", async (Message request, ModelStore store, CancellationToken ct) =>
        {
            await store.TagVersionAsync(request.Required("name"), request.Version(), request.Name("Tag"), request.ModelTag(), ct);
            return MlflowApi.Done;
        });
        versions.MapDelete("/delete-tag", async (Message request, ModelStore store, CancellationToken ct) =>
        {
            await store.TagVersionAsync(request.Required("name"), request.Version(), request.Name("Tag"), null, ct);
            return MlflowApi.Done;
        });
        versions.MapPost("/transition-stage", TransitionAsync);
    }

    private static async Task<IResult> CreateAsync(Message request, ModelStore store, ModelQueries queries, CancellationToken ct)
    {
        var (name, source, tags) = (request.Required("name"), request.Required("source"), request.Tags("tags", Limits.ModelTag));
        // The text of a prompt stands where a model has its source.
        if (!tags.ContainsKey("mlflow.prompt.is_prompt"))
        {
            RequireGood(source, request);
        }
        var logged = request.Text("model_id") is { Length: > 0 } id ? LoggedModelId.Read(id) : (Guid?)null;
        var run = request.Text("run_id") is { Length: > 0 } given ? given : null;
        var version = await store.AddVersionAsync(
            name,
            new NewVersion(source, run, request.Text("run_link"), logged, request.Text("description"), tags) { Storage = await queries.StorageAsync(source, ct) },
            ct);
        return MlflowApi.Answer(new { ModelVersion = ModelVersionMessage.Of(await queries.GetVersionAsync(name, version, ct)) });
    }

    private static async Task<IResult> SearchAsync(Message request, ModelQueries queries, CancellationToken ct)
    {
        var found = await queries.SearchVersionsAsync(
            request.Text("filter"), request.PageSize(UsualResults, ModelQueries.MostVersions), request.Texts("order_by"), request.Text("page_token"), ct);
        return MlflowApi.Answer(new { ModelVersions = MlflowJson.Some(found.Items.Select(ModelVersionMessage.Of)), NextPageToken = found.NextToken });
    }

    private static async Task<IResult> TransitionAsync(Message request, ModelStore store, ModelQueries queries, CancellationToken ct)
    {
        var stage = Stage(request.Required("stage"), "stage");
        var archive = request.Flag("archive_existing_versions");
        if (archive && stage is not ("Staging" or "Production"))
        {
            throw request.Invalid(
                "archive_existing_versions", $"Model version transition cannot archive existing model versions because '{stage}' is not an Active stage. Valid stages are Staging and Production.");
        }
        await store.SetStageAsync(request.Required("name"), request.Version(), stage, archive, ct);
        return await AnswerAsync(request, queries, ct);
    }

    /// <summary>A stage as MLflow writes it, from any case.</summary>
    public static string Stage(string text, string field) => Array.Find(Stages, stage => stage.Equals(text, StringComparison.OrdinalIgnoreCase))
        ?? throw new FieldException(field, $"Invalid Model Version stage: {text}. Value must be one of {string.Join(", ", Stages)}.");

    /// <summary>The number of a version, which clients send as a text.</summary>
    public static int Version(this Message request) => int.TryParse(request.Required("version"), NumberStyles.None, CultureInfo.InvariantCulture, out var version)
        ? version
        : throw new FieldException("version", $"Parameter 'version' must be an integer, got '{request.Text("version")}'.");

    /// <summary>The value of a tag of a model or a version.</summary>
    public static string ModelTag(this Message request) => (request.Text("value") ?? "") is var value && value.Length <= Limits.ModelTag
        ? value
        : throw request.Invalid("value", $"It has {value.Length} characters; {Limits.ModelTag} is the most.");

    private static async Task<IResult> AnswerAsync(Message request, ModelQueries queries, CancellationToken ct) =>
        MlflowApi.Answer(new { ModelVersion = ModelVersionMessage.Of(await queries.GetVersionAsync(request.Required("name"), request.Version(), ct)) });

    private static void RequireGood(string source, Message request)
    {
        var scheme = source.IndexOf(':', StringComparison.Ordinal) is > 1 and var colon ? source[..colon].ToLowerInvariant() : "";
        if (scheme is "" or "file")
        {
            throw request.Invalid(
                "source",
                $"Invalid model version source: '{source}'. To use a local path as a model version source, the run_id request parameter has to be specified and the local path "
                + "has to be contained within the artifact directory of the run specified by the run_id: this server keeps none there.");
        }
        var plain = Uri.UnescapeDataString(source);
        if (plain.Any(char.IsControl) || plain.Split('/', '\\', '?', '#').Contains(".."))
        {
            throw request.Invalid(
                "source",
                $"Invalid model version source: '{source}'. If supplying a source as an http, https, local file path, ftp, objectstore, or mlflow-artifacts uri, an absolute path must be "
                + "provided without relative path references present. Please provide an absolute path.");
        }
    }
}

/// <summary>A version as clients see it.</summary>
internal sealed record ModelVersionMessage(
    string Name, string Version, long CreationTimestamp, long LastUpdatedTimestamp, string? UserId, string CurrentStage, string Description, string Source,
    string RunId, string Status, string? StatusMessage, IReadOnlyList<MlflowJson.Pair>? Tags, string RunLink, IReadOnlyList<string>? Aliases, string? ModelId)
{
    public static ModelVersionMessage Of(FoundVersion version) => new(
        version.Name, version.Version.ToString(CultureInfo.InvariantCulture), version.CreatedAt.ToUnixTimeMilliseconds(), version.UpdatedAt.ToUnixTimeMilliseconds(),
        version.UserName, version.Stage, version.Note ?? "", version.Source ?? "", version.Run ?? "",
        version.State switch
        {
            VersionState.Ready => "READY",
            VersionState.Failed => "FAILED_REGISTRATION",
            _ => "PENDING_REGISTRATION",
        },
        null, MlflowJson.Pairs(version.Tags), version.RunLink ?? "", MlflowJson.Some(version.Aliases),
        version.LoggedModel is { } model ? LoggedModelId.Of(model) : null);
}
