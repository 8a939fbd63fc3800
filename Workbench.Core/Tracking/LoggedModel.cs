namespace Workbench.Core.Tracking;

/// <summary>A model as MLflow 3 logs it: files with a name, of a run or of none, before any of it is registered. Known to clients as
/// <c>m-</c> and the 32 digits of its key.</summary>
public sealed class LoggedModel
{
    /// <summary>The primary key.</summary>
    public Guid Id { get; init; }

    /// <summary>The experiment it belongs to.</summary>
    public long ExperimentId { get; init; }

    /// <summary>What the client calls it; not unique.</summary>
    public required string Name { get; init; }

    /// <summary>The run that logged it; null for none, and when that is gone for good.</summary>
    public long? SourceRunId { get; init; }

    /// <summary>The run that it came from, as the client said, where that is none that is known; null otherwise.</summary>
    public string? SourceRun { get; init; }

    /// <summary>How it stands, as the client says.</summary>
    public VersionState State { get; init; }

    /// <summary>Why it stands so; null when nothing was said.</summary>
    public string? StateReason { get; init; }

    /// <summary>Its kind, such as <c>Agent</c>; null when none was said.</summary>
    public string? ModelType { get; init; }

    /// <summary>Its parameters, as texts.</summary>
    public Dictionary<string, string> Params { get; init; } = [];

    /// <summary>What it is filed under: values by key.</summary>
    public Dictionary<string, string> Tags { get; init; } = [];

    /// <summary>When it was made.</summary>
    public DateTimeOffset CreatedAt { get; init; }

    /// <summary>When it last changed.</summary>
    public DateTimeOffset UpdatedAt { get; init; }

    /// <summary>When it was deleted. Null unless deleted.</summary>
    public DateTimeOffset? DeletedAt { get; init; }
}

/// <summary>A logged model that a run read or made.</summary>
public sealed class RunModel
{
    /// <summary>The run.</summary>
    public long RunId { get; init; }

    /// <summary>The logged model.</summary>
    public Guid ModelId { get; init; }

    /// <summary>Whether the run made it; otherwise it read it.</summary>
    public bool IsOutput { get; init; }

    /// <summary>At which step.</summary>
    public long Step { get; init; }
}

/// <summary>A value that a run has measured of a logged model, on a dataset or on none.</summary>
public sealed class LoggedModelMetric : MetricValue
{
    /// <summary>The logged model.</summary>
    public Guid ModelId { get; init; }

    /// <summary>The dataset's name; empty for none.</summary>
    public string DatasetName { get; init; } = "";

    /// <summary>The dataset's digest; empty for none.</summary>
    public string DatasetDigest { get; init; } = "";
}
