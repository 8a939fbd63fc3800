using Microsoft.EntityFrameworkCore;
using Workbench.Core.Search;
using Workbench.Core.Tracking;

namespace Workbench.Tests.Browser;

/// <summary>A study that is over, written straight into the database: with every kind of parameter and every way for a trial to end.</summary>
internal static class PlottedStudy
{
    private const int Epochs = 10;

    private static readonly DateTimeOffset Start = new(2026, 11, 24, 9, 30, 0, TimeSpan.Zero);

    /// <summary>Writes the study.</summary>
    /// <param name="connectionString">The database.</param>
    /// <param name="name">The study's name.</param>
    /// <param name="trials">How many trials it has; of every 10, the 6th was pruned and the 9th, now and then, failed.</param>
    public static async Task WriteAsync(string connectionString, string name, int trials)
    {
        await using var database = new Database(connectionString);
        var options = new DbContextOptionsBuilder<WorkbenchDb>();
        database.Configure(options);
        await using var db = new WorkbenchDb(options.Options);
        var study = new Study
        {
            Name = name,
            Pipeline = "cnn",
            Dataset = "mnist",
            Split = "{}",
            Metric = "val_accuracy",
            Direction = Direction.Maximize,
            SearchSpace = new(
                new FloatParameter("learning_rate", 1e-5, 0.1, Log: true),
                new CategoricalParameter("optimizer", ["adam", "sgd", "rmsprop"]),
                new FloatParameter("momentum", 0, 0.99) { Condition = new("optimizer", ["sgd"]) },
                new IntParameter("channels", 8, 64, Log: true),
                new FixedParameter("batch_size", 128)),
            Sampler = new TpeSettings(),
            Pruner = new HyperbandSettings(),
            Seed = 7,
            Jobs = 2,
            TrialsRequested = trials,
            TrialsClaimed = trials,
            NextNumber = trials,
            TrialsFinished = trials,
            State = StudyState.Completed,
            CreatedAt = Start,
            EndedAt = Start.AddSeconds(trials * 4),
        };
        db.Add(study);
        await db.SaveChangesAsync();
        var random = new Random(7);
        var runs = Enumerable.Range(0, trials).Select(number => Trial(study, number, random)).ToList();
        db.AddRange(runs);
        await db.SaveChangesAsync();
        db.AddRange(runs.SelectMany(Metrics));
        await db.SaveChangesAsync();
    }

    private static Run Trial(Study study, int number, Random random)
    {
        var state = number % 10 == 5 ? TrialState.Pruned : number % 20 == 8 ? TrialState.Failed : TrialState.Complete;
        var (exponent, optimizer, channels) = (-5 + 4 * random.NextDouble(), random.Next(3), random.Next(8, 65));
        var value = 0.99 - 0.01 * Math.Pow(exponent + 2.5, 2) - 0.004 * optimizer + channels * 2e-5 + 0.002 * random.NextDouble();
        return new Run
        {
            StudyId = study.Id,
            Kind = RunKind.Trial,
            Name = $"trial-{number}",
            Number = number,
            State = state,
            Attempt = 1,
            Value = state == TrialState.Failed ? null : state == TrialState.Pruned ? value - 0.03 : value,
            Error = state == TrialState.Failed ? "The loss is not a number." : null,
            Params = new((IEnumerable<KeyValuePair<string, ParameterValue>>)
            [
                new("learning_rate", Math.Pow(10, exponent)),
                new("optimizer", ((CategoricalParameter)study.SearchSpace[1]).Choices[optimizer]),
                .. optimizer == 1 ? [new KeyValuePair<string, ParameterValue>("momentum", random.NextDouble() * 0.99)] : Array.Empty<KeyValuePair<string, ParameterValue>>(),
                new("channels", channels),
                new("batch_size", 128),
            ]),
            Slot = number % 2,
            Worker = $"host-{number % 2}:4711",
            FinishedOrder = number + 1,
            StartedAt = Start.AddSeconds(number * 4),
            HeartbeatAt = Start.AddSeconds(number * 4 + 7),
            FinishedAt = Start.AddSeconds(number * 4 + 7),
        };
    }

    private static IEnumerable<Metric> Metrics(Run run) =>
        from epoch in Enumerable.Range(1, run.State switch { TrialState.Pruned => 3, TrialState.Failed => 2, _ => Epochs })
        from metric in new[] { ("val_accuracy", (run.Value ?? 0.9) - 0.2 / epoch + 0.02), ("loss", 1.0 / epoch) }
        select new Metric { RunId = run.Id, Key = metric.Item1, Step = epoch, Value = metric.Item2, Timestamp = run.StartedAt.AddSeconds(epoch).ToUnixTimeMilliseconds() };
}
