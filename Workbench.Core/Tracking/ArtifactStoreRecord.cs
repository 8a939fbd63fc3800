namespace Workbench.Core.Tracking;

/// <summary>The artifact store that this database's models lie in. There is at most one row.</summary>
public sealed class ArtifactStoreRecord
{
    /// <summary>What the store has been marked with.</summary>
    public Guid Id { get; init; }

    /// <summary>Which store it was when it was last used, and seen from which machine; for people.</summary>
    public required string Description { get; set; }

    /// <summary>Whether the store has been marked: between the two, a process may die.</summary>
    public bool IsMarked { get; set; }
}
