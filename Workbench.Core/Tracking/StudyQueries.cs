using Microsoft.EntityFrameworkCore;
using Workbench.Core.Search;
using Workbench.Core.Text;

namespace Workbench.Core.Tracking;

/// <summary>How many of a study's trials stand how.</summary>
/// <param name="Complete">Ran to the end.</param>
/// <param name="Pruned">Ended early by the pruner.</param>
/// <param name="Failed">Threw.</param>
/// <param name="Running">Running now, or waiting to be taken up after their process died.</param>
/// <param name="Stopped">Stopped with the study, to be taken up when it is resumed.</param>
public sealed record TrialCounts(int Complete, int Pruned, int Failed, int Running, int Stopped)
{
    /// <summary>Those that count against the budget for good.</summary>
    public int Finished => Complete + Pruned + Failed;
}

/// <summary>The best complete trial of a study.</summary>
/// <param name="Number">Its number.</param>
/// <param name="Value">Its objective.</param>
/// <param name="Params">Its parameters.</param>
public sealed record BestTrial(int Number, double Value, ParameterSet Params);

/// <summary>A study as pages and clients show it.</summary>
/// <param name="Study">The study itself.</param>
/// <param name="Counts">How its trials stand.</param>
/// <param name="Best">Its best complete trial; null while there is none.</param>
public sealed record StudySummary(Study Study, TrialCounts Counts, BestTrial? Best)
{
    /// <summary>How many enqueued parameter sets wait to become trials.</summary>
    public int Enqueued { get; init; }
}

/// <summary>A study as lists of names show it: cheap to read, however many trials it has.</summary>
/// <param name="Id">Its primary key.</param>
/// <param name="Name">Its name.</param>
/// <param name="State">What it is doing.</param>
/// <param name="Trials">How many trials were requested.</param>
/// <param name="EndedAt">When it ended; null while it runs.</param>
public sealed record StudyLine(long Id, string Name, StudyState State, int Trials, DateTimeOffset? EndedAt);

/// <summary>One value of a metric of a run.</summary>
/// <param name="RunId">The run.</param>
/// <param name="Key">The metric.</param>
/// <param name="Step">The step: of a trial the epoch, from 1 on.</param>
/// <param name="Value">The value.</param>
/// <param name="Timestamp">When it was measured, in milliseconds since 1970.</param>
public sealed record MetricPoint(long RunId, string Key, long Step, double Value, long Timestamp)
{
    /// <summary>When it was measured.</summary>
    public DateTimeOffset At => MetricValue.At(Timestamp);

    /// <summary>The last value of each metric of one run.</summary>
    public static IReadOnlyDictionary<string, double> Last(IEnumerable<MetricPoint> points) =>
        points.GroupBy(point => point.Key).ToDictionary(metric => metric.Key, metric => metric.MaxBy(point => point.Step)!.Value);
}

/// <summary>Reads studies, runs and metrics for people: pages, the API, the command line.</summary>
public sealed class StudyQueries(IDbContextFactory<WorkbenchDb> databases)
{
    /// <summary>All studies, the latest first.</summary>
    public async Task<IReadOnlyList<StudySummary>> ListAsync(CancellationToken cancellationToken = default) =>
        await SummariesAsync(studies => studies.OrderByDescending(s => s.Id), cancellationToken);

    /// <summary>Those of these studies that exist, the latest first.</summary>
    public async Task<IReadOnlyList<StudySummary>> ListAsync(IReadOnlyCollection<long> studyIds, CancellationToken cancellationToken = default) =>
        await SummariesAsync(studies => studies.Where(s => studyIds.Contains(s.Id)).OrderByDescending(s => s.Id), cancellationToken);

    /// <summary>All studies by name, the latest first.</summary>
    /// <param name="ids">Only these; null for all.</param>
    /// <param name="cancellationToken">Gives up the query.</param>
    public async Task<IReadOnlyList<StudyLine>> LinesAsync(
        IReadOnlyCollection<long>? ids = null, CancellationToken cancellationToken = default)
    {
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        var studies = ids is null ? db.Studies : db.Studies.Where(s => ids.Contains(s.Id));
        return await studies.OrderByDescending(s => s.Id)
            .Select(s => new StudyLine(s.Id, s.Name, s.State, s.TrialsRequested, s.EndedAt)).ToListAsync(cancellationToken);
    }

    /// <summary>The study of that name; null when there is none.</summary>
    public async Task<StudySummary?> FindAsync(string name, CancellationToken cancellationToken = default) =>
        TextRule.IsStorable(name) ? (await SummariesAsync(studies => studies.Where(s => s.Name == name), cancellationToken)).SingleOrDefault() : null;

    /// <summary>The study of that name.</summary>
    /// <exception cref="NotFoundException">There is none.</exception>
    public async Task<StudySummary> GetAsync(string name, CancellationToken cancellationToken = default) =>
        await FindAsync(name, cancellationToken) ?? throw new NotFoundException($"There is no study named '{name}'.");

    /// <summary>The trials of a study, by number.</summary>
    /// <param name="studyId">The study.</param>
    /// <param name="runIds">Only these runs; null for all.</param>
    /// <param name="cancellationToken">Gives up the query.</param>
    public async Task<IReadOnlyList<Run>> TrialsAsync(
        long studyId, IReadOnlyCollection<long>? runIds = null, CancellationToken cancellationToken = default)
    {
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        var trials = db.Runs.AsNoTracking().Where(r => r.StudyId == studyId && r.Kind == RunKind.Trial);
        if (runIds is not null)
        {
            trials = trials.Where(r => runIds.Contains(r.Id));
        }
        return await trials.OrderBy(r => r.Number).ToListAsync(cancellationToken);
    }

