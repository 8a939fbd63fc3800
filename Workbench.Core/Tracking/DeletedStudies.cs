using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using Npgsql;
using Workbench.Core.Audit;
using Workbench.Core.Text;

namespace Workbench.Core.Tracking;

/// <summary>A study that was deleted and can still be restored.</summary>
/// <param name="Id">Its key: a name may have been deleted more than once.</param>
/// <param name="Name">Its name.</param>
/// <param name="Trials">How many trials it has.</param>
/// <param name="DeletedAt">When it was deleted.</param>
/// <param name="Until">When it is removed for good.</param>
public sealed record DeletedStudy(long Id, string Name, int Trials, DateTimeOffset DeletedAt, DateTimeOffset Until);

/// <summary>Studies between their deletion, which only hides them, and their removal for good.</summary>
public sealed class DeletedStudies(IDbContextFactory<WorkbenchDb> databases, TimeProvider clock, IOptions<RetentionOptions> retention)
{
    /// <summary>How long a deleted study can be restored.</summary>
    public TimeSpan Grace => retention.Value.RestoreFor;

    /// <summary>Hides a study and frees its name; its running trials end after their present epoch, as when it is stopped. Models built
    /// from it stay, and builds under way go on.</summary>
    /// <returns>False when it was deleted already.</returns>
    public async Task<bool> DeleteAsync(long studyId, CancellationToken cancellationToken = default)
    {
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        await using var transaction = await db.Database.BeginTransactionAsync(cancellationToken);
        var deleted = await db.Database.ExecuteSqlAsync(
            $"UPDATE experiments SET deleted_at = {clock.GetUtcNow()} WHERE id = {studyId} AND deleted_at IS NULL", cancellationToken) == 1;
        if (deleted)
        {
            // That it has not ended is how a restored study knows that it was running.
            await db.Database.ExecuteSqlAsync($"UPDATE studies SET state = 'stopped' WHERE id = {studyId} AND state = 'running'", cancellationToken);
            var study = await Deleted(db).SingleAsync(s => s.Id == studyId, cancellationToken);
            await RecordAsync(db, AuditAction.StudyDeleted, study, cancellationToken);
        }
        await db.NotifyAsync(new Change(ChangeKind.Study, studyId), cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return deleted;
    }

    /// <summary>The deleted studies that can be restored, the latest first.</summary>
    public async Task<IReadOnlyList<DeletedStudy>> ListAsync(CancellationToken cancellationToken = default)
    {
        var grace = Grace;
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        return await Deleted(db).OrderByDescending(s => s.DeletedAt)
            .Select(s => new DeletedStudy(s.Id, s.Name, s.TrialsClaimed, s.DeletedAt!.Value, s.DeletedAt.Value + grace))
            .ToListAsync(cancellationToken);
    }

    /// <summary>Brings a deleted study back as it was; one that was running is stopped now.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="studyId">Which of those deleted under that name; null for the last one.</param>
    /// <param name="cancellationToken">Gives up before anything is written.</param>
    /// <returns>The study, and whether it was running when it was deleted.</returns>
    /// <exception cref="NotFoundException">There is no such deleted study, or no more.</exception>
    /// <exception cref="ConflictException">Another study has taken the name since.</exception>
    public async Task<(Study Study, bool WasRunning)> RestoreAsync(
        string name, long? studyId = null, CancellationToken cancellationToken = default)
    {
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        await using var transaction = await db.Database.BeginTransactionAsync(cancellationToken);
        var study = TextRule.IsStorable(name)
            ? await Deleted(db).Where(s => s.Name == name && (studyId == null || s.Id == studyId))
                .OrderByDescending(s => s.DeletedAt).FirstOrDefaultAsync(cancellationToken)
            : null;
        try
        {
            if (study is null || await db.Database.ExecuteSqlAsync(
                $"UPDATE experiments SET deleted_at = NULL WHERE id = {study.Id} AND deleted_at IS NOT NULL", cancellationToken) == 0)
            {
                throw new NotFoundException($"There is no deleted study named '{name}'. A study can be restored for {retention.Value.Words}.");
            }
        }
        catch (PostgresException exception) when (exception.SqlState == PostgresErrorCodes.UniqueViolation)
        {
            throw new ConflictException($"A new study is named '{name}' by now. Delete that one to restore the earlier one.");
        }
        await RecordAsync(db, AuditAction.StudyRestored, study, cancellationToken);
        await db.NotifyAsync(new Change(ChangeKind.Study, study.Id), cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return (study, study is { State: StudyState.Stopped, EndedAt: null });
    }

    private static async Task RecordAsync(WorkbenchDb db, AuditAction action, Study study, CancellationToken cancellationToken)
    {
        db.AuditEvents.Add(AuditEvent.Of(action, study.Name, studyId: study.Id));
        await db.SaveChangesAsync(cancellationToken);
    }

    private static IQueryable<Study> Deleted(WorkbenchDb db) => db.Studies.IgnoreQueryFilters().AsNoTracking().Where(s => s.DeletedAt != null);
}
