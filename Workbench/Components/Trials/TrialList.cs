using Workbench.Core.Search;
using Workbench.Core.Tracking;
using Workbench.Core.Tracking.Tables;
using Workbench.Core.Training;

namespace Workbench.Components.Trials;

/// <summary>
/// The trials that a table shows: with their last metrics, filtered and sorted. Of a trial that has ended the metrics are read once, so
/// keeping the table current costs what has changed.
/// </summary>
internal sealed class TrialList(RunQueries queries, Pipelines pipelines, TimeProvider clock)
{
    private static readonly Dictionary<string, double> NoMetrics = [];

    private readonly Dictionary<long, (TrialState State, int Attempt, IReadOnlyDictionary<string, double> Last)> _metrics = [];
    private IReadOnlyList<Run> _trials = [];
    private Study? _study;
    private TrialFilter _filter = TrialFilter.All;
    private string _order = "";

    /// <summary>What there is to show, sort and filter by.</summary>
    public TrialFields Fields { get; private set; } = default!;

    /// <summary>The rows in sight or a scroll away.</summary>
    public List<TrialRow> Shown { get; private set; } = [];

    /// <summary>How they are sorted.</summary>
    public TrialOrder Order => TrialOrder.Parse(_order, Fields) ?? TrialOrder.Parse(null, Fields)!;

    /// <summary>The filter that holds: the last one that was right.</summary>
    public string FilterText { get; private set; } = "";

    /// <summary>What is wrong with the filter that was typed last; null when nothing is.</summary>
    public FilterException? Fault { get; private set; }

    /// <summary>Takes the trials as they now are. Those of another study show at once, others when their metrics are read.</summary>
    public void Take(Study study, IEnumerable<Run> trials)
    {
        _trials = [.. trials];
        if (_study is null || _study.Id != study.Id)
        {
            (_study, Fields) = (study, new TrialFields(study, pipelines.MetricsOf(study.Pipeline)));
            _metrics.Clear();
            Show();
        }
    }

    /// <summary>Takes the metrics of those trials that may have new ones.</summary>
    /// <param name="known">The last metrics of a run, or null. What it doesn't know is read by one statement; when it knows all, the task is
    /// done on return.</param>
    public async Task ReadMetricsAsync(Func<long, IReadOnlyDictionary<string, double>?> known)
    {
        var stale = _trials.Where(trial => !_metrics.TryGetValue(trial.Id, out var shown)
            || shown.State == TrialState.Running || shown.State != trial.State || shown.Attempt != trial.Attempt).ToList();
        if (stale.Count > 0)
        {
            var last = stale.ToDictionary(trial => trial.Id, trial => known(trial.Id));
            var read = await queries.LastMetricsAsync([.. last.Keys.Where(id => last[id] is null)]);
            foreach (var trial in stale)
            {
                _metrics[trial.Id] = (trial.State, trial.Attempt, last[trial.Id] ?? read[trial.Id]);
            }
            if (stale.SelectMany(trial => _metrics[trial.Id].Last.Keys).Any(key => Fields.Find(key) is null))
            {
                Fields = new TrialFields(_study!, pipelines.MetricsOf(_study!.Pipeline), _metrics.Values.SelectMany(shown => shown.Last.Keys));
            }
        }
        Show();
    }

    /// <summary>Filters by what was typed, if that is right; else everything stays, and <see cref="Fault"/> says why.</summary>
    public void Filter(string text)
    {
        try
        {
            _filter = TrialFilter.Parse(text, Fields);
            (FilterText, Fault) = (text.Trim(), null);
            Show();
        }
        catch (FilterException fault)
        {
            Fault = fault;
        }
    }

    /// <summary>Sorts as a <see cref="TrialOrder"/> in words says; by the latest when there is no such field.</summary>
    public void Sort(string? order)
    {
        _order = order ?? "";
        Show();
    }

    private void Show()
    {
        var now = clock.GetUtcNow();
        var rows = _trials.Select(trial => new TrialRow(trial, _metrics.TryGetValue(trial.Id, out var shown) ? shown.Last : NoMetrics, now));
        Shown = [.. Order.Sort(rows.Where(_filter.Holds))];
    }
}
