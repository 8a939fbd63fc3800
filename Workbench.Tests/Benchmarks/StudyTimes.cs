using System.Diagnostics;
using Workbench.Core.Studies;

namespace Workbench.Benchmarks;

/// <summary>A 20-trial transfer study with 2 jobs: the first on an empty data folder, then others, and memory after 200 trials.</summary>
internal static class StudyTimes
{
    private const int Trials = 20;

    public static void Run(string[] args) => RunAsync(studies: args.Length > 0 ? int.Parse(args[0], null) : 10).GetAwaiter().GetResult();

    private static async Task RunAsync(int studies)
    {
        await using var laboratory = await Laboratory.OpenAsync(workers: 2);
        Console.WriteLine("| study | from launch to completed | best val_accuracy | memory after it |");
        Console.WriteLine("|---|---:|---:|---:|");
        for (var i = 0; i < studies; i++)
        {
            var start = Stopwatch.GetTimestamp();
            await laboratory.Get<StudyService>().LaunchAsync(new StudyRequest($"study-{i}", Trials, Jobs: 2, Seed: i));
            var summary = await laboratory.CompletedAsync($"study-{i}");
            var time = Stopwatch.GetElapsedTime(start);
            Console.WriteLine(FormattableString.Invariant(
                $"| {i + 1}{(i == 0 ? ", features included" : "")} | {time.TotalSeconds:F1} s | {summary.Best?.Value:F4} | {Environment.WorkingSet >> 20} MB |"));
        }
    }
}
