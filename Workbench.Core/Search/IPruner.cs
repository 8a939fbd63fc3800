namespace Workbench.Core.Search;

/// <summary>
/// Decides after each step of a trial whether to give it up. Stateless: all it knows are the values given to it, so that it
/// decides the same in every process.
/// </summary>
public interface IPruner
{
    /// <summary>Whether the trial should end now.</summary>
    /// <param name="current">The trial; its last intermediate value is the one just reported.</param>
    /// <param name="trials">The study's other trials, finished or running; may contain the current one, which is skipped.</param>
    /// <param name="direction">Which values are better.</param>
    bool ShouldPrune(Trial current, IReadOnlyList<Trial> trials, Direction direction);
}
