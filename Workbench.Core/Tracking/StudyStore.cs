using Microsoft.EntityFrameworkCore;
using Npgsql;

namespace Workbench.Core.Tracking;

/// <summary>What people do to studies, written down; every change is announced on the change feed.</summary>
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

    /// <summary>The keys of the studies that have trials to run.</summary>
    public async Task<IReadOnlyList<long>> RunningAsync(CancellationToken cancellationToken = default)
    {
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        return await db.Studies.Where(s => s.State == StudyState.Running).OrderBy(s => s.Id).Select(s => s.Id).ToListAsync(cancellationToken);
    }

    /// <summary>Writes down a new study, which gets its key.</summary>
    /// <returns>False when a study of that name exists; nothing was written.</returns>
    public async Task<bool> InsertAsync(Study study, CancellationToken cancellationToken = default)
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
        await NotifyAsync(db, new Change(ChangeKind.Study, study.Id), cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return true;
    }

    /// <summary>Raises a study's budget and sets it running.</summary>
    public Task AddTrialsAsync(long studyId, int trials, int jobs, CancellationToken cancellationToken = default) =>
        UpdateAsync(
            studyId,
            studies => studies.ExecuteUpdateAsync(
                set => set
                    .SetProperty(s => s.TrialsRequested, s => s.TrialsRequested + trials)
                    .SetProperty(s => s.Jobs, jobs)
                    .SetProperty(s => s.State, StudyState.Running)
                    .SetProperty(s => s.EndedAt, (DateTimeOffset?)null),
                cancellationToken),
            cancellationToken);

    /// <summary>Stops a running study: its trials end after their present epoch.</summary>
    /// <returns>False when it wasn't running.</returns>
    public Task<bool> StopAsync(long studyId, CancellationToken cancellationToken = default) =>
        UpdateAsync(
            studyId,
            studies => studies.Where(s => s.State == StudyState.Running).ExecuteUpdateAsync(
                set => set.SetProperty(s => s.State, StudyState.Stopped).SetProperty(s => s.EndedAt, DateTimeOffset.UtcNow),
                cancellationToken),
            cancellationToken);

    /// <summary>Sets a stopped study running again.</summary>
    /// <returns>False when it wasn't stopped.</returns>
    public Task<bool> ResumeAsync(long studyId, CancellationToken cancellationToken = default) =>
        UpdateAsync(
            studyId,
            studies => studies.Where(s => s.State == StudyState.Stopped).ExecuteUpdateAsync(
                set => set.SetProperty(s => s.State, StudyState.Running).SetProperty(s => s.EndedAt, (DateTimeOffset?)null),
                cancellationToken),
            cancellationToken);

    private async Task<bool> UpdateAsync(long studyId, Func<IQueryable<Study>, Task<int>> update, CancellationToken cancellationToken)
    {
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        await using var transaction = await db.Database.BeginTransactionAsync(cancellationToken);
        var changed = await update(db.Studies.Where(s => s.Id == studyId)) > 0;
        await NotifyAsync(db, new Change(ChangeKind.Study, studyId), cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return changed;
    }

    // Within the transaction: PostgreSQL delivers it when, and only if, the transaction commits.
    internal static Task NotifyAsync(WorkbenchDb db, Change change, CancellationToken cancellationToken) =>
        db.Database.ExecuteSqlAsync($"SELECT pg_notify({Change.Channel}, {change.Payload})", cancellationToken);
}
