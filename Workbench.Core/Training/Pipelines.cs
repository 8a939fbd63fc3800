using Workbench.Core.Search;

namespace Workbench.Core.Training;

/// <summary>The pipelines by name.</summary>
/// <param name="pipelines">All that are registered, the default first. One instance a process, since they share what they prepare.</param>
public sealed class Pipelines(IEnumerable<Pipeline> pipelines)
{
    /// <summary>All pipelines, the default first.</summary>
    public IReadOnlyList<Pipeline> All { get; } = [.. pipelines];

    /// <summary>Which way a metric is better; null when no pipeline defines it.</summary>
    public Direction? DirectionOf(string metric) => All.SelectMany(pipeline => pipeline.Metrics).FirstOrDefault(known => known.Name == metric)?.Direction;

    /// <summary>The names of the metrics that a pipeline reports; none for one that this program does not know.</summary>
    public IEnumerable<string> MetricsOf(string name) => All.FirstOrDefault(pipeline => pipeline.Name == name)?.Metrics.Select(metric => metric.Name) ?? [];

    /// <summary>The pipeline of a name.</summary>
    /// <exception cref="TrainingException">The name is unknown.</exception>
    public Pipeline Get(string name) => All.FirstOrDefault(pipeline => pipeline.Name == name)
        ?? throw new TrainingException(
            $"There is no pipeline \"{name}\". There are: {string.Join(", ", All.Select(pipeline => pipeline.Name))}.");
}
