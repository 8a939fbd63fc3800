using Workbench.Core.Search;
using Workbench.Core.Tracking;

namespace Workbench.Components.Studies;

/// <summary>
/// What the page of a study knows: its trials and builds, and the metrics of the trials whose curves it shows. After a change only what
/// has changed is read again, so a study of a thousand trials costs no more to watch than one of ten.
/// </summary>
public sealed class StudyView
{
    // Curves of trials that finished last stay for comparison: trials may be too short to be watched one by one.
    private const int RecentCurves = 12;

    private readonly StudyQueries _queries;
    private readonly List<Run> _trials = [];
    private readonly Dictionary<long, IReadOnlyList<MetricPoint>> _metrics = [];
    private readonly List<long> _chosen = [];
    private Dictionary<long, IReadOnlyList<StepValue>>? _steps;
    private bool _stepsRead;

    private StudyView(StudyQueries queries, StudySummary summary) => (_queries, Summary) = (queries, summary);

    /// <summary>The study, its counts, its best trial.</summary>
    public StudySummary Summary { get; private set; }

    /// <summary>The study.</summary>
    public Study Study => Summary.Study;

    /// <summary>All trials, by number.</summary>
    public IReadOnlyList<Run> Trials => _trials;

    /// <summary>The production builds, the latest first.</summary>
    public IReadOnlyList<Run> Builds { get; private set; } = [];

    /// <summary>The trials a person chose to see the curves of, in the order chosen.</summary>
    public IReadOnlyList<long> Chosen => _chosen;

    /// <summary>Rises with what has changed.</summary>
    public StudyVersion Version { get; private set; } = new(0, 0, 0);

    /// <summary>Reads a study.</summary>
    /// <returns>Null when there is none of that name.</returns>
    public static async Task<StudyView?> OpenAsync(StudyQueries queries, string name, CancellationToken cancellationToken)
    {
        if (await queries.FindAsync(name, cancellationToken) is not { } summary)
        {
            return null;
        }
        var view = new StudyView(queries, summary);
        await view.ReadAllAsync(cancellationToken);
        view.Version = new(1, 1, view.Study.TrialsFinished);
        return view;
    }

    /// <summary>Reads again what has changed.</summary>
    /// <returns>False when the study was deleted.</returns>
    public async Task<bool> ApplyAsync(IReadOnlyCollection<Change> changes, CancellationToken cancellationToken)
    {
        var progressOnly = changes.All(c => c.Kind is ChangeKind.Progress);
        if (!progressOnly)
        {
            if (await _queries.FindAsync(Study.Name, cancellationToken) is not { } summary || summary.Study.Id != Study.Id)
            {
                return false;
            }
            Summary = summary;
        }
        var runs = changes.Where(c => c.RunId != 0).Select(c => c.RunId).Distinct().ToList();
        if (changes.Any(c => c.Kind == ChangeKind.Everything))
        {
            await ReadAllAsync(cancellationToken);
        }
        else if (runs.Count > 0)
        {
            await ReadRunsAsync(runs, cancellationToken);
        }
        Version = new(Version.Epochs + 1, progressOnly ? Version.Runs : Version.Runs + 1, Study.TrialsFinished);
        return true;
    }

    /// <summary>Reads the objective of every trial by epoch, and keeps it up to date from then on.</summary>
    public async Task WatchStepsAsync(CancellationToken cancellationToken)
    {
        if (_steps is null)
        {
            // What is heard of in the meantime is put in first, and is newer.
            var steps = _steps = [];
            foreach (var (run, read) in await _queries.StepsAsync(Study.Id, Study.Metric, cancellationToken))
            {
                steps.TryAdd(run, read);
            }
            _stepsRead = true;
            Version = Version with { Epochs = Version.Epochs + 1 };
        }
    }

    /// <summary>What the view holds now, for drawing on another thread: later changes do not touch it.</summary>
    /// <param name="metric">The metric of the curves that are shown.</param>
    /// <param name="now">The present moment.</param>
    public StudySnapshot Snapshot(string metric, DateTimeOffset now) =>
        new(Study, [.. _trials], _stepsRead ? new Dictionary<long, IReadOnlyList<StepValue>>(_steps!) : null, Curves(metric), Version, now);

    /// <summary>Adds a trial's curve to those shown, or takes it away.</summary>
    public async Task ChooseAsync(long runId, bool shown, CancellationToken cancellationToken)
    {
        _chosen.Remove(runId);
        Version = Version with { Epochs = Version.Epochs + 1 };
        if (shown)
        {
            _chosen.Add(runId);
            await ReadMetricsAsync([runId], cancellationToken);
        }
    }

    /// <summary>Takes all chosen curves away.</summary>
    public void ChooseNone()
    {
        _chosen.Clear();
        Version = Version with { Epochs = Version.Epochs + 1 };
    }

    /// <summary>The metrics of a trial, reading them if it is not among those shown.</summary>
    public async Task<IReadOnlyList<MetricPoint>> MetricsAsync(long runId, CancellationToken cancellationToken) =>
        _metrics.TryGetValue(runId, out var known) ? known : await _queries.MetricsAsync([runId], cancellationToken);

