namespace Workbench.Core.Tracking;

/// <summary>A dataset as a client of MLflow describes it; none of its contents is here.</summary>
public sealed class TrackedDataset
{
    /// <summary>The primary key.</summary>
    public long Id { get; init; }

    /// <summary>The experiment in which it was first named.</summary>
    public long ExperimentId { get; init; }

    /// <summary>Its name.</summary>
    public required string Name { get; init; }

    /// <summary>What tells its contents from others, such as a hash; unique with experiment and name.</summary>
    public required string Digest { get; init; }

    /// <summary>What kind of place it comes from, such as <c>http</c>.</summary>
    public required string SourceType { get; init; }

    /// <summary>Where it comes from, in the words of that kind.</summary>
    public required string Source { get; init; }

    /// <summary>Its columns; null when none were said.</summary>
    public string? Schema { get; init; }

    /// <summary>Its figures; null when none were said.</summary>
    public string? Profile { get; init; }
}

/// <summary>A dataset that a run read.</summary>
public sealed class RunInput
{
    /// <summary>The run.</summary>
    public long RunId { get; init; }

    /// <summary>The dataset.</summary>
    public long DatasetId { get; init; }

    /// <summary>What for, such as <c>mlflow.data.context</c>: values by key.</summary>
    public Dictionary<string, string> Tags { get; init; } = [];
}
