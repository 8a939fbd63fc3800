namespace Workbench.Core.Tracking.Mirrors;

/// <summary>Where to look for what is to be sent.</summary>
/// <param name="Studies">In these studies, with all their runs; null for all.</param>
/// <param name="Runs">In these runs besides.</param>
internal readonly record struct Where(long[]? Studies, long[] Runs);

/// <summary>A study of which something is to be sent.</summary>
/// <param name="Uuid">Its identity: a tag of the experiment there.</param>
/// <param name="Name">Its name now.</param>
/// <param name="Tags">Its tags and its note now.</param>
/// <param name="About">What it searches: tags that never change.</param>
/// <param name="Sent">How it stands there.</param>
internal sealed record WaitingExperiment(
    Guid Uuid, string Name, IReadOnlyDictionary<string, string> Tags, IReadOnlyDictionary<string, string> About, SentExperiment Sent);

/// <summary>How a study stands on a server: <see cref="MirroredExperiment"/>.</summary>
internal sealed record SentExperiment(long Id, string? RemoteId, bool IsAdopted, string? Name, IReadOnlyDictionary<string, string> Tags);

/// <summary>A trial or a build of which something is to be sent.</summary>
/// <param name="Id">The run.</param>
/// <param name="Uuid">Its identity: a tag of the run there.</param>
/// <param name="Tags">Its tags, its note and its name now.</param>
/// <param name="About">What it is: tags that never change while it runs.</param>
/// <param name="User">Who launched the study.</param>
/// <param name="Source">What trains it.</param>
/// <param name="Params">Its parameters; null when it has none yet.</param>
/// <param name="StartedAt">When this attempt started.</param>
/// <param name="Status">How it ended, in MLflow's word; null while it runs.</param>
/// <param name="EndedAt">When it ended; null while it runs.</param>
/// <param name="Objective">The metric that is the objective.</param>
/// <param name="Value">The objective; null when it has none.</param>
/// <param name="Experiment">Its experiment there.</param>
/// <param name="IsCertain">Whether a run of which nothing is known here is not there.</param>
/// <param name="Sent">How it stands there; null when it was never tried to send it.</param>
internal sealed record WaitingRun(
    long Id, Guid Uuid, IReadOnlyDictionary<string, string> Tags, IReadOnlyDictionary<string, string> About, string User, string Source,
    IReadOnlyDictionary<string, string>? Params, DateTimeOffset StartedAt, string? Status, DateTimeOffset? EndedAt, string Objective, double? Value,
    SentExperiment Experiment, bool IsCertain, SentRun? Sent);

/// <summary>How a run stands on a server: <see cref="MirroredRun"/>.</summary>
internal sealed record SentRun(
    string? RemoteId, DateTimeOffset StartedAt, bool HasParams, IReadOnlyDictionary<string, long> Steps, long Values,
    IReadOnlyDictionary<string, string> Tags, string? Status)
{
    /// <summary>Before anything of an attempt was sent.</summary>
    public static SentRun Nothing(DateTimeOffset startedAt) =>
        new(null, startedAt, false, new Dictionary<string, long>(), 0, new Dictionary<string, string>(), null);
}

/// <summary>A ready version of a build that was sent, which is not registered there yet.</summary>
/// <param name="ModelId">The model.</param>
/// <param name="Version">Its number here.</param>
/// <param name="Uuid">The model's identity: a tag of the registered model there.</param>
/// <param name="Model">The model's name here.</param>
/// <param name="RemoteName">The model's name there; null when it is not known to be there.</param>
/// <param name="Aliases">The model's aliases that were sent.</param>
/// <param name="ArtifactPrefix">Where its files are.</param>
/// <param name="Manifest">Its manifest; null when it has none.</param>
/// <param name="Run">The build's run there.</param>
internal sealed record WaitingVersion(
    long ModelId, int Version, Guid Uuid, string Model, string? RemoteName, IReadOnlyDictionary<string, string> Aliases, string ArtifactPrefix,
    string? Manifest, string Run);

/// <summary>Aliases that name other versions there than here.</summary>
/// <param name="ModelId">The model.</param>
/// <param name="RemoteName">Its name there.</param>
/// <param name="Sent">Versions there by alias, as they were sent.</param>
/// <param name="Wanted">The same, as they should be.</param>
internal sealed record WaitingAliases(
    long ModelId, string RemoteName, IReadOnlyDictionary<string, string> Sent, IReadOnlyDictionary<string, string> Wanted);
