namespace Workbench.Core.Tracking;

/// <summary>What holds runs: those logged from outside or, when it is a <see cref="Study"/>, trials and builds, too.</summary>
public class Experiment
{
    /// <summary>The key of the experiment into which runs go that name none. It always exists.</summary>
    public const long Default = 0;

    /// <summary>The most characters of a name.</summary>
    public const int MostNameCharacters = 500;

    /// <summary>The primary key. A study has that of its experiment.</summary>
    public long Id { get; init; }

    /// <summary>The identity by which other servers know it; given by the database.</summary>
    public Guid Uuid { get; init; }

    /// <summary>Free text of one line, at most <see cref="MostNameCharacters"/> characters; unique among experiments that are not deleted.</summary>
    public required string Name { get; init; }

    /// <summary>Where the client that made it wants the artifacts of its runs, as a URI; null for where they lie unless something is said.</summary>
    public string? ArtifactLocation { get; init; }

    /// <summary>Where the files of its runs lie in the artifact store, as a key prefix; that of experiment <see cref="Default"/> is of files
    /// beneath none, too.</summary>
    public string ArtifactFolder { get; init; } = "runs";

    /// <summary>When it was made; a study, when it was launched.</summary>
    public DateTimeOffset CreatedAt { get; init; }

    /// <summary>When its name, note or tags last changed.</summary>
    public DateTimeOffset UpdatedAt { get; init; }

    /// <summary>When it was deleted: it is hidden, and for a while it can be restored. Null unless deleted.</summary>
    public DateTimeOffset? DeletedAt { get; set; }

    /// <summary>What people wrote about it, in Markdown; null for nothing.</summary>
    public string? Note { get; set; }

    /// <summary>What people filed it under: values by key.</summary>
    public Dictionary<string, string> Tags { get; set; } = [];
}
