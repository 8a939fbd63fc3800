namespace Workbench.Core.Search;

/// <summary>
/// Chooses the parameters of the next trial. Safe to call from several threads. What it answers depends on its arguments alone,
/// so that any process gives the same answer; what it remembers between calls only saves time.
/// </summary>
public interface ISampler
{
    /// <summary>Chooses the parameters of one trial.</summary>
    /// <param name="space">What may vary.</param>
    /// <param name="direction">Which values are better.</param>
    /// <param name="trials">
    /// The study so far: the finished trials in the order of finishing, then the running ones. Calling again with a list that
    /// continues the one before (the same <see cref="Trial" /> objects, more at the end) is fastest.
    /// </param>
    /// <param name="number">The number of the trial to choose for; the random stream comes from it and <paramref name="seed" />.</param>
    /// <param name="seed">The study's seed.</param>
    /// <returns>Parameters that lie in the space; null when there is nothing left to try.</returns>
    ParameterSet? Suggest(SearchSpace space, Direction direction, IReadOnlyList<Trial> trials, int number, long seed);
}
