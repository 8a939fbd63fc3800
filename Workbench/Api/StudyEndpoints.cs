using Microsoft.AspNetCore.Mvc;
using Workbench.Core.Registry;
using Workbench.Core.Search;
using Workbench.Core.Studies;
using Workbench.Core.Tracking;

namespace Workbench.Api;

/// <summary><c>/api/studies</c>: launch, list, watch, stop, resume, delete, restore, promote.</summary>
internal static class StudyEndpoints
{
    public static void MapStudies(this IEndpointRouteBuilder routes)
    {
        var studies = routes.MapGroup("/api/studies").WithTags("Studies");
        studies.MapPost("/", LaunchAsync).WithSummary("Launch a study, or add trials to the one of that name")
            .Produces<StudyResource>(StatusCodes.Status201Created).Produces<StudyResource>()
            .ProducesProblem(StatusCodes.Status400BadRequest).ProducesProblem(StatusCodes.Status409Conflict)
            .Repeatable();
        studies.MapGet("/", ListAsync).WithSummary("All studies, the latest first");
        studies.MapGet("/{name}", GetAsync).WithSummary("One study").ProducesProblem(StatusCodes.Status404NotFound);
        studies.MapPost("/{name}/trials", EnqueueAsync).WithSummary("Give the parameters of the next trials")
            .Produces<EnqueuedResource>(StatusCodes.Status202Accepted)
            .ProducesProblem(StatusCodes.Status400BadRequest).ProducesProblem(StatusCodes.Status404NotFound)
            .Repeatable();
        studies.MapGet("/{name}/importance", ImportanceAsync).WithSummary("Which parameters matter")
            .ProducesProblem(StatusCodes.Status404NotFound).ProducesProblem(StatusCodes.Status409Conflict);
        studies.MapPost("/{name}/stop", StopAsync).WithSummary("Stop a study after the present epochs")
            .Produces(StatusCodes.Status202Accepted).ProducesProblem(StatusCodes.Status409Conflict);
        studies.MapPost("/{name}/resume", ResumeAsync).WithSummary("Resume a stopped study")
            .Produces(StatusCodes.Status202Accepted).ProducesProblem(StatusCodes.Status409Conflict);
        studies.MapDelete("/{name}", DeleteAsync).WithSummary("Delete a study and its runs; for a time, an hour unless configured, it can be restored")
            .Produces(StatusCodes.Status204NoContent).ProducesProblem(StatusCodes.Status404NotFound);
        studies.MapPost("/{name}/restore", RestoreAsync).WithSummary("Restore a deleted study: the last one deleted under the name, or the one with the id")
            .ProducesProblem(StatusCodes.Status404NotFound).ProducesProblem(StatusCodes.Status409Conflict);
        routes.MapGet("/api/deleted-studies", DeletedAsync).WithTags("Studies").WithSummary("The deleted studies that can be restored, the latest first");
        studies.MapPost("/{name}/promote", PromoteAsync).WithSummary("Build a production model from a trial's parameters")
            .Produces<Promotion>(StatusCodes.Status202Accepted).ProducesProblem(StatusCodes.Status409Conflict)
            .Repeatable();
    }

    private static async Task<IResult> LaunchAsync(
        StudyRequest request, [FromHeader(Name = IdempotencyKey.Header)] string? key, HttpRequest http, StudyService service, IdempotentRequests requests,
        CancellationToken ct)
    {
        var (summary, created) = await requests.OnceAsync(
            IdempotencyKey.Read(key), new { launch = request }, () => service.LaunchAsync(request, ct), ct);
        var resource = new StudyResource(summary);
        return created ? Results.Created($"{http.PathBase}/api/studies/{Uri.EscapeDataString(resource.Name)}", resource) : Results.Ok(resource);
    }

    private static async Task<IEnumerable<StudyResource>> ListAsync(StudyQueries queries, CancellationToken ct) =>
        (await queries.ListAsync(ct)).Select(summary => new StudyResource(summary));

    private static async Task<StudyResource> GetAsync(string name, StudyQueries queries, CancellationToken ct) =>
        new(await queries.GetAsync(name, ct));

    private static async Task<IResult> EnqueueAsync(
        string name, EnqueueRequest request, [FromHeader(Name = IdempotencyKey.Header)] string? key, StudyService service,
        IdempotentRequests requests, CancellationToken ct)
    {
        var waiting = await requests.OnceAsync(
            IdempotencyKey.Read(key), new { enqueue = name, request.Params }, () => service.EnqueueAsync(name, request.Params, ct), ct);
        return Results.Accepted(value: new EnqueuedResource(waiting));
    }

