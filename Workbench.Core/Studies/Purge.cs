using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Workbench.Core.Artifacts;
using Workbench.Core.Audit;
using Workbench.Core.Tracking;

namespace Workbench.Core.Studies;

/// <summary>Removes for good what was deleted longer ago than it can be restored: experiments with all that is in them, runs, logged models,
/// registered models and versions; then their files, and what their commands have left on this machine.</summary>
public sealed partial class Purge(
    IDbContextFactory<WorkbenchDb> databases, IArtifactStore artifacts, CommandFolders commands, TimeProvider clock, IOptions<RetentionOptions> retention,
    ILogger<Purge> logger)
{
    // An experiment of a hundred thousand runs has millions of metrics.
    private static readonly TimeSpan Timeout = TimeSpan.FromMinutes(10);

    /// <summary>Removes all whose time is over. Models built from a study stay; builds still under way fail.</summary>
    public async Task RunAsync(CancellationToken cancellationToken = default)
    {
        var before = clock.GetUtcNow() - retention.Value.RestoreFor;
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        db.Database.SetCommandTimeout(Timeout);
        var folders = new List<string>();
        // Each for itself: what another process restores or removes at the same moment is passed by.
        foreach (var experiment in await db.Experiments.IgnoreQueryFilters().AsNoTracking().Where(e => e.DeletedAt <= before).ToListAsync(cancellationToken))
        {
            await RemoveAsync(db, experiment, before, folders, cancellationToken);
        }
        folders.AddRange(await db.Database.SqlQuery<string>(
            $"""
            WITH gone AS (DELETE FROM runs WHERE deleted_at <= {before} RETURNING experiment_id, uuid)
            SELECT e.artifact_folder || '/' || e.id || '/' || replace(gone.uuid::text, '-', '') FROM gone JOIN experiments e ON e.id = experiment_id
            """).ToListAsync(cancellationToken));
        folders.AddRange(await db.Database.SqlQuery<string>(
            $"""
            WITH gone AS (DELETE FROM logged_models WHERE deleted_at <= {before} RETURNING experiment_id, id)
            SELECT e.artifact_folder || '/' || e.id || '/models/m-' || replace(gone.id::text, '-', '') FROM gone JOIN experiments e ON e.id = experiment_id
            """).ToListAsync(cancellationToken));
        await db.Database.ExecuteSqlAsync(
            $"""
            DELETE FROM versions WHERE deleted_at <= {before} OR model_id IN (SELECT id FROM models WHERE deleted_at <= {before});
            DELETE FROM aliases WHERE model_id IN (SELECT id FROM models WHERE deleted_at <= {before});
            DELETE FROM models WHERE deleted_at <= {before}
            """,
            cancellationToken);
        foreach (var folder in folders)
        {
            await RemoveFilesAsync(folder, cancellationToken);
        }
    }

    private async Task RemoveAsync(
        WorkbenchDb db, Experiment experiment, DateTimeOffset before, List<string> folders, CancellationToken cancellationToken)
    {
        await using var transaction = await db.Database.BeginTransactionAsync(cancellationToken);
        if (await db.Database.ExecuteSqlAsync($"DELETE FROM experiments WHERE id = {experiment.Id} AND deleted_at <= {before}", cancellationToken) == 0)
        {
            return;
        }
        folders.Add(FormattableString.Invariant($"{experiment.ArtifactFolder}/{experiment.Id}"));
        db.AuditEvents.Add(AuditEvent.Of(
            experiment is Study ? AuditAction.StudyPurged : AuditAction.ExperimentPurged, experiment.Name, studyId: experiment.Id, actor: Actor.System));
        await db.SaveChangesAsync(cancellationToken);
        await db.Versions.IgnoreQueryFilters().Where(v => v.State == VersionState.Pending && v.RunId == null)
            .ExecuteUpdateAsync(set => set.SetProperty(v => v.State, VersionState.Failed), cancellationToken);
        await db.NotifyAsync(new Change(ChangeKind.Study), cancellationToken);
        await db.NotifyAsync(new Change(ChangeKind.Model), cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        try
        {
            commands.Remove(experiment.Id);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            LogNotRemoved(exception, commands.Of(experiment.Id));
        }
    }

    // What can't be removed now stays where no run leads to: it costs room, and nothing else.
    private async Task RemoveFilesAsync(string folder, CancellationToken cancellationToken)
    {
        try
        {
            foreach (var file in await artifacts.ListAsync(folder, cancellationToken))
            {
                await artifacts.DeleteAsync(file.Key, cancellationToken);
            }
        }
        catch (ArtifactStoreException exception)
        {
            LogNotRemoved(exception, folder);
        }
    }

    [LoggerMessage(LogLevel.Warning, "The files of {Folder} could not be removed; they belong to what was deleted.")]
    private partial void LogNotRemoved(Exception exception, string folder);
}
