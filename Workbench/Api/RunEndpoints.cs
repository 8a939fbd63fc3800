using Workbench.Core.Search;
using Workbench.Core.Tracking;

namespace Workbench.Api;

/// <summary><c>/api/runs</c>: trials and production builds, whichever study they belong to.</summary>
internal static class RunEndpoints
{
    public static void MapRuns(this IEndpointRouteBuilder routes)
    {
        var runs = routes.MapGroup("/api/runs").WithTags("Runs");
        runs.MapGet("/{id:long}", GetAsync).WithSummary("One run").ProducesProblem(StatusCodes.Status404NotFound);
        runs.MapGet("/{id:long}/metrics", MetricsAsync).WithSummary("The metrics of a run, epoch by epoch")
            .ProducesProblem(StatusCodes.Status404NotFound);
    }

    private static async Task<RunResource> GetAsync(long id, StudyQueries queries, StudyStore studies, CancellationToken ct)
    {
        var run = await queries.RunAsync(id, ct);
        var study = await studies.FindAsync(run.StudyId, ct) ?? throw new NotFoundException($"There is no run {id}.");
        return new RunResource(
            run.Id, study.Name, run.Kind, run.Name, run.Number, run.State, run.Value, run.Params, run.Attempt, run.StartedAt, run.FinishedAt,
            run.HeartbeatAt, run.Worker, run.Error, run.Activity, run.Note, run.Tags, run.ArtifactPrefix);
    }

    private static async Task<IEnumerable<MetricResource>> MetricsAsync(long id, StudyQueries queries, CancellationToken ct)
    {
        await queries.RunAsync(id, ct);
        // JSON has no NaN: a value that is not a number is null.
        return (await queries.MetricsAsync([id], ct))
            .Select(point => new MetricResource(point.Key, point.Step, double.IsFinite(point.Value) ? point.Value : null, point.At));
    }

    /// <summary>A run as clients see it.</summary>
    internal sealed record RunResource(
        long Id, string Study, RunKind Kind, string Name, int? Number, TrialState State, double? Value, ParameterSet? Params, int Attempt,
        DateTimeOffset StartedAt, DateTimeOffset? FinishedAt, DateTimeOffset HeartbeatAt, string? Worker, string? Error, string? Activity,
        string? Note, IReadOnlyDictionary<string, string> Tags, string? Artifacts);

    /// <summary>One value of a metric.</summary>
    internal sealed record MetricResource(string Key, int Step, double? Value, DateTimeOffset At);
}
