using Workbench.Core.Artifacts;
using Workbench.Core.Registry;
using Workbench.Core.Search;
using Workbench.Core.Tracking;

namespace Workbench.Api;

/// <summary><c>/api/runs</c>: trials and production builds, whichever study they belong to; of tracked runs their files.</summary>
internal static class RunEndpoints
{
    public static void MapRuns(this IEndpointRouteBuilder routes)
    {
        var runs = routes.MapGroup("/api/runs").WithTags("Runs");
        runs.MapGet("/{id:long}", GetAsync).WithSummary("One run").ProducesProblem(StatusCodes.Status404NotFound);
        runs.MapGet("/{id:long}/metrics", MetricsAsync).WithSummary("The metrics of a run, epoch by epoch")
            .ProducesProblem(StatusCodes.Status404NotFound);
        runs.MapGet("/{id:long}/artifacts", ArtifactsAsync).WithSummary("The files of a run").ProducesProblem(StatusCodes.Status404NotFound);
        runs.MapGet("/{id:long}/artifacts/{**path}", DownloadAsync).WithSummary("One file of a run")
            .Produces(StatusCodes.Status200OK, contentType: "application/octet-stream").ProducesProblem(StatusCodes.Status404NotFound);
    }

    private static async Task<RunResource> GetAsync(long id, StudyQueries queries, RunQueries runs, StudyStore studies, CancellationToken ct)
    {
        var run = await queries.RunAsync(id, ct);
        var study = await studies.FindAsync(run.ExperimentId, ct) ?? throw new NotFoundException($"There is no run {id}.");
        return new RunResource(
            run.Id, study.Name, run.Kind, run.Name, run.Number, run.State, run.Value, run.Params, run.Attempt, run.StartedAt, run.FinishedAt,
            run.HeartbeatAt, run.Worker, run.Error, run.State == TrialState.Failed ? await runs.FailureAsync(id, ct) : null, run.Activity, run.Note, run.Tags, run.ArtifactPrefix);
    }

    private static async Task<IEnumerable<MetricResource>> MetricsAsync(long id, StudyQueries queries, CancellationToken ct)
    {
        await queries.RunAsync(id, ct);
        // JSON has no NaN: a value that is not a number is null.
        return (await queries.MetricsAsync([id], ct))
            .Select(point => new MetricResource(point.Key, point.Step, double.IsFinite(point.Value) ? point.Value : null, point.At));
    }

    private static async Task<IEnumerable<ArtifactResource>> ArtifactsAsync(
        long id, StudyQueries queries, IArtifactStore artifacts, CancellationToken ct) =>
        (await FilesAsync(id, queries, artifacts, ct)).Select(file => new ArtifactResource(file.Path, file.Info.Size, file.Info.Modified));

    private static async Task<IResult> DownloadAsync(
        long id, string path, bool? show, HttpContext context, StudyQueries queries, TrackedRunQueries tracked, RunArtifacts files, IArtifactStore artifacts, CancellationToken ct)
    {
        if (await tracked.FindAsync(id, ct) is { Kind: RunKind.Tracked, IsDeleted: false } run)
        {
            var root = RunArtifacts.PathOf(run.ArtifactUri) ?? throw new NotFoundException($"The files of run {id} are not kept by this server, but at {run.ArtifactUri}.");
            var (content, length) = await OpenAsync(files, id, root, path, ct);
            // What others logged is never run: a picture is shown as one, all else is a file to save.
            context.Response.Headers.ContentSecurityPolicy = "default-src 'none'; sandbox";
            context.Response.ContentLength = content.CanSeek ? null : length;
            return show is true && Picture(path) is { } picture
                ? Results.Stream(content, picture)
                : Results.Stream(content, "application/octet-stream", Path.GetFileName(path), enableRangeProcessing: content.CanSeek);
        }
        // Looked up among the run's own files: no path leads to those of another.
        var file = (await FilesAsync(id, queries, artifacts, ct)).FirstOrDefault(file => file.Path == path).Info
            ?? throw new NotFoundException($"Run {id} has no file '{path}'.");
        return Results.File(await artifacts.OpenReadAsync(file.Key, ct), "application/octet-stream", Path.GetFileName(path));
    }

    private static async Task<(Stream Content, long Length)> OpenAsync(RunArtifacts files, long id, string root, string path, CancellationToken ct)
    {
        try
        {
            return await files.OpenAsync($"{root}/{path}", ct);
        }
        catch (ArtifactNotFoundException)
        {
            throw new NotFoundException($"Run {id} has no file '{path}'.");
        }
    }

    // Not SVG, which may hold scripts.
    private static string? Picture(string path) => Path.GetExtension(path).ToLowerInvariant() switch
    {
        ".png" => "image/png",
        ".jpg" or ".jpeg" => "image/jpeg",
        ".gif" => "image/gif",
        ".webp" => "image/webp",
        ".bmp" => "image/bmp",
        _ => null,
    };

    private static async Task<IEnumerable<(string Path, ArtifactInfo Info)>> FilesAsync(
        long id, StudyQueries queries, IArtifactStore artifacts, CancellationToken ct) =>
        (await queries.RunAsync(id, ct)).ArtifactPrefix is { } prefix
            ? (await artifacts.ListAsync(prefix, ct)).Select(file => (file.Key[(prefix.Length + 1)..], file))
            : [];

    /// <summary>A run as clients see it.</summary>
    internal sealed record RunResource(
        long Id, string Study, RunKind Kind, string Name, int? Number, TrialState State, double? Value, ParameterSet? Params, int Attempt,
        DateTimeOffset StartedAt, DateTimeOffset? FinishedAt, DateTimeOffset HeartbeatAt, string? Worker, string? Error, string? ErrorDetail, string? Activity,
        string? Note, IReadOnlyDictionary<string, string> Tags, string? Artifacts);

    /// <summary>One value of a metric.</summary>
    internal sealed record MetricResource(string Key, long Step, double? Value, DateTimeOffset At);

    /// <summary>One file.</summary>
    internal sealed record ArtifactResource(string Path, long Size, DateTimeOffset Modified);
}
