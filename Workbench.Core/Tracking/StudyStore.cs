using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Npgsql;
using Workbench.Core.Audit;
using Workbench.Core.Search;
using Workbench.Core.Text;

namespace Workbench.Core.Tracking;

/// <summary>A study that was launched, or was given more trials, as it stood at that moment.</summary>
/// <param name="Summary">The study.</param>
/// <param name="Created">Whether it is new.</param>
public sealed record Launched(StudySummary Summary, bool Created);

/// <summary>A study as its clients have to know it.</summary>
/// <param name="Id">Its key.</param>
/// <param name="Name">Its name.</param>
/// <param name="State">What it is doing.</param>
/// <param name="Metric">Its objective.</param>
/// <param name="IsExternal">Whether clients train its trials.</param>
/// <param name="More">Whether it gives out more trials.</param>
public sealed record AskedStudy(long Id, string Name, StudyState State, string Metric, bool IsExternal, bool More);

/// <summary>What people do to studies, written down; every change is announced on the change feed, and told in the audit trail.</summary>
public sealed class StudyStore(Database database, IDbContextFactory<WorkbenchDb> databases)
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
        return TextRule.IsStorable(name) ? await db.Studies.AsNoTracking().SingleOrDefaultAsync(s => s.Name == name, cancellationToken) : null;
    }

    /// <summary>What a client that asks for trials has to know of a study; null when there is none of that name.</summary>
    public async Task<AskedStudy?> FindAskedAsync(string name, CancellationToken cancellationToken = default)
    {
        if (!TextRule.IsStorable(name))
        {
            return null;
        }
        // Each ask, report and tell begins with it: EF Core would take longer than the database.
        await using var command = database.Durable.CreateCommand(
            """
            SELECT e.id, s.state, s.metric, s.silence IS NOT NULL, s.state = 'running' AND s.trials_claimed < s.trials_requested
            FROM experiments e JOIN studies s ON s.id = e.id WHERE e.name = @name AND e.deleted_at IS NULL
            """);
        command.Parameters.AddWithValue("name", name);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        return await reader.ReadAsync(cancellationToken)
            ? new AskedStudy(
                reader.GetInt64(0), name, Enum.Parse<StudyState>(reader.GetString(1), ignoreCase: true), reader.GetString(2), reader.GetBoolean(3), reader.GetBoolean(4))
            : null;
    }

    /// <summary>Whether an experiment of that name exists, with a search or without.</summary>
    public async Task<bool> IsExperimentAsync(string name, CancellationToken cancellationToken = default)
    {
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        return await db.Experiments.AnyAsync(e => e.Name == name, cancellationToken);
    }

    /// <summary>Writes down a new study, which gets its key.</summary>
    /// <param name="study">The study.</param>
    /// <param name="enqueued">Parameters of its first trials.</param>
    /// <param name="warm">Trials of another study from which its sampler learns.</param>
    /// <param name="cancellationToken">Gives up; nothing is written then.</param>
    /// <returns>The study as it stands then; null when a study of that name exists, and nothing was written.</returns>
    public async Task<Launched?> InsertAsync(
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
            return null;
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
        var launched = new Launched(await StudyQueries.SummaryAsync(db, study.Id, cancellationToken), Created: true);
        await IdempotentRequests.AnswerAsync(db, launched, cancellationToken);
        await db.NotifyAsync(new Change(ChangeKind.Study, study.Id), cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return launched;
    }

    /// <summary>Raises a study's budget, enqueues the parameters of its next trials, and sets it running.</summary>
    /// <returns>The study as it stands then; null when it is gone.</returns>
    public async Task<Launched?> AddTrialsAsync(
        long studyId, int trials, int jobs, IReadOnlyList<ParameterSet> enqueued, CancellationToken cancellationToken = default)
    {
        Launched? launched = null;
        await UpdateAsync(
            studyId,
            AuditAction.TrialsAdded,
            [("trials", trials), ("jobs", jobs), ("enqueued", Some(enqueued))],
            async db =>
            {
                await EnqueueAsync(db, studyId, enqueued, cancellationToken);
                var changed = await db.Database.ExecuteSqlAsync(
                    $"""
                    UPDATE studies SET state = 'running', stop_reason = NULL, ended_at = NULL, running_since = now(), since_best = 0,
                        trials_requested = trials_requested + {trials}, jobs = {jobs}
                    WHERE id = {studyId}
                    """,
                    cancellationToken);
                if (changed > 0)
                {
                    launched = new Launched(await StudyQueries.SummaryAsync(db, studyId, cancellationToken), Created: false);
                    await IdempotentRequests.AnswerAsync(db, launched, cancellationToken);
                }
                return changed;
            },
            cancellationToken);
        return launched;
    }

    /// <summary>Makes parameters those of a study's next trials, after those that wait already.</summary>
    /// <returns>How many wait then; null when the study is gone.</returns>
    public async Task<int?> EnqueueAsync(long studyId, IReadOnlyList<ParameterSet> sets, CancellationToken cancellationToken = default)
    {
        int? waiting = null;
        await UpdateAsync(
            studyId,
            AuditAction.ParametersEnqueued,
            [("enqueued", sets.Count)],
            async db =>
            {
                var written = await EnqueueAsync(db, studyId, sets, cancellationToken);
                if (written > 0)
                {
                    waiting = await db.EnqueuedSets.CountAsync(set => set.StudyId == studyId, cancellationToken);
                    await IdempotentRequests.AnswerAsync(db, waiting, cancellationToken);
                }
                return written;
            },
            cancellationToken);
        return waiting;
    }

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
            db => db.Database.ExecuteSqlAsync(
                $"""
                UPDATE studies s SET state = 'stopped', stop_reason = NULL, ended_at = now()
                WHERE id = {studyId} AND (state = 'running' OR (state = 'completed'
                    AND EXISTS (SELECT FROM runs r WHERE r.study_id = s.id AND r.kind = 'trial' AND r.state = 'running')))
                """,
                cancellationToken),
            cancellationToken);

    /// <summary>Sets a stopped study running again.</summary>
    /// <returns>False when it wasn't stopped.</returns>
    public Task<bool> ResumeAsync(long studyId, CancellationToken cancellationToken = default) =>
        UpdateAsync(
            studyId,
            AuditAction.StudyResumed,
            [],
            // The stopping rule's time and patience begin anew.
            db => db.Database.ExecuteSqlAsync(
                $"""
                UPDATE studies SET state = 'running', stop_reason = NULL, ended_at = NULL, running_since = now(), since_best = 0
                WHERE id = {studyId} AND state = 'stopped'
                """,
                cancellationToken),
            cancellationToken);

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
        long studyId, AuditAction action, IEnumerable<(string, object?)> details, Func<WorkbenchDb, Task<int>> update,
        CancellationToken cancellationToken)
    {
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        await using var transaction = await db.Database.BeginTransactionAsync(cancellationToken);
        // Who deletes the study at the same moment waits, or is waited for.
        var name = (await db.Database.SqlQuery<string>($"SELECT name FROM experiments WHERE id = {studyId} AND deleted_at IS NULL FOR SHARE")
            .ToListAsync(cancellationToken)).SingleOrDefault();
        var changed = name is not null && await update(db) > 0;
        if (changed)
        {
            db.AuditEvents.Add(AuditEvent.Of(action, name!, details, studyId));
            await db.SaveChangesAsync(cancellationToken);
        }
        await db.NotifyAsync(new Change(ChangeKind.Study, studyId), cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return changed;
    }
}