    /// <summary>The last metrics of a trial that is among those shown; null of others, which are not known here.</summary>
    public IReadOnlyDictionary<string, double>? LastMetrics(long runId) =>
        _metrics.TryGetValue(runId, out var known) ? MetricPoint.Last(known) : null;

    /// <summary>The metrics whose curves can be drawn.</summary>
    /// <param name="reported">Those that the study's pipeline reports; none of a study that clients or commands train: then it is the objective,
    /// with whatever the trials shown have reported.</param>
    public IReadOnlyList<string> Metrics(IEnumerable<string> reported) =>
        [.. reported.DefaultIfEmpty(Study.Metric).Union(_metrics.Values.SelectMany(points => points.Select(point => point.Key)).Distinct().Order(StringComparer.Ordinal))];

    /// <summary>The trial of that number; null when there is none.</summary>
    public Run? Trial(int number)
    {
        var index = IndexOf(number);
        return index >= 0 ? _trials[index] : null;
    }

    /// <summary>The curves to draw of a metric.</summary>
    public IReadOnlyList<Charts.Curve> Curves(string metric) =>
        [.. Watched().Select(trial => new Charts.Curve(
            trial.Number!.Value,
            _chosen.Contains(trial.Id) ? Charts.CurveRole.Chosen
                : trial.State == TrialState.Running ? Charts.CurveRole.Running
                : trial.Number == Summary.Best?.Number ? Charts.CurveRole.Best
                : Charts.CurveRole.Recent,
            Color(trial),
            [.. _metrics.GetValueOrDefault(trial.Id, []).Where(point => point.Key == metric)]))];

    /// <summary>The colour of a trial among the chosen and the running ones.</summary>
    public int Color(Run trial)
    {
        var chosen = _chosen.IndexOf(trial.Id);
        // A place runs one trial at a time, so running trials differ; from the far end of the palette, so they rarely meet chosen ones.
        return chosen >= 0 ? chosen : Charts.MetricCurves.Colors - 1 - trial.Slot.GetValueOrDefault() % Charts.MetricCurves.Colors;
    }

    private async Task ReadAllAsync(CancellationToken cancellationToken)
    {
        _trials.Clear();
        _trials.AddRange(await _queries.TrialsAsync(Study.Id, cancellationToken: cancellationToken));
        Builds = await _queries.BuildsAsync(Study.Id, cancellationToken);
        _metrics.Clear();
        await ReadMetricsAsync([.. Watched().Select(t => t.Id)], cancellationToken);
        if (_steps is not null)
        {
            _steps = null;
            await WatchStepsAsync(cancellationToken);
        }
    }

    private async Task ReadRunsAsync(List<long> runs, CancellationToken cancellationToken)
    {
        var read = await _queries.TrialsAsync(Study.Id, runs, cancellationToken);
        foreach (var trial in read)
        {
            var index = IndexOf(trial.Number!.Value);
            if (index >= 0)
            {
                _trials[index] = trial;
            }
            else
            {
                _trials.Insert(~index, trial);
            }
        }
        var missing = runs.Except(read.Select(t => t.Id)).ToList();
        if (missing.Count > 0)
        {
            // Builds, or trials that were withdrawn.
            _trials.RemoveAll(t => missing.Contains(t.Id));
            missing.ForEach(id => _steps?.Remove(id));
            Builds = await _queries.BuildsAsync(Study.Id, cancellationToken);
        }
        var watched = Watched().Select(t => t.Id).ToHashSet();
        // Of a trial that is not watched the objective by epoch may still be: a stopped one, say.
        var others = _steps is null ? [] : read.Select(t => t.Id).Where(id => !watched.Contains(id));
        await ReadMetricsAsync([.. watched.Where(id => runs.Contains(id) || !_metrics.ContainsKey(id)), .. others], cancellationToken);
        foreach (var left in _metrics.Keys.Where(id => !watched.Contains(id)).ToList())
        {
            _metrics.Remove(left);
        }
    }

    private async Task ReadMetricsAsync(IReadOnlyCollection<long> runs, CancellationToken cancellationToken)
    {
        if (runs.Count == 0)
        {
            return;
        }
        var points = (await _queries.MetricsAsync(runs, cancellationToken)).ToLookup(point => point.RunId);
        foreach (var run in runs)
        {
            _metrics[run] = [.. points[run]];
            _steps?[run] = [.. points[run].Where(p => p.Key == Study.Metric).Select(p => new StepValue((int)p.Step, p.Value))];
        }
    }

    private IEnumerable<Run> Watched()
    {
        var recent = _trials.Where(t => t.FinishedOrder > Study.TrialsFinished - RecentCurves).Select(t => t.Id).ToHashSet();
        return _trials.Where(t =>
            t.State == TrialState.Running || t.Number == Summary.Best?.Number || recent.Contains(t.Id) || _chosen.Contains(t.Id));
    }

    private int IndexOf(int number)
    {
        var (low, high) = (0, _trials.Count - 1);
        while (low <= high)
        {
            var middle = (low + high) / 2;
            switch (_trials[middle].Number!.Value.CompareTo(number))
            {
                case 0:
                    return middle;
                case < 0:
                    low = middle + 1;
                    break;
                default:
                    high = middle - 1;
                    break;
            }
        }
        return ~low;
    }
}
