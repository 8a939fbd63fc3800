using Workbench.Core.Search;
using Workbench.Core.Tracking;

namespace Workbench.Tests.Components;

/// <summary>Studies and trials as the store would give them.</summary>
internal static class StudyData
{
    public static readonly DateTimeOffset Start = new(2026, 11, 24, 9, 30, 0, TimeSpan.Zero);

    public static Study Study(
        Direction direction = Direction.Maximize, int requested = 10, int finished = 0, int jobs = 2, StudyState state = StudyState.Running,
        SearchSpace? space = null, string dataset = "mnist") => new()
        {
            Id = 1,
            Name = "mnist-transfer-1",
            Pipeline = "transfer",
            Dataset = dataset,
            Split = "{}",
            Metric = "val_accuracy",
            Direction = direction,
            SearchSpace = space ?? new(new FloatParameter("learning_rate", 1e-5, 0.1, Log: true), new IntParameter("num_hidden", 8, 64)),
            Sampler = new TpeSettings(),
            Pruner = new NoPrunerSettings(),
            Seed = 7,
            Jobs = jobs,
            TrialsRequested = requested,
            TrialsClaimed = finished,
            TrialsFinished = finished,
            State = state,
            CreatedAt = Start,
            EndedAt = state == StudyState.Running ? null : Start.AddMinutes(1),
        };

    public static Run Trial(int number, double? value = null, TrialState state = TrialState.Complete, double rate = 0.001, int hidden = 32) => new()
    {
        Id = 100 + number,
        StudyId = 1,
        Kind = RunKind.Trial,
        Name = $"trial-{number}",
        Number = number,
        State = state,
        Attempt = 1,
        Value = value,
        Params = new(("learning_rate", rate), ("num_hidden", hidden)),
        Worker = "here:1",
        StartedAt = Start.AddSeconds(number * 10),
        FinishedAt = state == TrialState.Running ? null : Start.AddSeconds(number * 10 + 10),
        FinishedOrder = state == TrialState.Running ? null : number + 1,
    };

    public static MetricPoint Point(int trial, int epoch, double value, string key = "val_accuracy") => new(100 + trial, key, epoch, value, Start.ToUnixTimeMilliseconds());
}
