namespace Workbench.Core.Search.Pruners;

internal sealed class AshaPruner(AshaSettings settings) : IPruner
{
    public bool ShouldPrune(Trial current, IReadOnlyList<Trial> trials, Direction direction) =>
        SuccessiveHalving.ShouldPrune(current, trials, direction, settings.MinSteps, settings.Eta, firstRung: 0, _ => true);
}
