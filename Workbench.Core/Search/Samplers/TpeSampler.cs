namespace Workbench.Core.Search.Samplers;

/// <summary>A plain tree-structured Parzen estimator.</summary>
internal sealed class TpeSampler(TpeSettings settings) : ISampler
{
    public ParameterSet? Suggest(SearchSpace space, Direction direction, IReadOnlyList<Trial> trials, int number, long seed)
    {
        var random = new RandomStream(seed, number);
        var done = trials.Where(t => t.State == TrialState.Complete && t.Value is { } v && !double.IsNaN(v))
            .OrderBy(t => direction == Direction.Minimize ? t.Value!.Value : -t.Value!.Value).ToList();
        if (done.Count < settings.StartupTrials)
            return space.Build(parameter => parameter.FromUnit(random.Unit()));
        var good = Math.Max(1, (int)(settings.Gamma * done.Count));
        return space.Build(parameter =>
        {
            double[] below = Units(done.Take(good)), above = Units(done.Skip(good));
            double best = 0.5, bestScore = double.NegativeInfinity;
            for (var c = 0; c < settings.Candidates; c++)
            {
                var centre = random.Below(below.Length + 1);
                var unit = centre == below.Length ? random.Unit() : below[centre] + 0.1 * random.Normal();
                if (unit is < 0 or > 1)
                    continue;
                var score = Math.Log(Density(below, unit)) - Math.Log(Density(above, unit));
                if (score > bestScore)
                    (best, bestScore) = (unit, score);
            }
            return parameter.FromUnit(best);

            double[] Units(IEnumerable<Trial> some) =>
                [.. some.Where(t => t.Params.ContainsKey(parameter.Name)).Select(t => parameter.ToUnit(t.Params[parameter.Name]))];
        });
    }

    private static double Density(double[] centres, double x) =>
        (1 + centres.Sum(c => Math.Exp(-(x - c) * (x - c) / (2 * 0.1 * 0.1)) / (0.1 * Math.Sqrt(2 * Math.PI)))) / (centres.Length + 1);
}
