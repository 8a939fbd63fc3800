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

    // A study of a hundred thousand trials has millions of metrics.
    private static readonly TimeSpan PurgeTimeout = TimeSpan.FromMinutes(10);

    /// <summary>Hides a study and frees its name; its running trials end after their present epoch, as when it is stopped. Models built
    /// from it stay, and builds under way go on.</summary>
    /// <returns>False when it was deleted already.</returns>
    public async Task<bool> DeleteAsync(long studyId, CancellationToken cancellationToken = default)
    {
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        await using var transaction = await db.Database.BeginTransactionAsync(cancellationToken);
        // That it has not ended is how a restored study knows that it was running.
        var deleted = await db.Studies.Where(s => s.Id == studyId).ExecuteUpdateAsync(
            set => set
                .SetProperty(s => s.DeletedAt, clock.GetUtcNow())
                .SetProperty(s => s.State, s => s.State == StudyState.Running ? StudyState.Stopped : s.State),
            cancellationToken) == 1;
        if (deleted)
        {
            var study = await Deleted(db).SingleAsync(s => s.Id == studyId, cancellationToken);
            await RecordAsync(db, AuditAction.StudyDeleted, study.Name, studyId, Actor.Current, cancellationToken);
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
            if (study is null || await Deleted(db).Where(s => s.Id == study.Id)
                .ExecuteUpdateAsync(set => set.SetProperty(s => s.DeletedAt, (DateTimeOffset?)null), cancellationToken) == 0)
            {
                throw new NotFoundException($"There is no deleted study named '{name}'. A study can be restored for {Grace.TotalMinutes} minutes.");
            }
        }
        catch (PostgresException exception) when (exception.SqlState == PostgresErrorCodes.UniqueViolation)
        {
            throw new ConflictException($"A new study is named '{name}' by now. Delete that one to restore the earlier one.");
        }
        await RecordAsync(db, AuditAction.StudyRestored, study.Name, study.Id, Actor.Current, cancellationToken);
        await db.NotifyAsync(new Change(ChangeKind.Study, study.Id), cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return (study, study is { State: StudyState.Stopped, EndedAt: null });
    }

    /// <summary>Removes for good what was deleted longer ago than <see cref="Grace"/>: studies, their runs and metrics. Models built from
    /// them stay; builds still under way fail.</summary>
    public async Task PurgeAsync(CancellationToken cancellationToken = default)
    {
        var before = clock.GetUtcNow() - Grace;
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        db.Database.SetCommandTimeout(PurgeTimeout);
        await using var transaction = await db.Database.BeginTransactionAsync(cancellationToken);
        foreach (var study in await Deleted(db).Where(s => s.DeletedAt <= before).Select(s => new { s.Id, s.Name }).ToListAsync(cancellationToken))
        {
            // Another process may purge at the same moment, or a person restore it.
            if (await Deleted(db).Where(s => s.Id == study.Id && s.DeletedAt <= before).ExecuteDeleteAsync(cancellationToken) > 0)
            {
                await RecordAsync(db, AuditAction.StudyPurged, study.Name, study.Id, Actor.System, cancellationToken);
            }
        }
        if (db.AuditEvents.Local.Count > 0)
        {
            await db.Versions.Where(v => v.State == VersionState.Pending && v.RunId == null)
                .ExecuteUpdateAsync(set => set.SetProperty(v => v.State, VersionState.Failed), cancellationToken);
            await db.NotifyAsync(new Change(ChangeKind.Study), cancellationToken);
            await db.NotifyAsync(new Change(ChangeKind.Model), cancellationToken);
        }
        await transaction.CommitAsync(cancellationToken);
    }

    private static async Task RecordAsync(
        WorkbenchDb db, AuditAction action, string name, long studyId, Actor actor, CancellationToken cancellationToken)
    {
        db.AuditEvents.Add(AuditEvent.Of(action, name, studyId: studyId, actor: actor));
        await db.SaveChangesAsync(cancellationToken);
    }

    private static IQueryable<Study> Deleted(WorkbenchDb db) => db.Studies.IgnoreQueryFilters().AsNoTracking().Where(s => s.DeletedAt != null);
}
