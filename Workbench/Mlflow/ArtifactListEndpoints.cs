using Workbench.Core.Registry;
using Workbench.Core.Tracking;

namespace Workbench.Mlflow;

/// <summary>Lists of the files of runs, and what MLflow's pages download.</summary>
internal static class ArtifactListEndpoints
{
    public static void Map(RouteGroupBuilder group) => group.MapGet("/artifacts/list", OfRunFolderAsync);

    public static void MapArtifactDownloads(this IEndpointRouteBuilder app)
    {
        app.MapGet("/get-artifact", OfRunAsync).ExcludeFromDescription();
        app.MapGet("/model-versions/get-artifact", OfVersionAsync).ExcludeFromDescription();
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
        if (path.StartsWith('/') || path.Split('/').Contains(".."))
        {
            throw new FieldException("path", $"Invalid path: '{path}'");
        }
        path = path is "." or "./" ? "" : ArtifactEndpoints.Trimmed(path);
        var folder = string.Join('/', new[] { root, path }.Where(part => part.Length > 0));
        var before = fromRoot && path.Length > 0 ? $"{path}/" : "";
        return (await artifacts.ListAsync(folder, ct)).Select(entry => new FileMessage(before + entry.Name, entry.Size is null, entry.Size));
    }

    private static async Task<IResult> OfRunFolderAsync(Message request, TrackedRunQueries queries, RunArtifacts artifacts, CancellationToken ct) =>
        MlflowApi.Answer(await ListAsync(artifacts, await RootAsync(request, queries, ct), request.Text("path") ?? "", ct));

    private static async Task<IResult> OfRunAsync(Message request, HttpContext context, TrackedRunQueries queries, RunArtifacts artifacts, CancellationToken ct) =>
        await ArtifactEndpoints.SendAsync(context, artifacts, $"{await RootAsync(request, queries, ct)}/{Path(request)}", ct);

    private static async Task<IResult> OfVersionAsync(Message request, HttpContext context, ModelQueries models, RunArtifacts artifacts, CancellationToken ct)
    {
        var source = await models.DownloadUriAsync(request.Required("name"), request.Version(), ct);
        var root = RunArtifacts.PathOf(source) ?? throw Elsewhere(source);
        return await ArtifactEndpoints.SendAsync(context, artifacts, $"{root}/{Path(request)}", ct);
    }

    private static async Task<string> RootAsync(Message request, TrackedRunQueries queries, CancellationToken ct)
    {
        var uri = (await queries.GetAsync(request.RunId(), ct)).ArtifactUri;
        return RunArtifacts.PathOf(uri) ?? throw Elsewhere(uri);
    }

    private static string Path(Message request) => request.Required("path") is var path && !path.StartsWith('/') && !path.Split('/').Contains("..")
        ? ArtifactEndpoints.Trimmed(path)
        : throw request.Invalid("path", "Invalid path");

    private static FieldException Elsewhere(string uri) => new("run_id", $"The artifacts are not kept by this server, but at {uri}.");
}

/// <summary>A file or a folder as clients see it.</summary>
internal sealed record FileMessage(string Path, bool IsDir, long? FileSize);
