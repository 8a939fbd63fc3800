using System.Text;
using Microsoft.AspNetCore.Mvc;
using Workbench.Core.Search;
using Workbench.Core.Tracking;
using Workbench.Core.Tracking.Tables;
using Workbench.Core.Training;

namespace Workbench.Api;

/// <summary><c>/api/studies/{name}/trials</c>: a study's trials, filtered and sorted as in the table on its page.</summary>
internal static class TrialEndpoints
{
    public static void MapTrials(this IEndpointRouteBuilder routes)
    {
        var trials = routes.MapGroup("/api/studies/{name}").WithTags("Studies");
        trials.MapGet("/trials", ListAsync).WithSummary("The trials of a study, by number unless told otherwise")
            .ProducesProblem(StatusCodes.Status400BadRequest).ProducesProblem(StatusCodes.Status404NotFound);
        trials.MapGet("/trials.csv", CsvAsync).WithSummary("The trials of a study as a table, with parameters and last metrics")
            .Produces<string>(contentType: "text/csv").ProducesProblem(StatusCodes.Status400BadRequest).ProducesProblem(StatusCodes.Status404NotFound);
        trials.MapGet("/trials.json", JsonAsync).WithSummary("The same table as flat objects")
            .Produces<object[]>().ProducesProblem(StatusCodes.Status400BadRequest).ProducesProblem(StatusCodes.Status404NotFound);
    }

    private static async Task<IEnumerable<TrialResource>> ListAsync([AsParameters] Table table, CancellationToken ct) =>
        (await table.ReadAsync($"{TrialFields.Number}", ct)).Rows.Select(row => new TrialResource(row.Run));

    private static async Task<IResult> CsvAsync([AsParameters] Table table, CancellationToken ct)
    {
        var (fields, rows) = await table.ReadAsync(null, ct);
        return Results.File(Encoding.UTF8.GetBytes(TrialExport.Csv(fields, rows)), "text/csv; charset=utf-8", $"{table.Name}.csv");
    }

    private static async Task<IResult> JsonAsync([AsParameters] Table table, CancellationToken ct)
    {
        var (fields, rows) = await table.ReadAsync(null, ct);
        return Results.File(TrialExport.Json(fields, rows), "application/json", $"{table.Name}.json");
    }

    /// <summary>What a caller asks for.</summary>
    /// <param name="Name">The study.</param>
    /// <param name="Filter">Which trials, as in <c>val_accuracy > 0.99 and num_hidden &lt; 40</c>; left out, all.</param>
    /// <param name="Sort">By which field, with a minus before it for the largest first.</param>
    /// <param name="Columns">Which fields, parted by commas; left out, all.</param>
    internal sealed record Table(
        string Name, string? Filter, string? Sort, string? Columns,
        [FromServices] StudyQueries Studies, [FromServices] RunQueries Runs, [FromServices] Pipelines Pipelines, [FromServices] TimeProvider Clock)
    {
        public async Task<(IReadOnlyList<TrialField> Fields, IEnumerable<TrialRow> Rows)> ReadAsync(string? order, CancellationToken ct)
        {
            var study = (await Studies.GetAsync(Name, ct)).Study;
            var trials = await Studies.TrialsAsync(study.Id, cancellationToken: ct);
            var metrics = await Runs.LastMetricsAsync([.. trials.Select(trial => trial.Id)], ct);
            var fields = new TrialFields(study, Pipelines.MetricsOf(study.Pipeline), metrics.Values.SelectMany(last => last.Keys));
            var (filter, sorted, now) = (Condition(fields), Order(fields, order), Clock.GetUtcNow());
            return (Shown(fields), sorted.Sort(trials.Select(trial => new TrialRow(trial, metrics[trial.Id], now)).Where(filter.Holds)));
        }

        private TrialFilter Condition(TrialFields fields)
        {
            try
            {
                return TrialFilter.Parse(Filter ?? "", fields);
            }
            catch (FilterException exception)
            {
                throw new FieldException("filter", $"filter, from character {exception.Start + 1} on: {exception.Message}");
            }
        }

        private TrialOrder Order(TrialFields fields, string? order) => TrialOrder.Parse(string.IsNullOrWhiteSpace(Sort) ? order : Sort, fields)
            ?? throw new FieldException("sort", $"sort is '{Sort}'; it must be one of {Names(fields)}, with a minus before it for the largest first.");

        private List<TrialField> Shown(TrialFields fields) => string.IsNullOrWhiteSpace(Columns)
            ? [.. fields]
            : [.. Columns.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).Select(name => fields.Find(name)
                ?? throw new FieldException("columns", $"columns has '{name}'; there are {Names(fields)}."))];

        private static string Names(TrialFields fields) => string.Join(", ", fields.Select(field => field.Name));
    }

    /// <summary>A trial as clients see it.</summary>
    internal sealed record TrialResource(
        int Number, TrialState State, double? Value, ParameterSet? Params, int Attempt, DateTimeOffset StartedAt, DateTimeOffset? FinishedAt,
        string? Error, string? Worker, ParameterSet? Given, long Run)
    {
        public TrialResource(Run run)
            : this(
                run.Number!.Value, run.State, run.Value, run.Params, run.Attempt, run.StartedAt, run.FinishedAt, run.Error, run.Worker,
                run.Given, run.Id)
        {
        }
    }
}
