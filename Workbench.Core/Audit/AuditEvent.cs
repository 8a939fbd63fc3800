using Workbench.Core.Access;

namespace Workbench.Core.Audit;

/// <summary>What an actor did.</summary>
public enum AuditAction
{
    /// <summary>Launched a study.</summary>
    StudyLaunched,

    /// <summary>Raised a study's budget.</summary>
    TrialsAdded,

    /// <summary>Gave the parameters of trials to come.</summary>
    ParametersEnqueued,

    /// <summary>Stopped a study.</summary>
    StudyStopped,

    /// <summary>Set a stopped study running again.</summary>
    StudyResumed,

    /// <summary>Deleted a study.</summary>
    StudyDeleted,

    /// <summary>Brought a deleted study back.</summary>
    StudyRestored,

    /// <summary>Removed a deleted study for good.</summary>
    StudyPurged,

    /// <summary>Made an experiment.</summary>
    ExperimentCreated,

    /// <summary>Gave an experiment another name.</summary>
    ExperimentRenamed,

    /// <summary>Deleted an experiment.</summary>
    ExperimentDeleted,

    /// <summary>Brought a deleted experiment back.</summary>
    ExperimentRestored,

    /// <summary>Removed a deleted experiment for good.</summary>
    ExperimentPurged,

    /// <summary>Deleted a tracked run.</summary>
    RunDeleted,

    /// <summary>Brought a deleted run back.</summary>
    RunRestored,

    /// <summary>Registered a model without a version.</summary>
    ModelRegistered,

    /// <summary>Gave a registered model another name.</summary>
    ModelRenamed,

    /// <summary>Deleted a registered model.</summary>
    ModelDeleted,

    /// <summary>Registered a version whose files are where a client said.</summary>
    VersionRegistered,

    /// <summary>Deleted a version of a model.</summary>
    VersionDeleted,

    /// <summary>Put a version into a stage of MLflow's.</summary>
    StageChanged,

    /// <summary>Promoted a trial: asked for the build of a model version.</summary>
    TrialPromoted,

    /// <summary>Added a model that was trained elsewhere.</summary>
    ModelImported,

    /// <summary>Set an alias, or moved it to another version.</summary>
    AliasMoved,

    /// <summary>Removed an alias.</summary>
    AliasRemoved,

    /// <summary>Made a model the one that answers predictions that name none.</summary>
    ModelPinned,

    /// <summary>Left it to promotions again which model answers predictions that name none.</summary>
    ModelUnpinned,

    /// <summary>Wrote or removed a note.</summary>
    NoteWritten,

    /// <summary>Set or removed tags.</summary>
    TagsChanged,

    /// <summary>Made an API token.</summary>
    TokenCreated,

    /// <summary>Revoked an API token.</summary>
    TokenRevoked,

    /// <summary>Imported a version of a dataset.</summary>
    DatasetImported,

    /// <summary>Made a version of a dataset by changing another.</summary>
    DatasetChanged,

    /// <summary>Removed a dataset.</summary>
    DatasetRemoved,
}

/// <summary>One entry of the audit trail. It is committed with what it tells, never changed, and outlives its subject.</summary>
public sealed class AuditEvent
{
    /// <summary>The primary key; later events have larger ones.</summary>
    public long Id { get; init; }

    /// <summary>When, by the database's clock.</summary>
    public DateTimeOffset At { get; init; }

    /// <summary>The actor's name.</summary>
    public required string Actor { get; init; }

    /// <summary>The way by which the action came.</summary>
    public required Way Way { get; init; }

    /// <summary>What was done.</summary>
    public required AuditAction Action { get; init; }

    /// <summary>What it was done to, by name: a study <c>first</c>, its run <c>first/trial-7</c>, a model version <c>first/2</c>, an alias
    /// <c>first@production</c>, a token <c>ci</c>, a version of a dataset <c>flowers/2</c>.</summary>
    public required string Subject { get; init; }

    /// <summary>The study it happened in; null where none applies.</summary>
    public long? StudyId { get; init; }

    /// <summary>The model it happened to; null where none applies.</summary>
    public long? ModelId { get; init; }

    /// <summary>Particulars by name, such as <c>from</c> and <c>to</c>.</summary>
    public Dictionary<string, string> Details { get; init; } = [];

    /// <summary>An event of <see cref="Audit.Actor.Current"/>; it is yet to be added to the transaction of what it tells. This is where it is
    /// decided whether the actor may do it, whichever way they came: nothing is committed without its event.</summary>
    /// <exception cref="ForbiddenException">The actor may not do that.</exception>
    /// <param name="action">What was done.</param>
    /// <param name="subject">What it was done to, by name.</param>
    /// <param name="details">Particulars; those that are null are left out.</param>
    /// <param name="studyId">The study it happened in.</param>
    /// <param name="modelId">The model it happened to.</param>
    /// <param name="actor">Who did it, when not the current actor.</param>
    public static AuditEvent Of(
        AuditAction action, string subject, IEnumerable<(string Name, object? Value)>? details = null,
        long? studyId = null, long? modelId = null, Actor? actor = null)
    {
        actor ??= Audit.Actor.Current;
        actor.Require(action is AuditAction.TokenCreated or AuditAction.TokenRevoked ? Scope.Admin : Scope.Write);
        return new AuditEvent
        {
            Actor = actor.Name,
            Way = actor.Way,
            Action = action,
            Subject = subject,
            StudyId = studyId,
            ModelId = modelId,
            Details = (details ?? []).Where(detail => detail.Value is not null)
                .ToDictionary(detail => detail.Name, detail => FormattableString.Invariant($"{detail.Value}")),
        };
    }
}
