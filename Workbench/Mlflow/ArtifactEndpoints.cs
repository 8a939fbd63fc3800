using System.Collections.Frozen;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.StaticFiles;
using Workbench.Core.Artifacts;
using Workbench.Core.Registry;

namespace Workbench.Mlflow;

/// <summary>The files of runs and models, both ways as they come: neither memory nor a limit stands in the way of a large one.</summary>
internal static class ArtifactEndpoints
{
    private static readonly FileExtensionContentTypeProvider Types = new();

    private static readonly FrozenSet<string> Texts = FrozenSet.Create(
        StringComparer.OrdinalIgnoreCase,
        "txt", "log", "err", "cfg", "conf", "cnf", "cf", "ini", "properties", "prop", "hocon", "toml", "yaml", "yml", "json", "py", "py3", "csv", "tsv", "md", "rst",
        "MLmodel", "MLproject", "xml", "js", "mjs", "html", "htm", "xhtml", "svg", "svgz", "mht", "mhtml");

    public static void Map(RouteGroupBuilder group)
    {
        group.MapPut("/artifacts/{**path}", PutAsync).WithMetadata(new DisableRequestSizeLimitAttribute());
        group.MapGet("/artifacts/{**path}", GetAsync);
        group.MapDelete("/artifacts/{**path}", async (string path, RunArtifacts artifacts, CancellationToken ct) =>
        {
            await artifacts.DeleteAsync(Trimmed(path), ct);
            return MlflowApi.Done;
        });
        group.MapPost("/mpu/{step}/{**path}", (HttpContext context) => MlflowError.Write(context, new MlflowError(
            StatusCodes.Status501NotImplemented, "NOT_IMPLEMENTED",
            "Uploads in parts are not needed here: one PUT takes a file of any size. Unset MLFLOW_ENABLE_PROXY_MULTIPART_UPLOAD.")));
    }

    private static async Task<IResult> PutAsync(string path, HttpRequest request, RunArtifacts artifacts, CancellationToken ct)
    {
        try
        {
            if (request.ContentLength is { } length)
            {
                await artifacts.PutAsync(Trimmed(path), request.Body, length, ct);
                return MlflowApi.Done;
            }
            // Its length has to be known before it is passed on: clients leave it out only of a file that is empty.
            await using var spooled = new FileStream(
                Path.Combine(Path.GetTempPath(), $"workbench-{Guid.NewGuid():N}"), FileMode.CreateNew, FileAccess.ReadWrite, FileShare.None, 64 << 10,
                FileOptions.Asynchronous | FileOptions.DeleteOnClose);
            await request.Body.CopyToAsync(spooled, ct);
            spooled.Position = 0;
            await artifacts.PutAsync(Trimmed(path), spooled, spooled.Length, ct);
            return MlflowApi.Done;
        }
        catch (ArtifactStoreException exception) when (exception.InnerException is BadHttpRequestException brokenOff)
        {
            throw new BadHttpRequestException(brokenOff.Message, brokenOff.StatusCode, brokenOff);
        }
    }

    // Without a path it is a list, as of ?path=.
    private static async Task<IResult> GetAsync(string? path, Message request, HttpContext context, RunArtifacts artifacts, CancellationToken ct) =>
        path is { Length: > 0 }
            ? await SendAsync(context, artifacts, Trimmed(path), ct)
            : MlflowApi.Answer(new { Files = MlflowJson.Some(await ArtifactListEndpoints.FilesAsync(artifacts, "", request.Text("path") ?? "", false, ct)) });

    /// <summary>Sends a file.</summary>
    public static async Task<IResult> SendAsync(HttpContext context, RunArtifacts artifacts, string path, CancellationToken ct)
    {
        var (content, length) = await artifacts.OpenAsync(path, ct);
        context.Response.ContentLength = content.CanSeek ? null : length;
        return Results.Stream(content, Media(path.Split('/')[^1]), path.Split('/')[^1], enableRangeProcessing: content.CanSeek);
    }

    // As MLflow's server tells it. What a browser might run is plain text.
    private static string Media(string name) =>
        Texts.Contains(name.Split('.')[^1]) ? "text/plain" : Types.TryGetContentType(name, out var media) ? media : "application/octet-stream";

    /// <summary>A path without slashes at its ends.</summary>
    public static string Trimmed(string path) => path.Trim('/');
}
