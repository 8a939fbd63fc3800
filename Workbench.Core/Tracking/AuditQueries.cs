using Microsoft.EntityFrameworkCore;
using Workbench.Core.Audit;

namespace Workbench.Core.Tracking;

/// <summary>Which events of the audit trail; what is null takes all.</summary>
public sealed record AuditFilter
{
    /// <summary>The actor's whole name.</summary>
    public string? Actor { get; init; }

    /// <summary>The way by which the action came.</summary>
    public Way? Way { get; init; }

    /// <summary>What was done.</summary>
    public AuditAction? Action { get; init; }

    /// <summary>A part of what it was done to, in upper or lower case.</summary>
    public string? Subject { get; init; }

    /// <summary>The earliest time.</summary>
    public DateTimeOffset? Since { get; init; }

    /// <summary>The time before which it was.</summary>
    public DateTimeOffset? Until { get; init; }
}

/// <summary>Reads the audit trail.</summary>
public sealed class AuditQueries(IDbContextFactory<WorkbenchDb> databases)
{
    // How many an export holds in memory.
    private const int Batch = 2_000;

    // How many of one study or model are shown beside it.
    private const int Beside = 200;

    /// <summary>The latest events, the latest first.</summary>
    /// <param name="filter">Which.</param>
    /// <param name="before">Only those before the event with this key; null to begin with the latest.</param>
    /// <param name="most">How many at most.</param>
    /// <param name="cancellationToken">Gives up the query.</param>
    public async Task<IReadOnlyList<AuditEvent>> ListAsync(
        AuditFilter filter, long? before, int most, CancellationToken cancellationToken = default)
    {
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        return await Where(db, filter).Where(e => before == null || e.Id < before).OrderByDescending(e => e.Id).Take(most)
            .ToListAsync(cancellationToken);
    }

    /// <summary>All events, the latest first, read as they are asked for.</summary>
    public async IAsyncEnumerable<AuditEvent> AllAsync(
        AuditFilter filter, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        long? before = null;
        IReadOnlyList<AuditEvent> batch;
        do
        {
            batch = await ListAsync(filter, before, Batch, cancellationToken);
            foreach (var entry in batch)
            {
                yield return entry;
            }
            before = batch.Count > 0 ? batch[^1].Id : null;
        }
        while (batch.Count == Batch);
    }

    /// <summary>The names of all actors, in their order.</summary>
    public async Task<IReadOnlyList<string>> ActorsAsync(CancellationToken cancellationToken = default)
    {
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        // From each to the next by the index: there are few actors, and many events.
        return await db.Database.SqlQuery<string>(
            $"""
            WITH RECURSIVE actors (actor) AS (
                SELECT min(actor) FROM audit_events
                UNION ALL SELECT (SELECT min(e.actor) FROM audit_events e WHERE e.actor > actors.actor) FROM actors WHERE actors.actor IS NOT NULL)
            SELECT actor AS "Value" FROM actors WHERE actor IS NOT NULL
            """).ToListAsync(cancellationToken);
    }

    /// <summary>What was last done to a study, also to a deleted one, the latest first.</summary>
    public async Task<IReadOnlyList<AuditEvent>> OfStudyAsync(long studyId, CancellationToken cancellationToken = default)
    {
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        return await db.AuditEvents.AsNoTracking().Where(e => e.StudyId == studyId).OrderByDescending(e => e.Id).Take(Beside)
            .ToListAsync(cancellationToken);
    }

    /// <summary>What was last done to a model, its versions and aliases, the latest first.</summary>
    public async Task<IReadOnlyList<AuditEvent>> OfModelAsync(long modelId, CancellationToken cancellationToken = default)
    {
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        return await db.AuditEvents.AsNoTracking().Where(e => e.ModelId == modelId).OrderByDescending(e => e.Id).Take(Beside)
            .ToListAsync(cancellationToken);
    }

    /// <summary>Of each version of a model its promotion, and of each alias its last move, by subject.</summary>
    public async Task<IReadOnlyDictionary<string, AuditEvent>> LastOfModelAsync(long modelId, CancellationToken cancellationToken = default)
    {
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        return await db.AuditEvents.AsNoTracking()
            .Where(e => e.ModelId == modelId && (e.Action == AuditAction.TrialPromoted || e.Action == AuditAction.AliasMoved))
            .GroupBy(e => e.Subject).Select(subject => subject.OrderByDescending(e => e.Id).First())
            .ToDictionaryAsync(e => e.Subject, cancellationToken);
    }

    private static IQueryable<AuditEvent> Where(WorkbenchDb db, AuditFilter filter)
    {
        var events = db.AuditEvents.AsNoTracking();
        events = filter.Actor is { } actor ? events.Where(e => e.Actor == actor) : events;
        events = filter.Way is { } way ? events.Where(e => e.Way == way) : events;
        events = filter.Action is { } action ? events.Where(e => e.Action == action) : events;
        events = filter.Since is { } since ? events.Where(e => e.At >= since.ToUniversalTime()) : events;
        events = filter.Until is { } until ? events.Where(e => e.At < until.ToUniversalTime()) : events;
        return filter.Subject is { Length: > 0 } subject
            ? events.Where(e => EF.Functions.ILike(e.Subject, $"%{Literally(subject)}%", @"\"))
            : events;
    }

    private static string Literally(string text) =>
        text.Replace(@"\", @"\\", StringComparison.Ordinal).Replace("%", @"\%", StringComparison.Ordinal).Replace("_", @"\_", StringComparison.Ordinal);
}
