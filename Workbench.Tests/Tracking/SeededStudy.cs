using Workbench.Core.Search;
using Workbench.Core.Tracking;

namespace Workbench.Tests.Tracking;

/// <summary>A study that has ended, written straight into the tables: a thousand trials in a second.</summary>
internal static class SeededStudy
{
    /// <summary>Every tenth trial has failed, every fifth other one was pruned. The others' last <c>val_accuracy</c> is
    /// 0.9 + 0.0001 × (number × 7 mod 1000): no two in a thousand are the same.</summary>
    /// <param name="db">Where to.</param>
    /// <param name="trials">How many trials have finished.</param>
    /// <param name="name">The study's name.</param>
    /// <param name="epochs">How many epochs each has reported.</param>
    public static async Task<Study> InsertAsync(WorkbenchDb db, int trials, string name = "study", int epochs = 3)
    {
        var study = new Study
        {
            Name = name,
            Pipeline = "transfer",
            Dataset = "mnist",
            Split = "{}",
            Metric = "val_accuracy",
            Direction = Direction.Maximize,
            SearchSpace = new SearchSpace(
                new FloatParameter("learning_rate", 1e-5, 0.1, Log: true), new IntParameter("num_hidden", 8, 64), new CategoricalParameter("optimizer", ["adam", "sgd"])),
            Sampler = SamplerSettings.Default,
            Pruner = PrunerSettings.Default,
            Seed = 1,
            Jobs = 2,
            TrialsRequested = trials,
            TrialsClaimed = trials,
            NextNumber = trials,
            TrialsFinished = trials,
            State = StudyState.Completed,
            CreatedAt = Start,
            EndedAt = Start.AddHours(1),
        };
        db.Studies.Add(study);
        await db.SaveChangesAsync();
        var runs = Enumerable.Range(0, trials).Select(number => Trial(study.Id, number)).ToList();
        db.Runs.AddRange(runs);
        await db.SaveChangesAsync();
        db.Metrics.AddRange(runs.SelectMany(run => Enumerable.Range(1, epochs).SelectMany(epoch => Epoch(run, epoch, epochs))));
        db.LatestMetrics.AddRange(runs.SelectMany(run => Epoch(run, epochs, epochs)).Select(metric => new LatestMetric
        {
            RunId = metric.RunId,
            Key = metric.Key,
            Step = metric.Step,
            Timestamp = metric.Timestamp,
            Value = metric.Value,
        }));
        await db.SaveChangesAsync();
        return study;
    }

    /// <summary>One more trial that has ended, and the news of it. The study stays ended: workers leave it alone.</summary>
    public static async Task ArriveAsync(WorkbenchDb db, Study study, int number)
    {
        var run = Trial(study.Id, number);
        db.Runs.Add(run);
        await db.SaveChangesAsync();
        await db.NotifyAsync(new Change(ChangeKind.Run, study.Id, run.Id), CancellationToken.None);
    }

    public static double Accuracy(int number) => 0.9 + 0.0001 * (number * 7 % 1000);

    private static DateTimeOffset Start { get; } = new(2026, 11, 24, 9, 30, 0, TimeSpan.Zero);

    private static Run Trial(long study, int number) => new()
    {
        ExperimentId = study,
        StudyId = study,
        Kind = RunKind.Trial,
        Name = $"trial-{number}",
        Number = number,
        State = number % 10 == 3 ? TrialState.Failed : number % 5 == 4 ? TrialState.Pruned : TrialState.Complete,
        Attempt = 1,
        Params = new(("learning_rate", 1e-5 * (1 + number)), ("num_hidden", 8 + number % 57), ("optimizer", number % 2 == 0 ? "adam" : "sgd")),
        Value = number % 10 == 3 ? null : Accuracy(number),
        Error = number % 10 == 3 ? "The loss is \"not a number\", after epoch 2." : null,
        Worker = "seed:1",
        FinishedOrder = number + 1,
        StartedAt = Start.AddSeconds(number),
        HeartbeatAt = Start.AddSeconds(number),
        FinishedAt = Start.AddSeconds(number + 1 + number % 30),
    };

    private static IEnumerable<Metric> Epoch(Run run, int epoch, int epochs)
    {
        var accuracy = Accuracy(run.Number!.Value) - 0.01 * (epochs - epoch);
        return new[] { ("accuracy", accuracy - 0.01), ("loss", 1.01 - accuracy), ("val_accuracy", accuracy), ("val_loss", 1 - accuracy) }.Select(metric => new Metric
        {
            RunId = run.Id,
            Key = metric.Item1,
            Step = epoch,
            Value = metric.Item2,
            Timestamp = run.StartedAt.AddSeconds(epoch).ToUnixTimeMilliseconds(),
        });
    }
}