    /// <summary>The production builds of a study, the latest first.</summary>
    public async Task<IReadOnlyList<Run>> BuildsAsync(long studyId, CancellationToken cancellationToken = default)
    {
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        return await db.Runs.AsNoTracking().Where(r => r.StudyId == studyId && r.Kind == RunKind.Production)
            .OrderByDescending(r => r.Id).ToListAsync(cancellationToken);
    }

    /// <summary>One run.</summary>
    /// <exception cref="NotFoundException">There is none, or its study is deleted.</exception>
    public async Task<Run> RunAsync(long runId, CancellationToken cancellationToken = default)
    {
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        return await db.Runs.AsNoTracking().SingleOrDefaultAsync(r => r.Id == runId && db.Studies.Any(s => s.Id == r.StudyId), cancellationToken)
            ?? throw new NotFoundException($"There is no run {runId}.");
    }

    /// <summary>The metric values of some runs, by run, metric and epoch.</summary>
    public async Task<IReadOnlyList<MetricPoint>> MetricsAsync(
        IReadOnlyCollection<long> runIds, CancellationToken cancellationToken = default)
    {
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        return await db.Metrics.AsNoTracking().Where(m => runIds.Contains(m.RunId))
            .OrderBy(m => m.RunId).ThenBy(m => m.Key).ThenBy(m => m.Step)
            .Select(m => new MetricPoint(m.RunId, m.Key, m.Step, m.Value, m.Timestamp))
            .ToListAsync(cancellationToken);
    }

    /// <summary>One metric of every trial of a study, by epoch.</summary>
    /// <param name="studyId">The study.</param>
    /// <param name="key">The metric.</param>
    /// <param name="cancellationToken">Gives up the query.</param>
    /// <returns>The values by run; trials that have reported nothing are left out.</returns>
    public async Task<Dictionary<long, IReadOnlyList<StepValue>>> StepsAsync(long studyId, string key, CancellationToken cancellationToken = default)
    {
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        var points = await db.Metrics.AsNoTracking()
            .Where(m => m.Key == key && db.Runs.Any(r => r.Id == m.RunId && r.StudyId == studyId && r.Kind == RunKind.Trial))
            .OrderBy(m => m.RunId).ThenBy(m => m.Step).Select(m => new { m.RunId, m.Step, m.Value }).ToListAsync(cancellationToken);
        return points.GroupBy(p => p.RunId)
            .ToDictionary(run => run.Key, IReadOnlyList<StepValue> (run) => [.. run.Select(p => new StepValue((int)p.Step, p.Value))]);
    }

    /// <summary>How many trials of all studies run now.</summary>
    public async Task<int> RunningTrialsAsync(CancellationToken cancellationToken = default)
    {
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        return await db.Runs.CountAsync(r => r.State == TrialState.Running && r.Kind == RunKind.Trial, cancellationToken);
    }

    /// <summary>A study as it stands in the caller's transaction.</summary>
    internal static async Task<StudySummary> SummaryAsync(WorkbenchDb db, long studyId, CancellationToken cancellationToken) =>
        (await SummariesAsync(db, studies => studies.Where(s => s.Id == studyId), cancellationToken)).Single();

    private async Task<IReadOnlyList<StudySummary>> SummariesAsync(
        Func<IQueryable<Study>, IQueryable<Study>> select, CancellationToken cancellationToken)
    {
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        return await SummariesAsync(db, select, cancellationToken);
    }

    private static async Task<IReadOnlyList<StudySummary>> SummariesAsync(
        WorkbenchDb db, Func<IQueryable<Study>, IQueryable<Study>> select, CancellationToken cancellationToken)
    {
        var rows = await select(db.Studies.AsNoTracking()).Select(study => new
        {
            Study = study,
            Enqueued = db.EnqueuedSets.Count(set => set.StudyId == study.Id),
            Best = db.Runs
                .Where(r => r.StudyId == study.Id && r.Kind == RunKind.Trial && r.State == TrialState.Complete && r.Value != null)
                .OrderBy(r => study.Direction == Direction.Maximize ? -r.Value : r.Value).ThenBy(r => r.Number)
                .Select(r => new { r.Number, r.Value, r.Params }).FirstOrDefault(),
        }).ToListAsync(cancellationToken);
        var ids = rows.ConvertAll(row => row.Study.Id);
        var counts = (await db.Runs.Where(r => ids.Contains(r.ExperimentId) && r.Kind == RunKind.Trial)
            .GroupBy(r => new { r.ExperimentId, r.State }).Select(g => new { g.Key.ExperimentId, g.Key.State, Count = g.Count() })
            .ToListAsync(cancellationToken)).ToDictionary(row => (row.ExperimentId, row.State), row => row.Count);
        int Count(long study, TrialState state) => counts.GetValueOrDefault((study, state));
        return rows.ConvertAll(row => new StudySummary(
            row.Study,
            new TrialCounts(
                Count(row.Study.Id, TrialState.Complete),
                Count(row.Study.Id, TrialState.Pruned),
                Count(row.Study.Id, TrialState.Failed),
                Count(row.Study.Id, TrialState.Running),
                Count(row.Study.Id, TrialState.Stopped)),
            row.Best is { Number: int number, Value: double value, Params: { } parameters } ? new BestTrial(number, value, parameters) : null)
        {
            Enqueued = row.Enqueued,
        });
    }
}
