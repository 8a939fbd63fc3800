using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Query;
using Npgsql;
using Workbench.Core.Audit;
using Workbench.Core.Search;

namespace Workbench.Core.Tracking;

/// <summary>What people do to studies, written down; every change is announced on the change feed, and told in the audit trail.</summary>
public sealed class StudyStore(IDbContextFactory<WorkbenchDb> databases)
{
    /// <summary>The study with that key, also a deleted one: its trials have yet to end. Null when there is none.</summary>
    public async Task<Study?> FindAsync(long studyId, CancellationToken cancellationToken = default)
    {
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        return await db.Studies.IgnoreQueryFilters().AsNoTracking().SingleOrDefaultAsync(s => s.Id == studyId, cancellationToken);
    }

    /// <summary>The study of that name; null when there is none.</summary>
    public async Task<Study?> FindAsync(string name, CancellationToken cancellationToken = default)
    {
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        return await db.Studies.AsNoTracking().SingleOrDefaultAsync(s => s.Name == name, cancellationToken);
    }

    /// <summary>Writes down a new study, which gets its key.</summary>
    /// <param name="study">The study.</param>
    /// <param name="enqueued">Parameters of its first trials.</param>
    /// <param name="warm">Trials of another study from which its sampler learns.</param>
    /// <param name="cancellationToken">Gives up; nothing is written then.</param>
    /// <returns>False when a study of that name exists; nothing was written.</returns>
    public async Task<bool> InsertAsync(
        Study study, IReadOnlyList<ParameterSet> enqueued, IReadOnlyList<Trial> warm, CancellationToken cancellationToken = default)
    {
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        await using var transaction = await db.Database.BeginTransactionAsync(cancellationToken);
        db.Studies.Add(study);
        try
        {
            await db.SaveChangesAsync(cancellationToken);
        }
        catch (DbUpdateException exception)
            when (exception.InnerException is PostgresException { SqlState: PostgresErrorCodes.UniqueViolation })
        {
            return false;
        }
        db.WarmTrials.AddRange(warm.Select(trial => new WarmTrial { StudyId = study.Id, Number = trial.Number, Trial = trial }));
        await db.SaveChangesAsync(cancellationToken);
        await EnqueueAsync(db, study.Id, enqueued, cancellationToken);
        db.AuditEvents.Add(AuditEvent.Of(
            AuditAction.StudyLaunched,
            study.Name,
            [("trials", study.TrialsRequested), ("jobs", study.Jobs), ("enqueued", Some(enqueued)), ("warmStart", study.WarmStart)],
            study.Id));
        await db.SaveChangesAsync(cancellationToken);
        await NotifyAsync(db, new Change(ChangeKind.Study, study.Id), cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return true;
    }

    /// <summary>Raises a study's budget, enqueues the parameters of its next trials, and sets it running.</summary>
    public Task AddTrialsAsync(
        long studyId, int trials, int jobs, IReadOnlyList<ParameterSet> enqueued, CancellationToken cancellationToken = default) =>
        UpdateAsync(
            studyId,
            AuditAction.TrialsAdded,
            [("trials", trials), ("jobs", jobs), ("enqueued", Some(enqueued))],
            async (db, studies) =>
            {
                await EnqueueAsync(db, studyId, enqueued, cancellationToken);
                return await studies.ExecuteUpdateAsync(
                    set => SetRunning(set)
                        .SetProperty(s => s.TrialsRequested, s => s.TrialsRequested + trials)
                        .SetProperty(s => s.Jobs, jobs),
                    cancellationToken);
            },
            cancellationToken);

    /// <summary>Makes parameters those of a study's next trials, after those that wait already.</summary>
    /// <returns>False when the study is gone.</returns>
    public Task<bool> EnqueueAsync(long studyId, IReadOnlyList<ParameterSet> sets, CancellationToken cancellationToken = default) =>
        UpdateAsync(
            studyId, AuditAction.ParametersEnqueued, [("enqueued", sets.Count)], (db, _) => EnqueueAsync(db, studyId, sets, cancellationToken), cancellationToken);

    /// <summary>The trials of another study from which a study's sampler learns.</summary>
    public async Task<IReadOnlyList<Trial>> WarmTrialsAsync(long studyId, CancellationToken cancellationToken = default)
    {
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        return await db.WarmTrials.Where(t => t.StudyId == studyId).OrderByDescending(t => t.Number).Select(t => t.Trial)
            .ToListAsync(cancellationToken);
    }

    /// <summary>Stops a study that runs, or whose last trials do: they end after their present epoch.</summary>
    /// <returns>False when nothing of it was running.</returns>
    public Task<bool> StopAsync(long studyId, CancellationToken cancellationToken = default) =>
        UpdateAsync(
            studyId,
            AuditAction.StudyStopped,
            [],
            (db, studies) => studies
                .Where(s => s.State == StudyState.Running || (s.State == StudyState.Completed
                    && db.Runs.Any(r => r.StudyId == s.Id && r.Kind == RunKind.Trial && r.State == TrialState.Running)))
                .ExecuteUpdateAsync(
                    set => set.SetProperty(s => s.State, StudyState.Stopped).SetProperty(s => s.StopReason, (string?)null)
                        .SetProperty(s => s.EndedAt, DateTimeOffset.UtcNow),
                    cancellationToken),
            cancellationToken);

    /// <summary>Sets a stopped study running again.</summary>
    /// <returns>False when it wasn't stopped.</returns>
    public Task<bool> ResumeAsync(long studyId, CancellationToken cancellationToken = default) =>
        UpdateAsync(
            studyId,
            AuditAction.StudyResumed,
            [],
            (_, studies) => studies.Where(s => s.State == StudyState.Stopped).ExecuteUpdateAsync(set => SetRunning(set), cancellationToken),
            cancellationToken);

    // The stopping rule's time and patience begin anew.
    private static UpdateSettersBuilder<Study> SetRunning(UpdateSettersBuilder<Study> set) => set
        .SetProperty(s => s.State, StudyState.Running)
        .SetProperty(s => s.StopReason, (string?)null)
        .SetProperty(s => s.EndedAt, (DateTimeOffset?)null)
        .SetProperty(s => s.RunningSince, s => DateTimeOffset.UtcNow)
        .SetProperty(s => s.SinceBest, 0);

    private static Task<int> EnqueueAsync(WorkbenchDb db, long studyId, IReadOnlyList<ParameterSet> sets, CancellationToken cancellationToken)
    {
        var json = sets.Select(set => JsonSerializer.Serialize(set, JsonSerializerOptions.Web)).ToArray();
        return db.Database.ExecuteSqlAsync(
            $"""
            INSERT INTO enqueued_sets (study_id, params)
            SELECT s.id, given.params::jsonb FROM studies s, unnest({json}) WITH ORDINALITY AS given (params, place)
            WHERE s.id = {studyId} ORDER BY given.place
            """,
            cancellationToken);
    }

    private static int? Some(IReadOnlyList<ParameterSet> sets) => sets.Count > 0 ? sets.Count : null;

    private async Task<bool> UpdateAsync(
        long studyId, AuditAction action, IEnumerable<(string, object?)> details, Func<WorkbenchDb, IQueryable<Study>, Task<int>> update,
        CancellationToken cancellationToken)
    {
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        await using var transaction = await db.Database.BeginTransactionAsync(cancellationToken);
        var changed = await update(db, db.Studies.Where(s => s.Id == studyId)) > 0;
        if (changed)
        {
            var name = await db.Studies.IgnoreQueryFilters().Where(s => s.Id == studyId).Select(s => s.Name).SingleAsync(cancellationToken);
            db.AuditEvents.Add(AuditEvent.Of(action, name, details, studyId));
            await db.SaveChangesAsync(cancellationToken);
        }
        await NotifyAsync(db, new Change(ChangeKind.Study, studyId), cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return changed;
    }

    // Within the transaction: PostgreSQL delivers it when, and only if, the transaction commits.
    internal static Task NotifyAsync(WorkbenchDb db, Change change, CancellationToken cancellationToken) =>
        db.Database.ExecuteSqlAsync($"SELECT pg_notify({Change.Channel}, {change.Payload})", cancellationToken);
}
