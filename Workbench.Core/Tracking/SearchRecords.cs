using Workbench.Core.Search;

namespace Workbench.Core.Tracking;

/// <summary>Parameters that wait to become those of a study's next trial, in the order of their keys; gone once a trial has them.</summary>
public sealed class EnqueuedSet
{
    /// <summary>The primary key.</summary>
    public long Id { get; init; }

    /// <summary>The study.</summary>
    public long StudyId { get; init; }

    /// <summary>The parameters; those left out are sampled.</summary>
    public required ParameterSet Params { get; init; }
}

/// <summary>
/// A trial of another study from which a study's sampler learns: a copy, so that every process sees the same ones, whatever becomes of
/// the other study.
/// </summary>
public sealed class WarmTrial
{
    /// <summary>The study that learns.</summary>
    public long StudyId { get; init; }

    /// <summary>−1, −2, …</summary>
    public int Number { get; init; }

    /// <summary>The trial.</summary>
    public required Trial Trial { get; init; }
}
