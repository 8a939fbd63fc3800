namespace Workbench.Core.Tracking.Mirrors;

/// <summary>A tracking server to which studies are mirrored, or were. What was sent is known by server: another one gets everything anew.</summary>
public sealed class Mirror
{
    /// <summary>The primary key.</summary>
    public long Id { get; init; }

    /// <summary>The server's address, without what signs in.</summary>
    public required string Address { get; init; }

    /// <summary>Whether the address leads to this very workbench: then nothing is sent.</summary>
    public bool IsItself { get; init; }

    /// <summary>What hinders the sending now, in a sentence; null while nothing does.</summary>
    public string? Trouble { get; init; }

    /// <summary>Since when; null while nothing does.</summary>
    public DateTimeOffset? TroubleSince { get; init; }
}

/// <summary>A study as it stands on a server. There is a row as soon as it was tried to send it.</summary>
public sealed class MirroredExperiment
{
    /// <summary>The study.</summary>
    public long ExperimentId { get; init; }

    /// <summary>The server.</summary>
    public long MirrorId { get; init; }

    /// <summary>Its key there; null when it is not known whether it is there.</summary>
    public string? RemoteId { get; init; }

    /// <summary>Whether it was found there, and not made: there may be runs of which nothing is known here.</summary>
    public bool IsAdopted { get; init; }

    /// <summary>The study's name when it was sent.</summary>
    public string? Name { get; init; }

    /// <summary>The tags and the note that were sent.</summary>
    public Dictionary<string, string> Tags { get; init; } = [];

    /// <summary>Why the server refused it, for good; null when it did not.</summary>
    public string? Error { get; init; }
}

/// <summary>A trial or a build as it stands on a server. There is a row before it is made there.</summary>
public sealed class MirroredRun
{
    /// <summary>The run.</summary>
    public long RunId { get; init; }

    /// <summary>The server.</summary>
    public long MirrorId { get; init; }

    /// <summary>Its study.</summary>
    public long ExperimentId { get; init; }

    /// <summary>Its key there; null when it is not known whether it is there.</summary>
    public string? RemoteId { get; init; }

    /// <summary>When the attempt that was sent started: no two attempts of a run have the same.</summary>
    public DateTimeOffset StartedAt { get; init; }

    /// <summary>Whether its parameters were sent.</summary>
    public bool HasParams { get; init; }

    /// <summary>The largest step that was sent, by metric, as a JSON object.</summary>
    public string Steps { get; init; } = "{}";

    /// <summary>How many values of metrics were sent.</summary>
    public long Values { get; init; }

    /// <summary>The tags, the note and the name that were sent.</summary>
    public Dictionary<string, string> Tags { get; init; } = [];

    /// <summary>The end that was sent, after all that came before it, in MLflow's word; null while it runs.</summary>
    public string? Status { get; init; }

    /// <summary>Why the server refused it, for good; null when it did not.</summary>
    public string? Error { get; init; }
}

/// <summary>A registered model as it stands on a server.</summary>
public sealed class MirroredModel
{
    /// <summary>The model.</summary>
    public long ModelId { get; init; }

    /// <summary>The server.</summary>
    public long MirrorId { get; init; }

    /// <summary>Its name there; null when it is not known whether it is there.</summary>
    public string? RemoteName { get; init; }

    /// <summary>The aliases that were sent, with the versions there that they name.</summary>
    public Dictionary<string, string> Aliases { get; init; } = [];

    /// <summary>Why the server refused it, for good; null when it did not.</summary>
    public string? Error { get; init; }
}

/// <summary>A version that a build made, as it stands on a server.</summary>
public sealed class MirroredVersion
{
    /// <summary>The model.</summary>
    public long ModelId { get; init; }

    /// <summary>The version's number here.</summary>
    public int Version { get; init; }

    /// <summary>The server.</summary>
    public long MirrorId { get; init; }

    /// <summary>The version's number there; null when it is not there.</summary>
    public string? RemoteVersion { get; init; }

    /// <summary>Why the server refused it, for good; null when it did not.</summary>
    public string? Error { get; init; }
}
