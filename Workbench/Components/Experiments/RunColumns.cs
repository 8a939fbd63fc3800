using Workbench.Components.Parts;
using Workbench.Core.Tracking;

namespace Workbench.Components.Experiments;

/// <summary>A metric or a param as a column of a table of runs.</summary>
/// <param name="Kind"><c>metrics</c> or <c>params</c>.</param>
/// <param name="Key">Its name.</param>
public sealed record RunColumn(string Kind, string Key)
{
    /// <summary>What stands where a run has nothing.</summary>
    public const string Missing = "–";

    /// <summary>Whether it is a metric.</summary>
    public bool IsMetric => Kind == RunColumns.Metrics;

    /// <summary>As filters and orders name it.</summary>
    public string Field => Key.Contains('`', StringComparison.Ordinal) ? $"{Kind}.\"{Key}\"" : $"{Kind}.`{Key}`";

    /// <summary>What a run has there.</summary>
    public string Of(TrackedRun run)
    {
        if (!IsMetric)
        {
            return run.Params.GetValueOrDefault(Key, Missing);
        }
        foreach (var metric in run.Metrics)
        {
            if (metric.Key == Key)
            {
                return Format.Value(metric.Value);
            }
        }
        return Missing;
    }
}

/// <summary>Which metrics and params of the runs on a page show: the first of each, until a person chooses.</summary>
internal sealed class RunColumns
{
    internal const string Metrics = "metrics";
    internal const string Params = "params";

    private const int Usual = 4;
    // More cannot be told apart in a list of them.
    private const int MostOffered = 200;

    private Dictionary<string, bool> _chosen = [];
    private List<RunColumn> _all = [];

    /// <summary>Whether nothing was chosen.</summary>
    public bool IsUsual => _chosen.Count == 0;

    /// <summary>What shows.</summary>
    public IReadOnlyList<RunColumn> Shown { get; private set; } = [];

    /// <summary>What can be chosen.</summary>
    public IReadOnlyList<ColumnGroup> Groups =>
    [
        .. _all.GroupBy(column => column.IsMetric).Select(group => new ColumnGroup(Title(group.Key), [.. group.Select(column => (column.Key, Shown.Contains(column)))])),
    ];

    /// <summary>What can be typed into a filter.</summary>
    public IEnumerable<string> Fields => _all.Select(column => column.Field);

    /// <summary>What the browser is to remember.</summary>
    public string Json => RememberedColumns.Write(_chosen);

    /// <summary>Takes what the browser remembered; nothing, or something that no longer makes sense, changes nothing.</summary>
    public void Remember(string? json)
    {
        _chosen = RememberedColumns.Read(json);
        Arrange();
    }

    /// <summary>Finds the columns of the runs on a page. What a person chose stays.</summary>
    public void Read(IReadOnlyList<TrackedRun> runs)
    {
        _all =
        [
            .. Keys(runs.SelectMany(run => run.Metrics.Select(metric => metric.Key)), Metrics),
            .. Keys(runs.SelectMany(run => run.Params.Keys), Params),
        ];
        Arrange();
    }

    /// <summary>Shows a column, or no longer.</summary>
    /// <param name="title">The title of its group.</param>
    /// <param name="key">Its name.</param>
    /// <param name="shown">Which.</param>
    public void Choose(string title, string key, bool shown)
    {
        _chosen[new RunColumn(title == Title(true) ? Metrics : Params, key).Field] = shown;
        Arrange();
    }

    /// <summary>Forgets what was chosen.</summary>
    public void Reset()
    {
        _chosen.Clear();
        Arrange();
    }

    private void Arrange()
    {
        var usual = _all.Where(column => column.IsMetric).Take(Usual).Concat(_all.Where(column => !column.IsMetric).Take(Usual)).ToHashSet();
        Shown = [.. _all.Where(column => _chosen.GetValueOrDefault(column.Field, usual.Contains(column)))];
    }

    // What the machine measures of itself comes last.
    private static IEnumerable<RunColumn> Keys(IEnumerable<string> keys, string kind) => keys.Distinct()
        .OrderBy(key => key.StartsWith("system/", StringComparison.Ordinal)).ThenBy(key => key, StringComparer.OrdinalIgnoreCase)
        .Take(MostOffered).Select(key => new RunColumn(kind, key));

    private static string Title(bool metrics) => metrics ? "Metrics, last value" : "Params";
}
