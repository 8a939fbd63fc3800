namespace Workbench.Core.Training;

/// <summary>The pipelines by name. One instance a process, since they share the features.</summary>
/// <param name="features">Where the transfer pipeline finds and keeps the features of images.</param>
public sealed class Pipelines(FeatureCache features)
{
    /// <summary>All pipelines, the default first.</summary>
    public IReadOnlyList<Pipeline> All { get; } = [new TransferPipeline(features), new CnnPipeline()];

    /// <summary>The pipeline of a name.</summary>
    /// <exception cref="TrainingException">The name is unknown.</exception>
    public Pipeline Get(string name) => All.FirstOrDefault(pipeline => pipeline.Name == name)
        ?? throw new TrainingException(
            $"There is no pipeline \"{name}\". There are: {string.Join(", ", All.Select(pipeline => pipeline.Name))}.");
}
