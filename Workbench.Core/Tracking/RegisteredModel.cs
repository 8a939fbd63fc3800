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

    /// <summary>Unique; the study's name.</summary>
    public required string Name { get; init; }

    /// <summary>The highest version number given out.</summary>
    public int LastVersion { get; set; }

    /// <summary>Whether it answers predictions that name no model, whatever is promoted; of one model at most.</summary>
    public bool IsPinned { get; set; }

    /// <summary>When the first version was asked for.</summary>
    public DateTimeOffset CreatedAt { get; init; }

    /// <summary>All versions, in no order.</summary>
    public List<ModelVersion> Versions { get; init; } = [];

    /// <summary>All aliases.</summary>
    public List<ModelAlias> Aliases { get; init; } = [];
}

/// <summary>One version of a registered model, made by one production build or brought from outside.</summary>
public sealed class ModelVersion
{
    /// <summary>The model.</summary>
    public long ModelId { get; init; }

    /// <summary>The version number, from 1 on.</summary>
    public int Version { get; init; }

    /// <summary>The production build that makes or made it; null when the study, and so the run, is gone for good, and for a model from outside.</summary>
    public long? RunId { get; set; }

    /// <summary>The run.</summary>
    public Run? Run { get; set; }

    /// <summary>The number of the trial whose parameters were promoted; null for a model from outside.</summary>
    public int? Trial { get; init; }

    /// <summary>Whether it goes into production once it is ready.</summary>
    public bool ToProduction { get; init; } = true;

    /// <summary>How it stands.</summary>
    public VersionState State { get; set; }

    /// <summary>Where its files lie in the artifact store, as a key prefix.</summary>
    public required string ArtifactPrefix { get; init; }

    /// <summary>The SHA-256 of the weights file in lower-case hex; null until ready.</summary>
    public string? Sha256 { get; set; }

    /// <summary>The manifest, as JSON; null until ready.</summary>
    public string? Manifest { get; set; }

    /// <summary>The size of the weights file in bytes; null until ready.</summary>
    public long? SizeBytes { get; set; }

    /// <summary>When it was asked for.</summary>
    public DateTimeOffset CreatedAt { get; init; }

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
