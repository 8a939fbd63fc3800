namespace Workbench.Core.Search.Pruners;

internal sealed class ThresholdPruner(ThresholdSettings settings) : IPruner
{
    public bool ShouldPrune(Trial current, IReadOnlyList<Trial> trials, Direction direction) =>
        current.Intermediate is [.., var last]
        && (double.IsNaN(last.Value)
            || last.Step > settings.WarmupSteps && (last.Value < settings.Lower || last.Value > settings.Upper));
}
