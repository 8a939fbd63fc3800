using Microsoft.AspNetCore.Mvc;
using Workbench.Core.Tracking;
using Workbench.Core.Tracking.Tables;

namespace Workbench.Api;

/// <summary><c>/api/experiments/{id}</c>: what clients of MLflow's API have no call for.</summary>
internal static class ExperimentEndpoints
{
    public static void MapExperiments(this IEndpointRouteBuilder routes) =>
        routes.MapGet("/api/experiments/{id:long}/runs.csv", CsvAsync).WithTags("Experiments")
            .WithSummary("The runs of an experiment as a table, with last metrics, params and tags")
            .WithDescription("`filter` and `order_by` are in the language of MLflow's search: `metrics.loss < 0.3 and params.model = 'cnn'`, `metrics.loss ASC`.")
            .Produces<string>(contentType: "text/csv").ProducesProblem(StatusCodes.Status400BadRequest).ProducesProblem(StatusCodes.Status404NotFound);

    private static async Task<IResult> CsvAsync(
        long id, string? filter, [FromQuery(Name = "order_by")] string? order, ExperimentStore experiments, RunExport export, CancellationToken ct)
    {
        var experiment = await experiments.GetAsync(id, ct);
        var lines = await export.LinesAsync(id, filter, order, ct);
        return Results.Stream(
            async stream =>
            {
                await using var text = new StreamWriter(stream, leaveOpen: true);
                await foreach (var line in lines)
                {
                    await text.WriteAsync(line);
                }
            },
            "text/csv; charset=utf-8",
            $"{experiment.Name}.csv");
    }
}
