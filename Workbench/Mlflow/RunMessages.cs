using System.Globalization;
using Workbench.Core.Search;
using Workbench.Core.Tracking;

namespace Workbench.Mlflow;

/// <summary>A run as clients see it.</summary>
internal sealed record RunMessage(RunInfo Info, RunData Data, RunInputs? Inputs, RunOutputs? Outputs)
{
    private const string NameTag = "mlflow.runName";

    public static RunMessage Of(TrackedRun run)
    {
        var tags = new Dictionary<string, string>(run.Tags) { [NameTag] = run.Name };
        if (run.Note is { } note)
        {
            tags["mlflow.note.content"] = note;
        }
        // FINISHED does not tell a trial that was ended early from one that ran to its end.
        if (run.State == TrialState.Pruned)
        {
            tags["workbench.state"] = "pruned";
        }
        var datasets = MlflowJson.Some(run.Datasets.Select(input => new DatasetInput(MlflowJson.Pairs(input.Tags), DatasetMessage.Of(input.Dataset))));
        var read = MlflowJson.Some(run.Models.Where(model => !model.IsOutput).Select(model => new ModelLink(LoggedModelId.Of(model.Model), null)));
        var made = MlflowJson.Some(run.Models.Where(model => model.IsOutput).Select(model => new ModelLink(LoggedModelId.Of(model.Model), model.Step)));
        return new(
            RunInfo.Of(run),
            new RunData(MlflowJson.Some(run.Metrics.Select(metric => MetricMessage.Of(metric))), MlflowJson.Pairs(run.Params), MlflowJson.Pairs(tags)),
            datasets is null && read is null ? null : new RunInputs(datasets, read),
            made is null ? null : new RunOutputs(made));
    }
}

/// <summary>What a run is, without what was logged.</summary>
internal sealed record RunInfo(
    string RunId, string RunUuid, string RunName, string ExperimentId, string UserId, string Status, long StartTime, long? EndTime, string ArtifactUri,
    string LifecycleStage)
{
    public static RunInfo Of(TrackedRun run) => new(
        $"{run.Uuid:N}", $"{run.Uuid:N}", run.Name, run.ExperimentId.ToString(CultureInfo.InvariantCulture), run.UserName ?? "", Word(run.State),
        run.StartedAt.ToUnixTimeMilliseconds(), run.FinishedAt?.ToUnixTimeMilliseconds(), run.ArtifactUri, run.IsDeleted ? "deleted" : "active");

    private static string Word(TrialState state) => state switch
    {
        TrialState.Running => "RUNNING",
        TrialState.Scheduled => "SCHEDULED",
        TrialState.Failed => "FAILED",
        TrialState.Stopped => "KILLED",
        _ => "FINISHED",
    };

    /// <summary>The state of a word, or of a number as protobuf has it.</summary>
    public static TrialState? State(Message request) => request.Word("status") switch
    {
        null or "" => null,
        "RUNNING" or "1" => TrialState.Running,
        "SCHEDULED" or "2" => TrialState.Scheduled,
        "FINISHED" or "3" => TrialState.Complete,
        "FAILED" or "4" => TrialState.Failed,
        "KILLED" or "5" => TrialState.Stopped,
        _ => throw request.Invalid("status", "It must be RUNNING, SCHEDULED, FINISHED, FAILED or KILLED."),
    };
}

internal sealed record RunData(IReadOnlyList<MetricMessage>? Metrics, IReadOnlyList<MlflowJson.Pair>? Params, IReadOnlyList<MlflowJson.Pair>? Tags);

internal sealed record RunInputs(IReadOnlyList<DatasetInput>? DatasetInputs, IReadOnlyList<ModelLink>? ModelInputs);

internal sealed record RunOutputs(IReadOnlyList<ModelLink>? ModelOutputs);

internal sealed record DatasetInput(IReadOnlyList<MlflowJson.Pair>? Tags, DatasetMessage Dataset);

internal sealed record ModelLink(string ModelId, long? Step);

internal sealed record DatasetMessage(string Name, string Digest, string SourceType, string Source, string? Schema, string? Profile)
{
    public static DatasetMessage Of(TrackedDataset dataset) =>
        new(dataset.Name, dataset.Digest, dataset.SourceType, dataset.Source, dataset.Schema, dataset.Profile);
}

/// <summary>A value of a metric; where those of several runs are together, with its run.</summary>
internal sealed record MetricMessage(string Key, double Value, long Timestamp, long Step, string? RunId = null)
{
    public static MetricMessage Of(LoggedMetric metric, Guid? run = null) => new(metric.Key, metric.Value, metric.Timestamp, metric.Step, run?.ToString("N"));
}
