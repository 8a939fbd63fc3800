using Workbench.Core.Search;

namespace Workbench.Benchmarks;

/// <summary>How good the best of 100 trials is, per sampler and function, over 30 seeds; as a Markdown table.</summary>
internal static class SearchQuality
{
    public static void Run(string[] args)
    {
        foreach (var objective in (Objective[])[Objective.Branin, Objective.Hartmann6, Objective.Rosenbrock4, Objective.Mixed])
            foreach (var settings in (SamplerSettings[])[new RandomSettings(), new TpeSettings()])
                foreach (var jobs in (int[])[1, 8])
                {
                    var best = Enumerable.Range(0, 30).Select(seed => BestOf(settings, objective, 100, jobs, seed)).Order().ToArray();
                    Console.WriteLine($"{objective.Name} {settings.DisplayName} {jobs}: {best[15]:F3} ({best[8]:F3} .. {best[22]:F3})");
                }
    }

    public static double BestOf(SamplerSettings settings, Objective objective, int count, int jobs, int seed)
    {
        var sampler = settings.Create();
        var finished = new List<Trial>();
        var running = new List<Trial>();
        for (var number = 0; number < count; number++)
        {
            if (running.Count == jobs)
            {
                finished.Add(running[0] with { State = TrialState.Complete, Value = objective.Value(running[0].Params) });
                running.RemoveAt(0);
            }
            var set = sampler.Suggest(objective.Space, Direction.Minimize, [.. finished, .. running], number, seed)!;
            running.Add(new(number, TrialState.Running, set, null, []));
        }
        return finished.Concat(running).Min(t => objective.Value(t.Params));
    }
}
