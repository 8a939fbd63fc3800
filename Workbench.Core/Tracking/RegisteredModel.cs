using Workbench.Core.Text;

namespace Workbench.Core.Tracking;

/// <summary>How a model version stands.</summary>
public enum VersionState
{
    /// <summary>Its build is queued or running.</summary>
    Pending,

    /// <summary>Its files are stored and verified; it can be served.</summary>
    Ready,

    /// <summary>Its build failed; it never becomes ready.</summary>
    Failed,
}

/// <summary>A named line of model versions: of a study that was promoted, or from outside.</summary>
public sealed class RegisteredModel
{
    /// <summary>The primary key.</summary>
    public long Id { get; init; }

    /// <summary>The identity by which other servers know it; given by the database.</summary>
    public Guid Uuid { get; init; }

    /// <summary>Unique among models that are not deleted; of a promoted study, its name at the first promotion.</summary>
    public required string Name { get; init; }

    /// <summary>The highest version number given out.</summary>
    public int LastVersion { get; set; }

    /// <summary>Whether it answers predictions that name no model, whatever is promoted; of one model at most.</summary>
    public bool IsPinned { get; set; }

    /// <summary>When the first version was asked for.</summary>
    public DateTimeOffset CreatedAt { get; init; }

    /// <summary>When its name, note, tags or versions last changed.</summary>
    public DateTimeOffset UpdatedAt { get; init; }

    /// <summary>When it was deleted: it is hidden, and for a while it can be restored. Null unless deleted.</summary>
    public DateTimeOffset? DeletedAt { get; set; }

    /// <summary>What people wrote about it, in Markdown; null for nothing.</summary>
    public string? Note { get; set; }

    /// <summary>What people filed it under: values by key.</summary>
    public Dictionary<string, string> Tags { get; set; } = [];

    /// <summary>All versions, in no order.</summary>
    public List<ModelVersion> Versions { get; init; } = [];

    /// <summary>All aliases.</summary>
    public List<ModelAlias> Aliases { get; init; } = [];
}

/// <summary>One version of a registered model, made by one production build or brought from outside: as a file that is served, or only
/// registered by a client of MLflow, whose files are where it says.</summary>
public sealed class ModelVersion
{
    /// <summary>The model.</summary>
    public long ModelId { get; init; }

    /// <summary>The version number, from 1 on.</summary>
    public int Version { get; init; }

    /// <summary>The production build that makes or made it, or the tracked run it came from; null when that is gone for good, and for a
    /// model from outside without one.</summary>
    public long? RunId { get; set; }

    /// <summary>The run.</summary>
    public Run? Run { get; set; }

    /// <summary>The number of the trial whose parameters were promoted; null for a model from outside.</summary>
    public int? Trial { get; init; }

    /// <summary>Whether it goes into production once it is ready.</summary>
    public bool ToProduction { get; init; } = true;

    /// <summary>How it stands.</summary>
    public VersionState State { get; set; }

    /// <summary>Where its files lie in the artifact store, as a key prefix; null when it was only registered: see <see cref="Source"/>.</summary>
    public string? ArtifactPrefix { get; init; }

    /// <summary>Where a client of MLflow says its files are, as a URI; null for a version of the workbench's own.</summary>
    public string? Source { get; init; }

    /// <summary>Where its files are when <see cref="Source"/> names another version: that one may be renamed, or deleted. Null otherwise.</summary>
    public string? Storage { get; init; }

    /// <summary>The run that it came from, as the client of MLflow said; null when it said none.</summary>
    public string? SourceRun { get; init; }

    /// <summary>A link to that run on another server; null when none was given.</summary>
    public string? RunLink { get; init; }

    /// <summary>The logged model that it was made of; null when that was not said.</summary>
    public Guid? LoggedModelId { get; init; }

    /// <summary>The actor that registered it; null for a version of the workbench's own.</summary>
    public string? UserName { get; init; }

    /// <summary>MLflow's stage: None, Staging, Production or Archived. It moves no alias.</summary>
    public string Stage { get; init; } = "None";

    /// <summary>The SHA-256 of the weights file in lower-case hex; null until ready.</summary>
    public string? Sha256 { get; set; }

    /// <summary>The manifest, as JSON; null until ready.</summary>
    public string? Manifest { get; set; }

    /// <summary>The size of the weights file in bytes; null until ready.</summary>
    public long? SizeBytes { get; set; }

    /// <summary>Whether there is a model here that can be served: not of one that was only registered, nor of one whose command wrote something else.</summary>
    public bool IsServable => State == VersionState.Ready && Sha256 is not null;

    /// <summary>When it was asked for.</summary>
    public DateTimeOffset CreatedAt { get; init; }

    /// <summary>When its state, stage, note or tags last changed.</summary>
    public DateTimeOffset UpdatedAt { get; init; }

    /// <summary>When it was deleted: it is hidden. Its number is never given again. Null unless deleted.</summary>
    public DateTimeOffset? DeletedAt { get; set; }

    /// <summary>What people wrote about it, in Markdown; null for nothing.</summary>
    public string? Note { get; set; }

    /// <summary>What people filed it under: values by key.</summary>
    public Dictionary<string, string> Tags { get; set; } = [];
}

/// <summary>A movable name for a version: <c>production</c> is the one that is served.</summary>
public sealed class ModelAlias
{
    /// <summary>The name of the alias whose version is served.</summary>
    public const string Production = "production";

    /// <summary>The most characters of a name.</summary>
    public const int MostCharacters = 255;

    /// <summary>The model.</summary>
    public long ModelId { get; init; }

    /// <summary>The name, unique within the model.</summary>
    public required string Alias { get; init; }

    /// <summary>The version it names.</summary>
    public int Version { get; set; }

    /// <summary>When it was moved there.</summary>
    public DateTimeOffset MovedAt { get; set; }

    /// <summary>Says what is wrong with a name; null when it is good. The rules are MLflow's.</summary>
    public static string? Fault(string alias) =>
        string.IsNullOrWhiteSpace(alias) ? "An alias needs a name."
        : alias.Length > MostCharacters ? $"The alias has {alias.Length} characters; {MostCharacters} is the most."
        : !TextRule.ConsistsOf(alias, "_-") ? $"The alias '{alias}' may hold only letters, digits, _ and -."
        : alias.Equals("latest", StringComparison.OrdinalIgnoreCase) || (alias[0] is 'v' or 'V' && alias.Length > 1 && alias.Skip(1).All(char.IsAsciiDigit))
            ? $"The alias '{alias}' would be taken for a version by itself. Choose another name."
        : null;
}
