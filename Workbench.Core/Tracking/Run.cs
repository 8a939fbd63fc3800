using Workbench.Core.Search;

namespace Workbench.Core.Tracking;

/// <summary>What a run is an execution of.</summary>
public enum RunKind
{
    /// <summary>One trial of a study's search.</summary>
    Trial,

    /// <summary>A build of a production model from chosen parameters, on all the data.</summary>
    Production,

    /// <summary>Logged from outside: what a client says of a training that it runs itself.</summary>
    Tracked,
}

/// <summary>One training, with its parameters, metrics and artifacts: a trial, a production build, or one that is only tracked.</summary>
public sealed class Run
{
    /// <summary>The primary key.</summary>
    public long Id { get; init; }

    /// <summary>The identity by which clients of MLflow know it; given by the database unless it is set.</summary>
    public Guid Uuid { get; init; }

    /// <summary>The experiment it belongs to.</summary>
    public long ExperimentId { get; init; }

    /// <summary>The study whose trial or build it is, which has the key of the experiment; null for a tracked run.</summary>
    public long? StudyId { get; init; }

    /// <summary>Trial, production build, or tracked.</summary>
    public RunKind Kind { get; init; }

    /// <summary><c>trial-7</c>, <c>production-20261124-093000</c>, or what the client calls it.</summary>
    public required string Name { get; init; }

    /// <summary>Who logs it, as the client says; null for a trial or a build.</summary>
    public string? UserName { get; init; }

    /// <summary>The trial's number from 0 on; null for another run.</summary>
    public int? Number { get; init; }

    /// <summary>How it stands.</summary>
    public TrialState State { get; set; }

    /// <summary>How often it has been started: more than 1 when a process died, or the study was stopped, in between.</summary>
    public int Attempt { get; set; }

    /// <summary>The parameters, all of them texts in a tracked run; null between the claim of a trial's number and its sampling.</summary>
    public ParameterSet? Params { get; set; }

    /// <summary>What a person gave of the parameters by enqueueing them, the rest being sampled; null when all were sampled.</summary>
    public ParameterSet? Given { get; set; }

    /// <summary>The objective: of the last epoch when complete, of the last one reported when pruned.</summary>
    public double? Value { get; set; }

    /// <summary>Why it failed, in a sentence.</summary>
    public string? Error { get; set; }

    /// <summary>What it is doing just now, such as "computing features 35 %, 12 s left"; null when that is plain training.</summary>
    public string? Activity { get; set; }

    /// <summary>Which of the study's parallel places (0 to jobs − 1) it runs in; null for a build.</summary>
    public int? Slot { get; set; }

    /// <summary>The background job that runs it: by this a job that is run again finds its trial.</summary>
    public string? JobId { get; set; }

    /// <summary>Who runs it, as <c>host:process</c>.</summary>
    public string? Worker { get; set; }

    /// <summary>Its place in the order in which the study's trials finished, from 1 on; null until then.</summary>
    public int? FinishedOrder { get; set; }

    /// <summary>Where its files are in the artifact store, as a key prefix; null when it has none.</summary>
    public string? ArtifactPrefix { get; set; }

    /// <summary>What people wrote about it, in Markdown; null for nothing.</summary>
    public string? Note { get; set; }

    /// <summary>What people filed it under: values by key. A production build has those of <see cref="NoteStore.Reserved"/>, too.</summary>
    public Dictionary<string, string> Tags { get; set; } = [];

    /// <summary>When the present attempt started.</summary>
    public DateTimeOffset StartedAt { get; set; }

    /// <summary>When its worker was last heard of.</summary>
    public DateTimeOffset HeartbeatAt { get; set; }

    /// <summary>When it ended; null while it runs.</summary>
    public DateTimeOffset? FinishedAt { get; set; }

    /// <summary>When a tracked run was deleted by itself, not with its experiment: for a while it can be restored. Null unless deleted.</summary>
    public DateTimeOffset? DeletedAt { get; set; }
}

