namespace Workbench.Core.Training;

/// <summary>The pipelines by name.</summary>
/// <param name="pipelines">All that are registered, the default first. One instance a process, since they share what they prepare.</param>
public sealed class Pipelines(IEnumerable<Pipeline> pipelines)
{
    /// <summary>All pipelines, the default first.</summary>
    public IReadOnlyList<Pipeline> All { get; } = [.. pipelines];

    /// <summary>What a metric is; null when no pipeline defines it, as one of a run from outside.</summary>
    public MetricDefinition? Metric(string name) => All.SelectMany(pipeline => pipeline.Metrics).FirstOrDefault(known => known.Name == name);

    /// <summary>Metrics in the order to show them: as pipelines define them, then those that none defines, by name.</summary>
    public IReadOnlyList<string> InOrder(IEnumerable<string> metrics)
    {
        List<string> defined = [.. All.SelectMany(pipeline => pipeline.Metrics).Select(metric => metric.Name).Distinct()];
        return [.. metrics.Distinct().OrderBy(name => defined.IndexOf(name) is >= 0 and var place ? place : defined.Count).ThenBy(name => name, StringComparer.Ordinal)];
    }

    /// <summary>The names of the metrics that a pipeline reports; none for one that this program does not know.</summary>
    public IEnumerable<string> MetricsOf(string name) => All.FirstOrDefault(pipeline => pipeline.Name == name)?.Metrics.Select(metric => metric.Name) ?? [];

    /// <summary>The pipeline of a name.</summary>
    /// <exception cref="TrainingException">The name is unknown.</exception>
    public Pipeline Get(string name) => All.FirstOrDefault(pipeline => pipeline.Name == name)
        ?? throw new TrainingException(
            $"There is no pipeline \"{name}\". There are: {string.Join(", ", All.Select(pipeline => pipeline.Name))}.");
}
