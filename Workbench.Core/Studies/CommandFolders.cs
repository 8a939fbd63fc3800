using System.Globalization;

namespace Workbench.Core.Studies;

/// <summary>The folders in which commands run on this machine: one a study, and in it one a run, beside the file of what the run has printed.</summary>
/// <param name="root">Where they are; made when the first is needed.</param>
public sealed class CommandFolders(string root)
{
    /// <summary>That of a run.</summary>
    internal string Of(CommandRun run) => Path.Combine(Of(run.Study.Id), run.Name);

    /// <summary>That of a study.</summary>
    internal string Of(long study) => Path.Combine(root, study.ToString(CultureInfo.InvariantCulture));

    /// <summary>Removes what the commands of a study have left here; nothing where they never ran.</summary>
    /// <exception cref="IOException">Something of it can't be removed.</exception>
    /// <exception cref="UnauthorizedAccessException">As above.</exception>
    internal void Remove(long study)
    {
        if (Directory.Exists(Of(study)))
        {
            Directory.Delete(Of(study), recursive: true);
        }
    }
}
