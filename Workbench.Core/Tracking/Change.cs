using System.Globalization;

namespace Workbench.Core.Tracking;

/// <summary>What kind of thing has changed in the store.</summary>
public enum ChangeKind
{
    /// <summary>The connection was lost for a while: anything may have changed.</summary>
    Everything,

    /// <summary>A study was launched, or its state or settings changed, or it was deleted or restored.</summary>
    Study,

    /// <summary>A run started, got its parameters, or ended.</summary>
    Run,

    /// <summary>A run reported an epoch, or what it is doing.</summary>
    Progress,

    /// <summary>A model version or an alias changed.</summary>
    Model,

    /// <summary>The note or the tags of a study, a run, or (without either) a model version changed.</summary>
    Note,

    /// <summary>An access token was issued, used or revoked, or a sign-in ended.</summary>
    Token,

    /// <summary>A job was queued.</summary>
    Job,

    /// <summary>The command of a run printed something.</summary>
    Output,

    /// <summary>A dataset got a version, or was removed.</summary>
    Dataset,

    /// <summary>Something was sent to another tracking server, or can't be.</summary>
    Mirror,
}

/// <summary>Word of one committed change. It says what to read again, not what was written.</summary>
/// <param name="Kind">What has changed.</param>
/// <param name="StudyId">In which study; 0 where none applies.</param>
/// <param name="RunId">In which run; 0 where none applies.</param>
public readonly record struct Change(ChangeKind Kind, long StudyId = 0, long RunId = 0)
{
    internal const string Channel = "workbench";

    internal string Payload => string.Create(CultureInfo.InvariantCulture, $"{Kind} {StudyId} {RunId}");

    internal static Change Parse(string payload) =>
        payload.Split(' ') is [var kind, var study, var run]
        && Enum.TryParse<ChangeKind>(kind, out var parsed)
        && long.TryParse(study, CultureInfo.InvariantCulture, out var studyId)
        && long.TryParse(run, CultureInfo.InvariantCulture, out var runId)
            ? new Change(parsed, studyId, runId)
            : default;
}
