using Workbench.Core.Search;
using Workbench.Core.Tracking;
using Workbench.Core.Training;

namespace Workbench.Components.Compare;

/// <summary>One line of a comparison.</summary>
/// <param name="Name">What is compared.</param>
/// <param name="Cells">How it stands with each, in their order.</param>
/// <param name="Differs">Whether not all are the same.</param>
/// <param name="Best">Which are the best, by their places; empty where none is better than another.</param>
public sealed record ComparedLine(string Name, IReadOnlyList<string> Cells, bool Differs, IReadOnlyList<int> Best);

/// <summary>Lines that belong together.</summary>
/// <param name="Name">Their title.</param>
/// <param name="Lines">The lines.</param>
public sealed record ComparedPart(string Name, IReadOnlyList<ComparedLine> Lines);

/// <summary>Things side by side: what differs and what is best.</summary>
internal static class SideBySide
{
    private const string Missing = "–";

    /// <summary>Runs side by side.</summary>
    /// <param name="runs">The runs, of one experiment or of several.</param>
    /// <param name="last">The last metrics of each of them.</param>
    /// <param name="now">Until when a running one has run.</param>
    /// <param name="pipelines">Say which metrics there are.</param>
    public static IReadOnlyList<ComparedPart> Of(
        IReadOnlyList<ExperimentRun> runs, IReadOnlyDictionary<long, IReadOnlyDictionary<string, double>> last, DateTimeOffset now, Pipelines pipelines) =>
    [
        new("Outcome",
        [
            .. new[] { Line(runs.All(run => run.Study is not null) ? "Study" : "Experiment", runs, run => run.Experiment.Name) }.Where(line => line.Differs),
            Line("State", runs, run => run.Run.State.ToString().ToLowerInvariant()),
            Line("Duration", runs, run => Format.Duration((run.Run.FinishedAt ?? now) - run.Run.StartedAt)),
            Line("Attempts", runs, run => run.Study is null ? Missing : $"{run.Run.Attempt}"),
            Line("Worker", runs, run => run.Run.Worker ?? run.Run.UserName ?? Missing),
        ]),
        Parameters([.. runs.Select(run => run.Run.Params)], runs.SelectMany(run => run.Study?.SearchSpace.Select(parameter => parameter.Name) ?? [])),
        Metrics([.. runs.Select(run => last[run.Run.Id])], pipelines, metric => runs.FirstOrDefault(run => run.Study?.Metric == metric)?.Study?.Direction),
    ];

    /// <summary>Parameters side by side.</summary>
    /// <param name="sets">The parameters of each.</param>
    /// <param name="order">Names, in the order to show them; others follow.</param>
    public static ComparedPart Parameters(IReadOnlyList<ParameterSet?> sets, IEnumerable<string> order)
    {
        var names = order.Concat(sets.SelectMany(set => set?.Keys ?? [])).Distinct().Where(name => sets.Any(set => set?.ContainsKey(name) is true));
        return new("Parameters", [.. names.Select(name =>
        {
            var values = sets.Select(set => set is not null && set.TryGetValue(name, out var value) ? value : (ParameterValue?)null).ToList();
            return new ComparedLine(name, [.. values.Select(value => value is { } v ? Format.Parameter(v) : Missing)], values.Distinct().Count() > 1, []);
        })]);
    }

    /// <summary>Metrics side by side.</summary>
    /// <param name="metrics">The last value of each metric of each.</param>
    /// <param name="pipelines">Say in which order they stand, and which way a metric is better. Of one that none defines neither is the best.</param>
    /// <param name="objective">Which way a metric is better, if a study says so.</param>
    public static ComparedPart Metrics(IReadOnlyList<IReadOnlyDictionary<string, double>> metrics, Pipelines pipelines, Func<string, Direction?>? objective = null) =>
        new("Metrics", [.. pipelines.InOrder(metrics.SelectMany(all => all.Keys)).Select(key =>
        {
            var values = metrics.Select(all => all.TryGetValue(key, out var value) ? value : (double?)null).ToList();
            return new ComparedLine(key, [.. values.Select(Format.Value)], values.Distinct().Count() > 1, Best(values, objective?.Invoke(key) ?? pipelines.Metric(key)?.Direction));
        })]);

    /// <summary>One fact side by side.</summary>
    public static ComparedLine Line<T>(string name, IReadOnlyList<T> things, Func<T, string> say)
    {
        List<string> cells = [.. things.Select(say)];
        return new ComparedLine(name, cells, cells.Distinct().Count() > 1, []);
    }

    private static List<int> Best(List<double?> values, Direction? direction)
    {
        var known = values.Where(value => value is { } v && double.IsFinite(v)).ToList();
        if (direction is null || known.Distinct().Count() < 2)
        {
            return [];
        }
        var best = direction == Direction.Maximize ? known.Max() : known.Min();
        return [.. Enumerable.Range(0, values.Count).Where(i => values[i] == best)];
    }
}
