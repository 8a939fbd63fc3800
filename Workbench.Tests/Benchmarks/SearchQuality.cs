using Workbench.Core.Search;

namespace Workbench.Benchmarks;

/// <summary>
/// How good the best of 100 trials is, per sampler and function, one trial at a time and eight at a time: median and quartiles over
/// 30 seeds, as a Markdown table. Names of samplers as arguments restrict it to these.
/// </summary>
internal static class SearchQuality
{
    private const int Seeds = 30;
    private const int Trials = 100;

    private static readonly Objective[] Objectives = [Objective.Branin, Objective.Hartmann6, Objective.Rosenbrock4, Objective.Transfer];

    private static readonly (string Name, SamplerSettings Settings)[] Samplers =
    [
        ("TPE", new TpeSettings()),
        ("TPE, independent", new TpeSettings { Multivariate = false }),
        ("Gaussian process", new GpSettings()),
        ("Quasi-random", new QmcSettings()),
        ("Random", new RandomSettings()),
    ];

    public static void Run(string[] args)
    {
        Console.WriteLine($"| sampler | at a time | trials | {string.Join(" | ", Objectives.Select(o => o.Name))} |");
        Console.WriteLine($"|---|---:|---:|{string.Concat(Objectives.Select(_ => "---|"))}");
        foreach (var (name, settings) in Samplers.Where(s => args.Length == 0 || args.Contains(s.Name)))
        {
            // Small budgets are what a Gaussian process is for.
            if (settings is GpSettings)
                Row(name, settings, jobs: 1, 60);
            Row(name, settings, jobs: 1, Trials);
            if (settings is not (RandomSettings or QmcSettings))
                Row(name, settings, jobs: 8, Trials);
        }
    }

    private static void Row(string name, SamplerSettings settings, int jobs, int trials)
    {
        var cells = Objectives.Select(objective =>
        {
            double[] best = [.. Enumerable.Range(0, Seeds).Select(seed => BestOf(settings, objective, trials, jobs, seed)).Order()];
            return FormattableString.Invariant($"{At(0.5):0.000} ({At(0.25):0.000} … {At(0.75):0.000})");

            double At(double quantile)
            {
                var place = quantile * (best.Length - 1);
                var below = (int)place;
                return best[below] + (place - below) * (best[Math.Min(below + 1, best.Length - 1)] - best[below]);
            }
        });
        Console.WriteLine($"| {name} | {jobs} | {trials} | {string.Join(" | ", cells)} |");
    }

    /// <summary>Runs a study in which as many trials as there are jobs run at the same time, the oldest of them finishing first.</summary>
    private static double BestOf(SamplerSettings settings, Objective objective, int count, int jobs, int seed)
    {
        var sampler = settings.Create();
        var finished = new List<Trial>();
        var running = new Queue<Trial>();
        var best = double.PositiveInfinity;
        for (var number = 0; number < count; number++)
        {
            if (running.Count == jobs)
            {
                var done = running.Dequeue();
                finished.Add(done with { State = TrialState.Complete, Value = objective.Value(done.Params) });
            }
            var set = sampler.Suggest(objective.Space, Direction.Minimize, [.. finished, .. running], number, seed)!;
            best = Math.Min(best, objective.Value(set));
            running.Enqueue(new(number, TrialState.Running, set, null, []));
        }
        return best;
    }
}
