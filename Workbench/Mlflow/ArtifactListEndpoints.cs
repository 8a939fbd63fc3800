using Microsoft.AspNetCore.Mvc;
using Workbench.Core.Registry;
using Workbench.Core.Tracking;

namespace Workbench.Mlflow;

/// <summary>Lists of the files of runs, and what MLflow's pages download.</summary>
internal static class ArtifactListEndpoints
{
    /// <summary>Where MLflow's pages download a file of a run.</summary>
    public const string OfRun = "/get-artifact";

    /// <summary>Where they download one of a version.</summary>
    public const string OfVersion = "/model-versions/get-artifact";

    // As MLflow's own server has it: its clients upload larger files another way.
    private const long MostUpload = 10 << 20;

    public static void Map(RouteGroupBuilder group)
    {
        group.MapGet("/artifacts/list", OfRunFolderAsync);
        group.MapPost("/upload-artifact", UploadAsync).WithMetadata(new RequestSizeLimitAttribute(MostUpload));
    }

    public static void MapArtifactDownloads(this IEndpointRouteBuilder app)
    {
        app.MapGet(OfRun, OfRunAsync).ExcludeFromDescription();
        app.MapGet(OfVersion, OfVersionAsync).ExcludeFromDescription();
    }

    /// <summary>What lies right in a folder, with paths from the root on.</summary>
    /// <param name="artifacts">The files.</param>
    /// <param name="root">The root.</param>
    /// <param name="path">The folder, from the root on; empty for the root.</param>
    /// <param name="ct">Gives up.</param>
    public static async Task<object> ListAsync(RunArtifacts artifacts, string root, string path, CancellationToken ct) =>
        new { RootUri = $"mlflow-artifacts:/{root}", Files = MlflowJson.Some(await FilesAsync(artifacts, root, path, true, ct)) };

    /// <summary>What lies right in a folder.</summary>
    /// <param name="artifacts">The files.</param>
    /// <param name="root">Where the path begins.</param>
    /// <param name="path">The folder, from the root on; empty for the root.</param>
    /// <param name="fromRoot">Whether the paths are from the root on; otherwise they are names within the folder.</param>
    /// <param name="ct">Gives up.</param>
    public static async Task<IEnumerable<FileMessage>> FilesAsync(RunArtifacts artifacts, string root, string path, bool fromRoot, CancellationToken ct)
    {
        if (!IsWithin(path))
        {
            throw new FieldException("path", "Invalid path");
        }
        path = path is "." or "./" ? "" : ArtifactEndpoints.Trimmed(path);
        var folder = string.Join('/', new[] { root, path }.Where(part => part.Length > 0));
        var before = fromRoot && path.Length > 0 ? $"{path}/" : "";
        return (await artifacts.ListAsync(folder, ct)).Select(entry => new FileMessage(before + entry.Name, entry.Size is null, entry.Size));
    }

    private static async Task<IResult> OfRunFolderAsync(Message request, TrackedRunQueries queries, RunArtifacts artifacts, CancellationToken ct) =>
        MlflowApi.Answer(await ListAsync(artifacts, await RootAsync(request, queries, ct), request.Text("path") ?? "", ct));

    // What MLflow's pages write into a run.
    private static async Task<IResult> UploadAsync(
        [FromQuery(Name = "run_uuid")] string? run, string? path, HttpRequest request, TrackedRunQueries queries, RunArtifacts artifacts, CancellationToken ct)
    {
        var missing = string.IsNullOrEmpty(run) ? "run_uuid" : string.IsNullOrEmpty(path) ? "path" : request.ContentLength is 0 or null ? "data" : null;
        if (path is not null && !IsWithin(path))
        {
            throw new FieldException("path", "Invalid path");
        }
        if (missing is not null)
        {
            throw new FieldException(missing, $"Request must specify {missing}.");
        }
        var uri = (await queries.GetAsync(Limits.RunId(run!), ct)).ArtifactUri;
        var root = RunArtifacts.PathOf(uri) ?? throw Elsewhere(uri);
        await artifacts.PutAsync($"{root}/{ArtifactEndpoints.Trimmed(path!)}", request.Body, request.ContentLength!.Value, ct);
        return MlflowApi.Done;
    }

    private static bool IsWithin(string path) => !path.StartsWith('/') && !path.Split('/').Contains("..");

    private static async Task<IResult> OfRunAsync(Message request, HttpContext context, TrackedRunQueries queries, RunArtifacts artifacts, CancellationToken ct) =>
        await ArtifactEndpoints.SendAsync(context, artifacts, $"{await RootAsync(request, queries, ct)}/{Path(request)}", ct);

    private static async Task<IResult> OfVersionAsync(Message request, HttpContext context, ModelQueries models, RunArtifacts artifacts, CancellationToken ct)
    {
        var path = Path(request);
        var source = await models.DownloadUriAsync(request.Required("name"), request.Version(), ct);
        var root = RunArtifacts.PathOf(source) ?? throw Elsewhere(source);
        return await ArtifactEndpoints.SendAsync(context, artifacts, $"{root}/{path}".TrimStart('/'), ct);
    }

    private static async Task<string> RootAsync(Message request, TrackedRunQueries queries, CancellationToken ct)
    {
        var uri = (await queries.GetAsync(request.RunId(), ct)).ArtifactUri;
        return RunArtifacts.PathOf(uri) ?? throw Elsewhere(uri);
    }

    /// <summary>The path of a file, from the root on.</summary>
    /// <exception cref="FieldException">It is missing, or leads out of the root.</exception>
    public static string Path(Message request, string field = "path") => request.Required(field) is var path && IsWithin(path)
        ? ArtifactEndpoints.Trimmed(path)
        : throw new FieldException(field, "Invalid path");

    private static FieldException Elsewhere(string uri) => new("run_id", $"The artifacts are not kept by this server, but at {uri}.");
}

/// <summary>A file or a folder as clients see it.</summary>
internal sealed record FileMessage(string Path, bool IsDir, long? FileSize);
