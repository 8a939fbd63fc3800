using Workbench.Core.Tracking;

namespace Workbench.Core.Mirroring;

/// <summary>Where something may be to be sent, gathered until it is taken.</summary>
internal sealed class Changed
{
    private readonly HashSet<long> _studies = [];
    private readonly HashSet<long> _runs = [];

    /// <summary>Anywhere.</summary>
    public bool Everything { get; private set; }

    /// <summary>In the registry.</summary>
    public bool Models { get; private set; }

    /// <summary>In these studies, and in any of their runs.</summary>
    public IReadOnlyCollection<long> Studies => _studies;

    /// <summary>In these runs.</summary>
    public IReadOnlyCollection<long> Runs => _runs;

    /// <summary>All there is.</summary>
    public static Changed All => new() { Everything = true };

    /// <summary>Whether a change may be one of what is mirrored.</summary>
    public static bool Concerns(Change change) =>
        change.Kind is ChangeKind.Study or ChangeKind.Run or ChangeKind.Progress or ChangeKind.Model or ChangeKind.Note;

    /// <summary>Adds a change.</summary>
    public void Add(Change change)
    {
        Everything |= change.Kind == ChangeKind.Everything;
        Models |= change.Kind == ChangeKind.Model;
        if (change.RunId > 0)
        {
            _runs.Add(change.RunId);
        }
        else if (change.StudyId > 0)
        {
            _studies.Add(change.StudyId);
        }
    }

    /// <summary>Adds what was taken and not done.</summary>
    public void Add(Changed other)
    {
        (Everything, Models) = (Everything || other.Everything, Models || other.Models);
        _studies.UnionWith(other.Studies);
        _runs.UnionWith(other.Runs);
    }
}
