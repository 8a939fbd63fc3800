using Workbench.Core.Audit;

namespace Workbench.Components.Audit;

/// <summary>The audit trail in words.</summary>
internal static class AuditWords
{
    /// <summary>What was done, as a sentence without its actor: "moved production from version 2 to 3".</summary>
    public static string Did(AuditEvent told) => told.Action switch
    {
        AuditAction.StudyLaunched => $"launched the study with {Count(told, "trials", "trial")}{(Of(told, "warmStart") is { } source ? $", warm from {source}" : "")}",
        AuditAction.TrialsAdded => $"added {Count(told, "trials", "trial")}",
        AuditAction.ParametersEnqueued => $"enqueued {Count(told, "enqueued", "parameter set")}",
        AuditAction.StudyStopped => "stopped the study",
        AuditAction.StudyResumed => "resumed the study",
        AuditAction.StudyDeleted => "deleted the study",
        AuditAction.StudyRestored => "restored the study",
        AuditAction.StudyPurged => "removed the study for good",
        AuditAction.TrialPromoted => $"promoted trial {Of(told, "trial")} to version {told.Subject.Split('/')[^1]}",
        AuditAction.ModelImported => $"added version {told.Subject.Split('/')[^1]} from outside",
        AuditAction.AliasMoved when Of(told, "from") is { } from => $"moved {Alias(told)} from version {from} to {Of(told, "to")}",
        AuditAction.AliasMoved => $"set {Alias(told)} to version {Of(told, "to")}",
        AuditAction.AliasRemoved => $"removed {Alias(told)} from version {Of(told, "from")}",
        AuditAction.ModelPinned => "made it answer predictions that name no model",
        AuditAction.ModelUnpinned => "left it to promotions which model answers",
        AuditAction.NoteWritten => Of(told, "characters") == "0" ? $"removed the note{Place(told)}" : $"wrote a note{Place(told)}",
        AuditAction.TagsChanged => Tags(told) + Place(told),
        AuditAction.TokenCreated => $"issued the token with the scope {Of(told, "scope")}{(Of(told, "days") is { } days ? $", good for {days} days" : "")}",
        AuditAction.TokenRevoked => "revoked the token",
        AuditAction.DatasetImported => $"imported {Count(told, "pictures", "picture")} of {Of(told, "classes")} classes",
        AuditAction.DatasetChanged => $"made a version: {Of(told, "how")}",
        AuditAction.DatasetRemoved => "removed the dataset",
        _ => Title(told.Action).ToLowerInvariant() + Rest(told),
    };

    /// <summary>A kind of action, for a list of them: "Study launched".</summary>
    public static string Title(AuditAction action) => action == AuditAction.TokenCreated ? "Token issued"
        : string.Concat($"{action}".Select((c, i) => i > 0 && char.IsUpper(c) ? $" {char.ToLowerInvariant(c)}" : $"{c}"));

    /// <summary>A way, as pages call it.</summary>
    public static string Title(Way way) => way is Way.Api or Way.Cli ? $"{way}".ToUpperInvariant() : $"{way}";

    /// <summary>Where the subject of an event is shown, relative to the workbench's own address; null when it has no page.</summary>
    public static string? Address(AuditEvent told)
    {
        var parts = told.Subject.Split('/', '@');
        var name = Uri.EscapeDataString(parts[0]);
        return told switch
        {
            { ModelId: not null } => int.TryParse(parts[^1], out var version) && told.Subject.Contains('/', StringComparison.Ordinal)
                ? $"models/{name}?version={version}" : $"models/{name}",
            { StudyId: not null } when told.Action is not (AuditAction.ExperimentCreated or AuditAction.ExperimentRenamed or AuditAction.ExperimentDeleted
                or AuditAction.ExperimentRestored or AuditAction.ExperimentPurged or AuditAction.RunDeleted or AuditAction.RunRestored) => parts is [_, ['t', 'r', 'i', 'a', 'l', '-', .. var trial]] ? $"studies/{name}?trial={trial}" : $"studies/{name}",
            { Action: AuditAction.DatasetImported or AuditAction.DatasetChanged } => $"data/{name}?version={parts[^1]}",
            _ => null,
        };
    }

    private static string Alias(AuditEvent told) => told.Subject.Split('@')[^1];

    private static string? Of(AuditEvent told, string detail) => told.Details.GetValueOrDefault(detail);

    private static string Count(AuditEvent told, string detail, string thing) => Of(told, detail) is "1" ? $"1 {thing}" : $"{Of(told, detail)} {thing}s";

    private static string Place(AuditEvent told) => told.Subject.Split('/') switch
    {
        [_, var version] when told.ModelId is not null => $" on version {version}",
        [_, var run] => $" on {run}",
        _ => "",
    };

    private static string Tags(AuditEvent told) => (Of(told, "set"), Of(told, "removed")) switch
    {
        ({ } set, { } removed) => $"set the tags {set} and removed {removed}",
        ({ } set, null) => $"set the {(set.Contains(',', StringComparison.Ordinal) ? "tags" : "tag")} {set}",
        (null, { } removed) => $"removed the {(removed.Contains(',', StringComparison.Ordinal) ? "tags" : "tag")} {removed}",
        _ => "changed no tag",
    };

    private static string Rest(AuditEvent told) =>
        told.Details.Count == 0 ? "" : $" ({string.Join(", ", told.Details.Select(detail => $"{detail.Key} {detail.Value}"))})";
}
