using Workbench.Core.Search;

namespace Workbench.Core.Tracking;

/// <summary>Which of what can be deleted is meant.</summary>
public enum DeletionView
{
    /// <summary>What is not deleted.</summary>
    Active,

    /// <summary>What is deleted.</summary>
    Deleted,

    /// <summary>Both.</summary>
    All,
}

/// <summary>One page of what a search found.</summary>
/// <param name="Items">What is on it.</param>
/// <param name="NextToken">Asks for the next one; null on the last.</param>
public sealed record Found<T>(IReadOnlyList<T> Items, string? NextToken);

/// <summary>A run as clients that track see it, whatever it is: all its params are texts.</summary>
/// <param name="Id">Its key.</param>
/// <param name="Uuid">Its identity.</param>
/// <param name="ExperimentId">Its experiment.</param>
/// <param name="Kind">Trial, build, or tracked.</param>
/// <param name="Name">Its name.</param>
/// <param name="UserName">Who logs it; null for a trial or a build.</param>
/// <param name="State">How it stands.</param>
/// <param name="StartedAt">When it started.</param>
/// <param name="FinishedAt">When it ended; null while it runs.</param>
/// <param name="IsDeleted">Whether it, or its experiment, is deleted.</param>
/// <param name="ArtifactUri">Where its artifacts are.</param>
/// <param name="Note">What was written about it.</param>
/// <param name="Tags">Values by key.</param>
/// <param name="Params">Values by name.</param>
public sealed record TrackedRun(
    long Id, Guid Uuid, long ExperimentId, RunKind Kind, string Name, string? UserName, TrialState State, DateTimeOffset StartedAt, DateTimeOffset? FinishedAt,
    bool IsDeleted, string ArtifactUri, string? Note, IReadOnlyDictionary<string, string> Tags, IReadOnlyDictionary<string, string> Params)
{
    /// <summary>The last value of each metric, by key.</summary>
    public IReadOnlyList<LoggedMetric> Metrics { get; init; } = [];

    /// <summary>The datasets it read.</summary>
    public IReadOnlyList<InputDataset> Datasets { get; init; } = [];

    /// <summary>The logged models it read and made.</summary>
    public IReadOnlyList<LinkedModel> Models { get; init; } = [];
}

/// <summary>A dataset that a run read.</summary>
/// <param name="Dataset">The dataset.</param>
/// <param name="Tags">What for: values by key.</param>
public sealed record InputDataset(TrackedDataset Dataset, IReadOnlyDictionary<string, string> Tags);

/// <summary>A logged model of a run.</summary>
/// <param name="Model">The logged model.</param>
/// <param name="IsOutput">Whether the run made it.</param>
/// <param name="Step">At which step.</param>
public sealed record LinkedModel(Guid Model, bool IsOutput, long Step);
