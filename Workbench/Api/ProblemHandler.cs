using System.Globalization;
using System.Text.Json;
using Microsoft.AspNetCore.Diagnostics;
using Microsoft.AspNetCore.Mvc;
using Workbench.Core.Access;
using Workbench.Core.Artifacts;
using Workbench.Core.Datasets;
using Workbench.Core.Search;
using Workbench.Core.Serving;
using Workbench.Core.Tracking;

namespace Workbench.Api;

/// <summary>Turns what the workbench throws into problem details (RFC 9457): a status, a sentence, and the field at fault.</summary>
internal sealed partial class ProblemHandler(IProblemDetailsService problems, ILogger<ProblemHandler> logger) : IExceptionHandler
{
    public async ValueTask<bool> TryHandleAsync(HttpContext httpContext, Exception exception, CancellationToken cancellationToken)
    {
        var (status, detail, field) = Describe(exception);
        // What is away for a while, or not there yet, is foreseen: whoever asked is told, and that is all.
        if (status == StatusCodes.Status500InternalServerError)
        {
            LogFailed(exception, httpContext.Request.Method, httpContext.Request.Path);
        }
        if (status == StatusCodes.Status503ServiceUnavailable)
        {
            httpContext.Response.Headers.RetryAfter = DatabaseOutage.RetryAfter.TotalSeconds.ToString(CultureInfo.InvariantCulture);
        }
        httpContext.Response.StatusCode = status;
        var problem = new ProblemDetails { Status = status, Detail = detail };
        if (field is not null)
        {
            problem.Extensions["errors"] = new Dictionary<string, string[]> { [field] = [detail] };
        }
        return await problems.TryWriteAsync(new ProblemDetailsContext { HttpContext = httpContext, ProblemDetails = problem });
    }

    private static (int Status, string Detail, string? Field) Describe(Exception exception) => exception switch
    {
        FieldException fault => (StatusCodes.Status400BadRequest, fault.Message, fault.Field),
        SearchException fault => (StatusCodes.Status400BadRequest, fault.Message, fault.Parameter),
        DatasetException fault => (StatusCodes.Status400BadRequest, fault.Message, "split"),
        BadHttpRequestException { InnerException: JsonException json } =>
            (StatusCodes.Status400BadRequest, Readable(json), json.Path?.TrimStart('$', '.') is { Length: > 0 } path ? path : null),
        BadHttpRequestException { StatusCode: StatusCodes.Status413PayloadTooLarge } =>
            (StatusCodes.Status413PayloadTooLarge, $"The file is too large; {ImagePreparation.MostBytes >> 20} MB is the most.", "file"),
        InvalidDataException form => (StatusCodes.Status400BadRequest, $"The form can't be read: {form.Message}", "file"),
        BadHttpRequestException bad => (bad.StatusCode, bad.Message, null),
        ImageException image => (Status(image.Fault), image.Message, "file"),
        ForbiddenException forbidden => (StatusCodes.Status403Forbidden, forbidden.Message, null),
        NotFoundException missing => (StatusCodes.Status404NotFound, missing.Message, null),
        KeyReusedException reused => (StatusCodes.Status422UnprocessableEntity, reused.Message, IdempotentRequests.Field),
        ConflictException conflict => (StatusCodes.Status409Conflict, conflict.Message, null),
        NoModelException none => (StatusCodes.Status503ServiceUnavailable, none.Message, null),
        ArtifactStoreException store => (StatusCodes.Status503ServiceUnavailable, store.Message, null),
        _ when DatabaseOutage.Explain(exception) is { } outage => (StatusCodes.Status503ServiceUnavailable, $"{outage} Try again in a moment.", null),
        _ => (StatusCodes.Status500InternalServerError, "Something went wrong inside Workbench. Its log says what.", null),
    };

    private static int Status(ImageFault fault) => fault switch
    {
        ImageFault.TooLarge or ImageFault.TooManyPixels => StatusCodes.Status413PayloadTooLarge,
        ImageFault.NotAnImage => StatusCodes.Status415UnsupportedMediaType,
        _ => StatusCodes.Status400BadRequest,
    };

    // System.Text.Json says where in the text, which the field says better, and which .NET type, which is nobody's business.
    private static string Readable(JsonException exception) => exception.Message.Split(" Path:")[0].Split('\'') switch
    {
        ["The JSON property ", var name, ..] => $"There is no field '{name}' here.",
        [var start, ..] when start.StartsWith("The JSON value could not be converted", StringComparison.Ordinal) => "The value is of the wrong kind.",
        var message => $"The request body is not right: {string.Join('\'', message)}",
    };

    [LoggerMessage(LogLevel.Error, "{Method} {Path} failed.")]
    private partial void LogFailed(Exception exception, string method, string path);
}
