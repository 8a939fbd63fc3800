using Microsoft.EntityFrameworkCore;
using Workbench.Core.Evaluation;
using Workbench.Core.Search;

namespace Workbench.Core.Tracking;

/// <summary>A run with the study it belongs to.</summary>
/// <param name="Run">The run.</param>
/// <param name="Study">Its study.</param>
public sealed record StudyRun(Run Run, Study Study);

/// <summary>Any run with the experiment it belongs to, which may be a study.</summary>
/// <param name="Run">The run.</param>
/// <param name="Experiment">Its experiment.</param>
public sealed record ExperimentRun(Run Run, Experiment Experiment)
{
    /// <summary>Its study; null for a tracked run.</summary>
    public Study? Study => Experiment as Study;
}

/// <summary>Reads runs, whichever study they belong to, for tables, run pages and comparisons.</summary>
public sealed class RunQueries(IDbContextFactory<WorkbenchDb> databases)
{
    private static readonly Dictionary<string, double> NoMetrics = [];

    /// <summary>Some runs with their studies, in the order asked for; those that do not exist are left out.</summary>
    public async Task<IReadOnlyList<StudyRun>> FindAsync(IReadOnlyList<long> runIds, CancellationToken cancellationToken = default)
    {
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        var found = await db.Runs.AsNoTracking().Where(r => runIds.Contains(r.Id))
            .Join(db.Studies.AsNoTracking(), run => run.StudyId, study => (long?)study.Id, (run, study) => new StudyRun(run, study))
            .ToDictionaryAsync(row => row.Run.Id, cancellationToken);
        return [.. runIds.Distinct().Where(found.ContainsKey).Select(id => found[id])];
    }

    /// <summary>Some runs of any kind with their experiments, in the order asked for; those that do not exist are left out.</summary>
    public async Task<IReadOnlyList<ExperimentRun>> OfExperimentsAsync(IReadOnlyList<long> runIds, CancellationToken cancellationToken = default)
    {
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        var found = await db.Runs.AsNoTracking().Where(r => runIds.Contains(r.Id) && r.DeletedAt == null)
            .Join(db.Experiments.AsNoTracking(), run => run.ExperimentId, experiment => experiment.Id, (run, experiment) => new ExperimentRun(run, experiment))
            .ToDictionaryAsync(row => row.Run.Id, cancellationToken);
        return [.. runIds.Distinct().Where(found.ContainsKey).Select(id => found[id])];
    }

    /// <summary>The last value of each metric of some runs, by one statement, which reads one value of each.</summary>
    /// <returns>An entry for each run asked for.</returns>
    public async Task<IReadOnlyDictionary<long, IReadOnlyDictionary<string, double>>> LastMetricsAsync(
        IReadOnlyCollection<long> runIds, CancellationToken cancellationToken = default)
    {
        if (runIds.Count == 0)
        {
            return new Dictionary<long, IReadOnlyDictionary<string, double>>();
        }
        long[] ids = [.. runIds];
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        var last = (await db.LatestMetrics.AsNoTracking().Where(metric => ids.Contains(metric.RunId)).ToListAsync(cancellationToken))
            .ToLookup(metric => metric.RunId);
        return ids.Distinct().ToDictionary(
            id => id, id => last.Contains(id) ? (IReadOnlyDictionary<string, double>)last[id].ToDictionary(m => m.Key, m => m.Value) : NoMetrics);
    }

    /// <summary>The identity of a run for clients of MLflow.</summary>
    internal async Task<Guid> UuidAsync(long runId, CancellationToken cancellationToken = default)
    {
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        return await db.Runs.Where(r => r.Id == runId).Select(r => r.Uuid).SingleAsync(cancellationToken);
    }

    /// <summary>What was thrown when a run failed, with its stack trace; null when it did not fail.</summary>
    public async Task<string?> FailureAsync(long runId, CancellationToken cancellationToken = default)
    {
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        return await db.Failures.Where(f => f.RunId == runId).Select(f => f.Detail).SingleOrDefaultAsync(cancellationToken);
    }

    /// <summary>What a trial answered of what it had not seen; null when that was not kept, which it is of a trial that is its study's best when it ends.</summary>
    public async Task<HeldOut?> HeldOutAsync(long runId, CancellationToken cancellationToken = default)
    {
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        return await db.HeldOutRecords.Where(r => r.RunId == runId).Select(r => r.Answers).SingleOrDefaultAsync(cancellationToken);
    }

    /// <summary>The model versions that were made by a production build, or from a trial's parameters; the latest first.</summary>
    public async Task<IReadOnlyList<ModelVersion>> VersionsAsync(Run run, CancellationToken cancellationToken = default)
    {
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        return await db.Versions.AsNoTracking()
            .Where(v => v.RunId == run.Id || (run.Number != null && v.Trial == run.Number && v.Run!.StudyId == run.StudyId))
            .OrderByDescending(v => v.Version).ToListAsync(cancellationToken);
    }

    /// <summary>The run of a study's best complete trial; null while there is none.</summary>
    public async Task<long?> BestAsync(Study study, CancellationToken cancellationToken = default)
    {
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        return await db.Runs.Where(r => r.StudyId == study.Id && r.Kind == RunKind.Trial && r.State == TrialState.Complete && r.Value != null)
            .OrderBy(r => study.Direction == Direction.Maximize ? -r.Value : r.Value).ThenBy(r => r.Number)
            .Select(r => (long?)r.Id).FirstOrDefaultAsync(cancellationToken);
    }
}
