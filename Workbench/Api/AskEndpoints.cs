using Microsoft.AspNetCore.Mvc;
using Workbench.Core.Search;
using Workbench.Core.Studies;
using Workbench.Core.Tracking;

namespace Workbench.Api;

/// <summary><c>/api/studies/{name}/ask</c> and what follows it: the search for clients that train by themselves.</summary>
internal static class AskEndpoints
{
    // While others have all that is left: one of them may fall silent.
    private const int RetryAfterSeconds = 5;

    public static void MapAsk(this IEndpointRouteBuilder routes)
    {
        var study = routes.MapGroup("/api/studies/{name}").WithTags("Ask and tell");
        study.MapPost("/ask", AskAsync).WithSummary("Get the next trial of an external study: its number, its parameters, and a token that shows whose it is")
            .WithDescription("204 when there is nothing to run: with Retry-After while other clients have all that is left, without once the study is over. "
                + $"With the header {IdempotencyKey.Header} the same trial is given again while it runs, for a request whose answer was lost.")
            .Produces<AskedTrial>().Produces(StatusCodes.Status204NoContent)
            .ProducesProblem(StatusCodes.Status404NotFound).ProducesProblem(StatusCodes.Status409Conflict);
        study.MapPost("/trials/{number:int}/report", ReportAsync).WithSummary("Report a step of a trial, and learn whether to go on")
            .WithDescription("Without metrics it is a sign of life. 409 when the trial was given to another client after too long a silence, or has ended.")
            .Produces<Reported>().ProducesProblem(StatusCodes.Status400BadRequest)
            .ProducesProblem(StatusCodes.Status404NotFound).ProducesProblem(StatusCodes.Status409Conflict);
        study.MapPost("/trials/{number:int}/tell", TellAsync).WithSummary("Tell the outcome of a trial; it may be told twice")
            .WithDescription("The value may be left out when the objective was reported: then it is the last one.")
            .Produces<Told>().ProducesProblem(StatusCodes.Status400BadRequest)
            .ProducesProblem(StatusCodes.Status404NotFound).ProducesProblem(StatusCodes.Status409Conflict);
    }

    private static async Task<IResult> AskAsync(
        string name, [FromBody(EmptyBodyBehavior = Microsoft.AspNetCore.Mvc.ModelBinding.EmptyBodyBehavior.Allow)] AskRequest? request,
        [FromHeader(Name = IdempotencyKey.Header)] string? key, HttpResponse response, AskedTrials trials, CancellationToken ct)
    {
        var asked = await trials.AskAsync(name, IdempotencyKey.Read(key), request?.Client, ct);
        if (asked is { Trial: null, State: StudyState.Running })
        {
            response.Headers.RetryAfter = $"{RetryAfterSeconds}";
        }
        return asked.Trial is { } trial ? Results.Ok(trial) : Results.NoContent();
    }

    private static Task<Reported> ReportAsync(string name, int number, ReportRequest report, AskedTrials trials, CancellationToken ct) =>
        trials.ReportAsync(name, number, report.Token, report.Step, report.Metrics, ct);

    private static Task<Told> TellAsync(string name, int number, TellRequest tell, AskedTrials trials, CancellationToken ct) =>
        trials.TellAsync(name, number, tell.Token, tell.State, tell.Value, tell.Error, ct);

    /// <param name="Client">Who runs the trial, for people to read, such as <c>host:process</c>.</param>
    internal sealed record AskRequest(string? Client);

    /// <param name="Token">As it was given with the trial.</param>
    /// <param name="Step">Such as an epoch; needed with metrics.</param>
    /// <param name="Metrics">Values by name.</param>
    internal sealed record ReportRequest(string? Token, int? Step, IReadOnlyDictionary<string, double>? Metrics);

    /// <param name="Token">As it was given with the trial.</param>
    /// <param name="State"><c>complete</c>, <c>pruned</c> or <c>failed</c>; left out, complete, or failed with an error.</param>
    /// <param name="Value">The objective.</param>
    /// <param name="Error">Why it failed.</param>
    internal sealed record TellRequest(string? Token, TrialState? State, double? Value, string? Error);
}
