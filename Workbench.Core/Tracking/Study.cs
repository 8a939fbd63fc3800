using Workbench.Core.Commands;
using Workbench.Core.Search;

namespace Workbench.Core.Tracking;

/// <summary>What a study is doing.</summary>
public enum StudyState
{
    /// <summary>Trials run, or wait for a worker.</summary>
    Running,

    /// <summary>As many trials as requested have finished, or its stopping rule has ended it; then those still running run to their end.</summary>
    Completed,

    /// <summary>A person stopped it; it can be resumed.</summary>
    Stopped,
}

/// <summary>An experiment with a search: one pipeline, one dataset and one search space, searched by many trials.</summary>
public sealed class Study : Experiment
{
    /// <summary>The name of <see cref="Pipeline"/> of a study whose trials are asked for, and told, by clients.</summary>
    public const string External = "external";

    /// <summary>The name of <see cref="Pipeline"/> of a study whose trials are a command's.</summary>
    public const string OfCommand = "command";

    /// <summary>The training pipeline, by name (<c>transfer</c>, <c>cnn</c>, <c>external</c>, <c>command</c>).</summary>
    public required string Pipeline { get; init; }

    /// <summary>The dataset, by name (<c>mnist</c>); null for a study whose trials have their own data.</summary>
    public required string? Dataset { get; init; }

    /// <summary>The version of the dataset; null for studies from before datasets had versions, which split the test part as well.</summary>
    public int? DatasetVersion { get; init; }

    /// <summary>SHA-256 over the contents of that version; null for studies from before datasets had versions.</summary>
    public string? DatasetFingerprint { get; init; }

    /// <summary>The encoder whose features the pipeline trains on, by name; null for a pipeline without one, and for <c>glyphs</c> before encoders had names.</summary>
    public string? Encoder { get; init; }

    /// <summary>How the dataset is divided into training and validation images, as JSON of the pipeline layer; null without a dataset.</summary>
    public required string? Split { get; init; }

    /// <summary>The metric that is the objective, such as <c>val_accuracy</c>.</summary>
    public required string Metric { get; init; }

    /// <summary>Whether the objective is to be made small or large.</summary>
    public required Direction Direction { get; init; }

    /// <summary>The parameters searched and their ranges.</summary>
    public required SearchSpace SearchSpace { get; init; }

    /// <summary>The algorithm that proposes parameters.</summary>
    public required SamplerSettings Sampler { get; init; }

    /// <summary>The algorithm that ends hopeless trials early.</summary>
    public required PrunerSettings Pruner { get; init; }

    /// <summary>The root of every random number in the study.</summary>
    public required long Seed { get; init; }

    /// <summary>How many trials may run at the same time, over all processes.</summary>
    public required int Jobs { get; set; }

    /// <summary>The budget: how many trials shall finish.</summary>
    public required int TrialsRequested { get; set; }

    /// <summary>What ends the study before its budget is spent; null for nothing.</summary>
    public StoppingRule? Stopping { get; init; }

    /// <summary>
    /// How long the client of a trial may be silent before the trial is given to the next client that asks, with the same number and
    /// parameters; null for a study whose trials are run by workers.
    /// </summary>
    public TimeSpan? Silence { get; init; }

    /// <summary>What is run as its trials; null for a study that is trained by a pipeline, or by clients.</summary>
    public CommandSettings? Command { get; init; }

    /// <summary>The study from whose trials, as they were at the launch, the sampler learns too; null for none.</summary>
    public string? WarmStart { get; init; }

    /// <summary>How many trials have been started; never more than <see cref="TrialsRequested"/>.</summary>
    public int TrialsClaimed { get; set; }

    /// <summary>The number of the next trial: that of the trials started, and of those withdrawn while later ones ran.</summary>
    public int NextNumber { get; set; }

    /// <summary>How many trials have finished: complete, pruned or failed.</summary>
    public int TrialsFinished { get; set; }

    /// <summary>The best value of its trials so far.</summary>
    public double? BestValue { get; set; }

    /// <summary>How many trials have finished since the one with the best value, or since the study was last set running.</summary>
    public int SinceBest { get; set; }

    /// <summary>When it was last set running: launched, resumed, or given more trials.</summary>
    public DateTimeOffset RunningSince { get; set; }

    /// <summary>What the study is doing.</summary>
    public StudyState State { get; set; }

    /// <summary>Why its stopping rule ended it, in a sentence; null when that was not it.</summary>
    public string? StopReason { get; set; }

    /// <summary>The registered model its builds become versions of; null until the first promotion, and when the model is gone for good.</summary>
    public long? ModelId { get; set; }

    /// <summary>When its last trial finished, or when it was stopped; null while it runs.</summary>
    public DateTimeOffset? EndedAt { get; set; }

    /// <summary>Whether clients train its trials, and not workers.</summary>
    public bool IsExternal => Silence is not null;

    /// <summary>What trains on what, for people: <c>transfer on mnist</c>.</summary>
    public string Training => Dataset is null ? Pipeline : $"{Pipeline} on {Dataset}";

    /// <summary>The seed of a trial's training: the same whenever, and wherever, its parameters are trained with again.</summary>
    /// <param name="number">The trial's number.</param>
    public int TrainingSeed(int number) => (int)(uint)(((ulong)Seed * 0x9E3779B97F4A7C15 + (ulong)number * 0xBF58476D1CE4E5B9) >> 33);
}
