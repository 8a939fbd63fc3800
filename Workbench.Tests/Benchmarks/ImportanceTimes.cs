using System.Diagnostics;
using Workbench.Core.Search;

namespace Workbench.Benchmarks;

/// <summary>What it costs to tell which of 10 parameters matter; as a Markdown table.</summary>
internal static class ImportanceTimes
{
    public static void Run(string[] args)
    {
        Console.WriteLine("| trials | median | 95th percentile |");
        Console.WriteLine("|---:|---:|---:|");
        foreach (var count in (int[])[100, 1_000, 10_000])
        {
            var random = new RandomSettings().Create();
            List<Trial> trials = [.. Enumerable.Range(0, count)
                .Select(number => (number, Set: random.Suggest(SuggestionTimes.Space, Direction.Minimize, [], number, 0)!))
                .Select(t => new Trial(t.number, TrialState.Complete, t.Set, t.Set.Double("x0") + t.Set.Int("n0") / 64.0, []))];
            double[] times = [.. Enumerable.Range(0, 100).Select(_ => Measure(trials)).TakeLast(50).Order()];
            Console.WriteLine(FormattableString.Invariant($"| {count:N0} | {times[25]:F1} ms | {times[47]:F1} ms |"));
        }
    }

    private static double Measure(List<Trial> trials)
    {
        var start = Stopwatch.GetTimestamp();
        Importance.Of(SuggestionTimes.Space, trials, Direction.Minimize);
        return Stopwatch.GetElapsedTime(start).TotalMilliseconds;
    }
}
