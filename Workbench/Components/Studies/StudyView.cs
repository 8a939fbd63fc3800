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
        return view;
    }

    /// <summary>Reads again what has changed.</summary>
    /// <returns>False when the study was deleted.</returns>
    public async Task<bool> ApplyAsync(IReadOnlyCollection<Change> changes, CancellationToken cancellationToken)
    {
        if (changes.Any(c => c.Kind is not ChangeKind.Progress))
        {
            if (await _queries.FindAsync(Study.Name, cancellationToken) is not { } summary || summary.Study.Id != Study.Id)
            {
                return false;
            }
            Summary = summary;
        }
        if (changes.Any(c => c.Kind == ChangeKind.Everything))
        {
            await ReadAllAsync(cancellationToken);
            return true;
        }
        var runs = changes.Where(c => c.RunId != 0).Select(c => c.RunId).Distinct().ToList();
        if (runs.Count > 0)
        {
            await ReadRunsAsync(runs, cancellationToken);
        }
        return true;
    }

    /// <summary>Adds a trial's curve to those shown, or takes it away.</summary>
    public async Task ChooseAsync(long runId, bool shown, CancellationToken cancellationToken)
    {
        _chosen.Remove(runId);
        if (shown)
        {
            _chosen.Add(runId);
            await ReadMetricsAsync([runId], cancellationToken);
        }
    }

    /// <summary>Takes all chosen curves away.</summary>
    public void ChooseNone() => _chosen.Clear();

    /// <summary>The metrics of a trial, reading them if it is not among those shown.</summary>
    public async Task<IReadOnlyList<MetricPoint>> MetricsAsync(long runId, CancellationToken cancellationToken) =>
        _metrics.TryGetValue(runId, out var known) ? known : await _queries.MetricsAsync([runId], cancellationToken);

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
            Builds = await _queries.BuildsAsync(Study.Id, cancellationToken);
        }
        var watched = Watched().Select(t => t.Id).ToHashSet();
        await ReadMetricsAsync([.. watched.Where(id => runs.Contains(id) || !_metrics.ContainsKey(id))], cancellationToken);
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
