using System.Globalization;
using System.Text.Json;
using Microsoft.AspNetCore.Http.Json;
using Microsoft.Extensions.Options;
using Workbench.Core.Audit;
using Workbench.Core.Text;
using Workbench.Core.Tracking;
using Workbench.Core.Tracking.Tables;
using Workbench.Security;
using Scope = Workbench.Core.Access.Scope;

namespace Workbench.Api;

/// <summary><c>/api/audit</c>: who did what.</summary>
internal static class AuditEndpoints
{
    private const int MostAtOnce = 1_000;

    public static void MapAudit(this IEndpointRouteBuilder routes)
    {
        var audit = routes.MapGroup("").WithTags("Audit").Require(Scope.Admin);
        audit.MapGet("/api/audit", ListAsync).WithSummary("Who did what, the latest first")
            .WithDescription("`next` is the value of `before` that goes on from here; null at the end.")
            .ProducesProblem(StatusCodes.Status400BadRequest);
        audit.MapGet("/api/audit.csv", AsCsv).WithSummary("All of it as a table")
            .Produces<string>(contentType: "text/csv").ProducesProblem(StatusCodes.Status400BadRequest);
        audit.MapGet("/api/audit.jsonl", JsonLines).WithSummary("All of it, one JSON object a line")
            .Produces<string>(contentType: "application/jsonl").ProducesProblem(StatusCodes.Status400BadRequest);
    }

    private static async Task<AuditPage> ListAsync(
        [AsParameters] Selection selection, long? before, int? most, AuditQueries audit, CancellationToken ct)
    {
        if (most is < 1 or > MostAtOnce)
        {
            throw new FieldException("most", $"most is {most}; it must be from 1 to {MostAtOnce}.");
        }
        var wanted = most ?? 100;
        // One more tells whether there are more.
        var found = await audit.ListAsync(selection.ToFilter(), before, wanted + 1, ct);
        return new AuditPage([.. found.Take(wanted).Select(told => new AuditResource(told))], found.Count > wanted ? found[wanted - 1].Id : null);
    }

    private static IResult AsCsv([AsParameters] Selection selection, AuditQueries audit, CancellationToken ct)
    {
        var filter = selection.ToFilter();
        return Results.Stream(
            async stream =>
            {
                await using var text = new StreamWriter(stream, leaveOpen: true);
                await text.WriteAsync(Csv.ByteOrderMark + Csv.Line(["id", "at", "actor", "way", "action", "subject", "details"]));
                await foreach (var told in audit.AllAsync(filter, ct))
                {
                    await text.WriteAsync(Csv.Line(
                    [
                        $"{told.Id}", told.At.UtcDateTime.ToString("O", CultureInfo.InvariantCulture), told.Actor, Word(told.Way), Word(told.Action), told.Subject,
                        string.Join("; ", told.Details.Select(detail => $"{detail.Key} {detail.Value}")),
                    ]));
                }
            },
            "text/csv; charset=utf-8",
            "audit.csv");
    }

    private static string Word<TEnum>(TEnum value)
        where TEnum : struct, Enum => JsonNamingPolicy.CamelCase.ConvertName(value.ToString());

    private static IResult JsonLines([AsParameters] Selection selection, AuditQueries audit, IOptions<JsonOptions> json, CancellationToken ct)
    {
        var filter = selection.ToFilter();
        return Results.Stream(
            async stream =>
            {
                await foreach (var told in audit.AllAsync(filter, ct))
                {
                    await JsonSerializer.SerializeAsync(stream, new AuditResource(told), json.Value.SerializerOptions, ct);
                    await stream.WriteAsync("\n"u8.ToArray(), ct);
                }
            },
            "application/jsonl",
            "audit.jsonl");
    }

    /// <summary>What a caller asks for.</summary>
    /// <param name="Actor">The actor's whole name.</param>
    /// <param name="Way">system, page, api or cli.</param>
    /// <param name="Action">What was done, such as studyLaunched.</param>
    /// <param name="Subject">A part of what it was done to.</param>
    /// <param name="Since">The earliest time, in ISO 8601; without an offset it is UTC.</param>
    /// <param name="Until">The time before which it was.</param>
    internal sealed record Selection(string? Actor, string? Way, string? Action, string? Subject, string? Since, string? Until)
    {
        /// <exception cref="FieldException">A value is not possible.</exception>
        public AuditFilter ToFilter() => new()
        {
            Actor = Known("actor", Actor),
            Way = Word<Way>("way", Way),
            Action = Word<AuditAction>("action", Action),
            Subject = Known("subject", Subject),
            Since = Time("since", Since),
            Until = Time("until", Until),
        };

        private static string? Some(string? text) => string.IsNullOrWhiteSpace(text) ? null : text;

        private static string? Known(string field, string? text) => Some(text) is { } some && TextRule.LineFault(field, some, 1000) is { } fault
            ? throw new FieldException(field, fault)
            : Some(text);

        private static TEnum? Word<TEnum>(string field, string? word)
            where TEnum : struct, Enum =>
            Some(word) is null ? null
            : Enum.GetValues<TEnum>().Cast<TEnum?>().FirstOrDefault(value => $"{value}".Equals(word, StringComparison.OrdinalIgnoreCase))
                ?? throw new FieldException(
                    field, $"{field} is '{word}'; it must be one of {string.Join(", ", Enum.GetNames<TEnum>().Select(JsonNamingPolicy.CamelCase.ConvertName))}.");

        private static DateTimeOffset? Time(string field, string? text) =>
            Some(text) is null ? null
            : DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time) ? time
            : throw new FieldException(field, $"{field} is '{text}'; it must be a time like 2026-11-28T15:00:00Z.");
    }

    /// <summary>A part of the trail.</summary>
    internal sealed record AuditPage(IReadOnlyList<AuditResource> Events, long? Next);

    /// <summary>An event as clients see it.</summary>
    internal sealed record AuditResource(
        long Id, DateTimeOffset At, string Actor, Way Way, AuditAction Action, string Subject, IReadOnlyDictionary<string, string> Details)
    {
        public AuditResource(AuditEvent told)
            : this(told.Id, told.At, told.Actor, told.Way, told.Action, told.Subject, told.Details)
        {
        }
    }
}
