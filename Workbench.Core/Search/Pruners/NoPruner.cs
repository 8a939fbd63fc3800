namespace Workbench.Core.Search.Pruners;

internal sealed class NoPruner : IPruner
{
    public bool ShouldPrune(Trial current, IReadOnlyList<Trial> trials, Direction direction) => false;
}
