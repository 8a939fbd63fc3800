using Workbench.Api;
using Workbench.Core.Access;
using Workbench.Core.Artifacts;
using Workbench.Core.Tracking;

namespace Workbench.Mlflow;

/// <summary>What a client of MLflow is told of a failure. It tries again, for minutes, after every status from 500 on: so what is permanent has
/// none of these.</summary>
/// <param name="Status">The status of HTTP.</param>
/// <param name="ErrorCode">MLflow's word for it, by which clients decide.</param>
/// <param name="Message">A sentence.</param>
internal sealed record MlflowError(int Status, string ErrorCode, string Message)
{
    private const string InvalidParameter = "INVALID_PARAMETER_VALUE";

    /// <summary>What an exception means to the client.</summary>
    /// <param name="exception">The exception.</param>
    /// <param name="problem">What it means elsewhere.</param>
    public static MlflowError Of(Exception exception, Problem problem) => exception switch
    {
        NameTakenException => new(StatusCodes.Status400BadRequest, "RESOURCE_ALREADY_EXISTS", exception.Message),
        NotFoundException or ArtifactNotFoundException => new(StatusCodes.Status404NotFound, "RESOURCE_DOES_NOT_EXIST", exception.Message),
        ForbiddenException => new(StatusCodes.Status403Forbidden, "PERMISSION_DENIED", exception.Message),
        ConflictException => new(StatusCodes.Status400BadRequest, InvalidParameter, exception.Message),
        _ => Of(problem),
    };

    /// <summary>What a status means.</summary>
    public static MlflowError Of(Problem problem) => new(
        problem.Status,
        problem.Status switch
        {
            StatusCodes.Status401Unauthorized => "UNAUTHENTICATED",
            StatusCodes.Status403Forbidden => "PERMISSION_DENIED",
            StatusCodes.Status404NotFound => "ENDPOINT_NOT_FOUND",
            StatusCodes.Status405MethodNotAllowed => "ENDPOINT_NOT_FOUND",
            StatusCodes.Status429TooManyRequests => "REQUEST_LIMIT_EXCEEDED",
            StatusCodes.Status501NotImplemented => "NOT_IMPLEMENTED",
            StatusCodes.Status503ServiceUnavailable => "TEMPORARILY_UNAVAILABLE",
            >= 500 => "INTERNAL_ERROR",
            _ => InvalidParameter,
        },
        problem.Detail);

    /// <summary>That there is no such endpoint.</summary>
    public static MlflowError OfEndpoint(HttpContext context) => new(
        StatusCodes.Status404NotFound, "ENDPOINT_NOT_FOUND", $"There is no endpoint {context.Request.Method} {context.Request.Path}.");

    /// <summary>Answers with it.</summary>
    public static Task Write(HttpContext context, MlflowError error)
    {
        context.Response.StatusCode = error.Status;
        return context.Response.WriteAsJsonAsync(new { error.ErrorCode, error.Message }, MlflowJson.Options);
    }
}
