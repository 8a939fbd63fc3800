namespace Workbench.Core.Training;

/// <summary>What a training reports of one of its steps.</summary>
/// <param name="Step">Counted from 1: an epoch, a round, or what else the pipeline goes by.</param>
/// <param name="Values">Figures by the names that the pipeline's <see cref="Pipeline.Metrics"/> define; absent ones are left out.</param>
public sealed record StepMetrics(int Step, IReadOnlyDictionary<string, double> Values)
{
    /// <summary>A figure.</summary>
    /// <exception cref="KeyNotFoundException">The step has none of that name.</exception>
    public double this[string name] => Values[name];

    /// <inheritdoc/>
    public bool Equals(StepMetrics? other) => other is not null && Step == other.Step && Values.Count == other.Values.Count
        && Values.All(value => other.Values.TryGetValue(value.Key, out var same) && same.Equals(value.Value));

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Step, Values.Count);
}