    private static async Task<IReadOnlyList<ParameterShare>> ImportanceAsync(string name, StudyQueries queries, CancellationToken ct)
    {
        var study = (await queries.GetAsync(name, ct)).Study;
        var trials = await queries.TrialsAsync(study.Id, cancellationToken: ct);
        return StudyImportance.Hindrance(study, trials) is { } hindrance
            ? throw new ConflictException($"The importance of the parameters of '{name}' can't be told. {hindrance}")
            : StudyImportance.Of(study, trials);
    }

    private static async Task<IResult> StopAsync(string name, StudyService service, CancellationToken ct)
    {
        await service.StopAsync(name, ct);
        return Results.Accepted();
    }

    private static async Task<IResult> ResumeAsync(string name, StudyService service, CancellationToken ct)
    {
        await service.ResumeAsync(name, ct);
        return Results.Accepted();
    }

    private static async Task<IResult> DeleteAsync(string name, StudyService service, CancellationToken ct)
    {
        await service.DeleteAsync(name, ct);
        return Results.NoContent();
    }

    private static async Task<StudyResource> RestoreAsync(string name, long? id, StudyService service, StudyQueries queries, CancellationToken ct)
    {
        await service.RestoreAsync(name, id, ct);
        return new(await queries.GetAsync(name, ct));
    }

    private static Task<IReadOnlyList<DeletedStudy>> DeletedAsync(DeletedStudies deleted, CancellationToken ct) => deleted.ListAsync(ct);

    private static async Task<IResult> PromoteAsync(
        string name, PromotionRequest? request, [FromHeader(Name = IdempotencyKey.Header)] string? key, ModelRegistry registry,
        IdempotentRequests requests, CancellationToken ct) =>
        Results.Accepted(value: await requests.OnceAsync(
            IdempotencyKey.Read(key), new { promote = name, request?.Trial, request?.Production },
            () => registry.PromoteAsync(name, request?.Trial, request?.Production ?? true, ct), ct));

    /// <param name="Trial">Whose parameters to build with; left out, the best trial's.</param>
    /// <param name="Production">Whether the version goes into production once it is ready; true unless said.</param>
    internal sealed record PromotionRequest(int? Trial, bool? Production);

    /// <param name="Params">Parameter sets, the next trial's first; what a set leaves out is sampled.</param>
    internal sealed record EnqueueRequest(IReadOnlyList<ParameterSet>? Params);

    /// <param name="Enqueued">How many parameter sets now wait to become trials of the study.</param>
    internal sealed record EnqueuedResource(int Enqueued);

    /// <summary>A study as clients see it.</summary>
    internal sealed record StudyResource(
        string Name, string Pipeline, string? Dataset, int? DatasetVersion, StudyState State, string Metric, Direction Direction, int TrialsRequested, int Jobs,
        TrialCounts Counts, BestTrial? Best, SamplerSettings Sampler, PrunerSettings Pruner, long Seed, SearchSpace SearchSpace,
        StoppingRule? Stopping, string? StopReason, string? WarmStart, int Enqueued, DateTimeOffset CreatedAt, DateTimeOffset? EndedAt,
        string? Note, IReadOnlyDictionary<string, string> Tags, double? Silence, IReadOnlyList<string>? Command,
        double? TimeLimit, double? Grace)
    {
        public StudyResource(StudySummary summary)
            : this(
                summary.Study.Name, summary.Study.Pipeline, summary.Study.Dataset, summary.Study.DatasetVersion, summary.Study.State, summary.Study.Metric,
                summary.Study.Direction, summary.Study.TrialsRequested, summary.Study.Jobs, summary.Counts, summary.Best,
                summary.Study.Sampler, summary.Study.Pruner, summary.Study.Seed, summary.Study.SearchSpace,
                summary.Study.Stopping, summary.Study.StopReason, summary.Study.WarmStart, summary.Enqueued, summary.Study.CreatedAt,
                summary.Study.EndedAt, summary.Study.Note, summary.Study.Tags, summary.Study.Silence?.TotalSeconds,
                summary.Study.Command?.Arguments, summary.Study.Command?.TimeLimit, summary.Study.Command?.Grace)
        {
        }
    }
}
