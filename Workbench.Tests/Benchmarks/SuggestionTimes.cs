using System.Diagnostics;
using Workbench.Core.Search;

namespace Workbench.Benchmarks;

/// <summary>What one suggestion costs a study that grows; as a Markdown table.</summary>
internal static class SuggestionTimes
{
    /// <summary>10 parameters of every kind: floats, integers, a category and what depends on it.</summary>
    internal static SearchSpace Space { get; } = new([
        .. Enumerable.Range(0, 4).Select(i => new FloatParameter($"x{i}", 1e-5, 1, Log: i % 2 == 0)),
        .. Enumerable.Range(0, 4).Select(i => new IntParameter($"n{i}", 8, 64)),
        new CategoricalParameter("optimizer", ["adam", "sgd", "rmsprop"]),
        new FloatParameter("momentum", 0, 0.99) { Condition = new("optimizer", ["sgd"]) },
    ]);

    public static void Run(string[] args)
    {
        Console.WriteLine("| sampler | trials so far | median | 95th percentile | first call | allocated |");
        Console.WriteLine("|---|---:|---:|---:|---:|---:|");
        foreach (var settings in SamplerSettings.All.Where(s => args.Length == 0 || args.Contains(s.DisplayName)))
            foreach (var count in (int[])[100, 1_000, 10_000])
                Measure(settings, Space, count);
    }

    private static void Measure(SamplerSettings settings, SearchSpace space, int count)
    {
        var random = new RandomSettings().Create();
        var trials = new List<Trial>();
        for (var number = 0; number < count; number++)
        {
            var set = random.Suggest(space, Direction.Minimize, trials, number, 0)!;
            trials.Add(new(number, TrialState.Complete, set, set.Double("x0") + set.Int("n0") / 64.0, []));
        }
        var repeats = settings is GpSettings ? 20 : 200;
        // Until the runtime has compiled everything for good.
        for (var number = 0; number < 10 * repeats; number++)
            settings.Create().Suggest(space, Direction.Minimize, trials[..100], number, 0);

        var sampler = settings.Create();
        var times = new List<double>();
        var first = 0.0;
        var allocated = 0L;
        for (var i = 0; i < repeats; i++)
        {
            var before = GC.GetAllocatedBytesForCurrentThread();
            var start = Stopwatch.GetTimestamp();
            var set = sampler.Suggest(space, Direction.Minimize, trials, count + i, 0);
            var time = Stopwatch.GetElapsedTime(start).TotalMilliseconds;
            if (i == 0)
                first = time;
            else
            {
                times.Add(time);
                allocated += GC.GetAllocatedBytesForCurrentThread() - before;
            }
            if (set is null)
                return;
            trials.Add(new(count + i, TrialState.Complete, set, set.Double("x0"), []));
        }
        times.Sort();
        Console.WriteLine(FormattableString.Invariant(
            $"| {settings.DisplayName} | {count:N0} | {times[times.Count / 2]:F2} ms | {times[times.Count * 95 / 100]:F2} ms ") +
            FormattableString.Invariant($"| {first:F2} ms | {allocated / times.Count / 1024.0:F1} KB |"));
    }
}
