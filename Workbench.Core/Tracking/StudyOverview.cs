using Microsoft.EntityFrameworkCore;
using Workbench.Core.Search;

namespace Workbench.Core.Tracking;

/// <summary>A trial that was better than all before it.</summary>
/// <param name="StudyId">The study.</param>
/// <param name="Number">The trial's number.</param>
/// <param name="Value">Its objective.</param>
public sealed record Improvement(long StudyId, int Number, double Value);

/// <summary>How long a complete trial took.</summary>
/// <param name="Study">The study's name.</param>
/// <param name="Jobs">How many of its trials might run at the same time.</param>
/// <param name="StartedAt">When its last attempt started.</param>
/// <param name="FinishedAt">When it ended.</param>
/// <param name="Params">Its parameters.</param>
public sealed record TrialTime(string Study, int Jobs, DateTimeOffset StartedAt, DateTimeOffset FinishedAt, ParameterSet Params);

/// <summary>Reads what studies have in common: how they improved, and how long their trials took.</summary>
public sealed class StudyOverview(IDbContextFactory<WorkbenchDb> databases)
{
    /// <summary>The steps in which studies improved, by study and number: few rows, however many trials there are.</summary>
    public async Task<ILookup<long, Improvement>> ImprovementsAsync(
        IReadOnlyCollection<long> studyIds, CancellationToken cancellationToken = default)
    {
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        return (await db.Database.SqlQuery<Improvement>(
            $"""
            SELECT study_id, number, value FROM (
                SELECT *, max(score) OVER (PARTITION BY study_id ORDER BY number ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS before
                FROM (
                    SELECT r.study_id, r.number, r.value, CASE s.direction WHEN 'maximize' THEN r.value ELSE -r.value END AS score
                    FROM runs r JOIN studies s ON s.id = r.study_id
                    WHERE r.study_id = ANY({studyIds.ToArray()}) AND r.kind = 'trial' AND r.state = 'complete'
                        AND r.value NOT IN ('NaN', 'Infinity', '-Infinity')) AS scored) AS compared
            WHERE before IS NULL OR score > before
            """).ToListAsync(cancellationToken)).OrderBy(row => row.Number).ToLookup(row => row.StudyId);
    }

    /// <summary>The latest complete trials of a pipeline on a dataset; the latest first.</summary>
    /// <param name="pipeline">The pipeline.</param>
    /// <param name="dataset">The dataset.</param>
    /// <param name="most">How many at most.</param>
    /// <param name="study">The study they are of; null for whichever.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    public async Task<IReadOnlyList<TrialTime>> TimesAsync(
        string pipeline, string? dataset, int most, string? study = null, CancellationToken cancellationToken = default)
    {
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        return await db.Runs.AsNoTracking()
            .Where(r => r.Kind == RunKind.Trial && r.State == TrialState.Complete && r.FinishedAt != null && r.Params != null)
            .Join(
                db.Studies.Where(s => s.Pipeline == pipeline && s.Dataset == dataset && (study == null || s.Name == study)),
                r => r.StudyId,
                s => (long?)s.Id,
                (r, s) => new { Run = r, s.Name, s.Jobs })
            .OrderByDescending(row => row.Run.FinishedAt).Take(most)
            .Select(row => new TrialTime(row.Name, row.Jobs, row.Run.StartedAt, row.Run.FinishedAt!.Value, row.Run.Params!))
            .ToListAsync(cancellationToken);
    }
}
