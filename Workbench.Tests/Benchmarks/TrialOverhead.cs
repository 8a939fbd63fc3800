using System.Diagnostics;
using Workbench.Core.Datasets;
using Workbench.Core.Search;
using Workbench.Core.Studies;
using Workbench.Core.Tracking;
using Workbench.Core.Training;

namespace Workbench.Benchmarks;

/// <summary>What a trial costs besides its training: claim, read the history, sample, ten reports, tell; as the study grows.</summary>
internal static class TrialOverhead
{
    private const int Epochs = 10;
    private const int Window = 50;

    public static void Run(string[] args) => RunAsync().GetAwaiter().GetResult();

    private static async Task RunAsync()
    {
        // No workers: the trials of this study are run here, by hand.
        await using var laboratory = await Laboratory.OpenAsync(workers: 1);
        var study = new Study
        {
            Name = "overhead",
            Pipeline = "transfer",
            Dataset = "mnist",
            Split = "{}",
            Metric = "val_accuracy",
            Direction = Direction.Maximize,
            SearchSpace = laboratory.Get<Pipelines>().Get("transfer").Space((await laboratory.Get<DatasetCatalog>().GetAsync(DatasetCatalog.Default)).Schema),
            Sampler = SamplerSettings.Default,
            Pruner = PrunerSettings.Default,
            Seed = 1,
            Jobs = 1,
            TrialsRequested = 1_000 + Window,
            CreatedAt = DateTimeOffset.UtcNow,
        };
        await laboratory.Get<StudyStore>().InsertAsync(study, [], []);
        var (runs, history, sampler) = (laboratory.Get<RunStore>(), laboratory.Get<StudyHistory>(), study.Sampler.Create());
        var times = new List<double>();
        for (var number = 0; number < study.TrialsRequested; number++)
        {
            var start = Stopwatch.GetTimestamp();
            RunTrial(study, runs, history, sampler, number);
            times.Add(Stopwatch.GetElapsedTime(start).TotalMilliseconds);
        }
        Console.WriteLine("| around trial | median overhead |");
        Console.WriteLine("|---:|---:|");
        foreach (var at in (int[])[100, 300, 1_000])
        {
            Console.WriteLine(FormattableString.Invariant($"| {at} | {times.Skip(at).Take(Window).Order().ElementAt(Window / 2):F2} ms |"));
        }
    }

    private static void RunTrial(Study study, RunStore runs, StudyHistory history, ISampler sampler, int number)
    {
        var trial = runs.Claim(study.Id, 0, $"job-{number}", "benchmark:1")!;
        var parameters = sampler.Suggest(study.SearchSpace, study.Direction, history.Read(study.Id, number), number, study.Seed)!;
        runs.SetParams(trial.Lease, parameters);
        var value = 1 - Math.Abs(Math.Log10(parameters.Double("learning_rate")) + 3) / 4;
        for (var epoch = 1; epoch <= Epochs; epoch++)
        {
            runs.Report(trial.Lease, epoch, new Dictionary<string, double>
            {
                ["loss"] = 1 - value,
                ["accuracy"] = value,
                ["val_loss"] = 1 - value,
                ["val_accuracy"] = value,
            });
        }
        runs.Finish(trial.Lease, TrialState.Complete, value);
    }
}
