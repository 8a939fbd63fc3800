namespace Workbench.Core.Search.Pruners;

internal sealed class PatientPruner(PatientSettings settings, IPruner? inner) : IPruner
{
    public bool ShouldPrune(Trial current, IReadOnlyList<Trial> trials, Direction direction)
    {
        var reports = current.Intermediate;
        if (reports.Count <= settings.Patience)
            return false;
        double before = double.PositiveInfinity, lately = double.PositiveInfinity;
        for (var i = 0; i < reports.Count; i++)
        {
            var loss = Curve.Loss(reports[i].Value, direction);
            if (i < reports.Count - settings.Patience)
                before = Math.Min(before, loss);
            else
                lately = Math.Min(lately, loss);
        }
        return !(lately < before - settings.MinDelta) && (inner is null || inner.ShouldPrune(current, trials, direction));
    }
}
