using System.Security.Cryptography;
using System.Text.Json;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Workbench.Core.Access;
using Workbench.Core.Commands;
using Workbench.Core.Datasets;
using Workbench.Core.Search;
using Workbench.Core.Telemetry;
using Workbench.Core.Tracking;
using Workbench.Core.Training;

namespace Workbench.Core.Studies;

/// <summary>The life of a study as people direct it: launch, add trials, stop, resume, delete, restore.</summary>
public sealed partial class StudyService(
    StudyStore store,
    StudyHistory history,
    DeletedStudies deleted,
    TrialQueue queue,
    WaitingWork waiting,
    Pipelines pipelines,
    DatasetCatalog datasets,
    IOptions<CommandOptions> commands,
    TimeProvider clock,
    ILogger<StudyService> logger)
{
    /// <summary>Launches a study, or adds trials to the one of that name.</summary>
    /// <exception cref="FieldException">A field of the request is wrong.</exception>
    /// <exception cref="ConflictException">A study of that name exists with another configuration.</exception>
    public async Task<Launched> LaunchAsync(StudyRequest request, CancellationToken cancellationToken = default)
    {
        using var span = Spans.Source.StartActivity("launch")?.SetTag("workbench.study", request.Name).SetTag("workbench.trials", request.Trials);
        request.Validate(pipelines);
        var existing = await store.FindAsync(request.Name!, cancellationToken);
        var launched = existing is null ? await InsertAsync(request, cancellationToken) : null;
        launched ??= await AddTrialsAsync(
            existing ?? await store.FindAsync(request.Name!, cancellationToken)
                ?? throw new ConflictException(
                    await store.IsExperimentAsync(request.Name!, cancellationToken)
                        ? $"There is an experiment named '{request.Name}' that is no study. Choose another name."
                        : $"The study '{request.Name}' was deleted at this moment. Launch it again."),
            request,
            cancellationToken);
        await WakeAsync(launched.Summary.Study);
        return launched;
    }

    /// <summary>
    /// Makes parameters those of a study's next trials, in this order; what a set leaves out is sampled. They count as trials of the
    /// study's budget, and don't add any: once that is spent they wait until trials are added.
    /// </summary>
    /// <exception cref="NotFoundException">There is no such study.</exception>
    /// <exception cref="FieldException">There are none, too many, or one of them does not lie in the search space.</exception>
    /// <returns>How many sets wait then.</returns>
    public async Task<int> EnqueueAsync(string name, IReadOnlyList<ParameterSet>? sets, CancellationToken cancellationToken = default)
    {
        var study = await GetAsync(name, cancellationToken);
        if (sets is null or [])
        {
            throw new FieldException("params", "params is empty; it must be a list of parameter sets like [{\"learning_rate\": 0.01}].");
        }
        return await store.EnqueueAsync(study.Id, StudyRequest.ValidateSets(study.SearchSpace, sets, "params"), cancellationToken)
            ?? throw NotFound(name);
    }

    /// <summary>Stops a study. Its running trials end as stopped after their present epoch; what has finished stays.</summary>
    /// <exception cref="NotFoundException">There is no such study.</exception>
    /// <exception cref="ConflictException">It is not running.</exception>
    public async Task StopAsync(string name, CancellationToken cancellationToken = default)
    {
        var study = await GetAsync(name, cancellationToken);
        if (!await store.StopAsync(study.Id, cancellationToken))
        {
            throw new ConflictException($"The study '{name}' is not running.");
        }
    }

    /// <summary>Sets a stopped study running again; trials that were stopped start over with the same parameters.</summary>
    /// <exception cref="NotFoundException">There is no such study.</exception>
    /// <exception cref="ConflictException">It is not stopped.</exception>
    public async Task ResumeAsync(string name, CancellationToken cancellationToken = default)
    {
        var study = await GetAsync(name, cancellationToken);
        if (!await store.ResumeAsync(study.Id, cancellationToken))
        {
            throw new ConflictException(study switch
            {
                { StopReason: { } reason } => $"The study '{name}' is completed. {reason} Add trials to go on.",
                { State: StudyState.Completed } => $"The study '{name}' has run all of its {study.TrialsRequested} trials. Add trials to go on.",
                _ => $"The study '{name}' is running already.",
            });
        }
        await WakeAsync(study);
    }

    /// <summary>Deletes a study with all its runs; for <see cref="DeletedStudies.Grace"/> it can be restored. Its running trials end after
    /// their present epoch; models built from it stay.</summary>
    /// <returns>What was deleted.</returns>
    /// <exception cref="NotFoundException">There is no such study.</exception>
    public async Task<Study> DeleteAsync(string name, CancellationToken cancellationToken = default)
    {
        var study = await GetAsync(name, cancellationToken);
        await deleted.DeleteAsync(study.Id, cancellationToken);
        return study;
    }

    /// <summary>Brings a deleted study back with all its runs; one that was running runs on, its stopped trials starting over.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="studyId">Which of those deleted under that name; null for the last one.</param>
    /// <param name="cancellationToken">Gives up before anything is written.</param>
    /// <exception cref="NotFoundException">There is no such deleted study, or no more.</exception>
    /// <exception cref="ConflictException">Another study has taken the name since.</exception>
    public async Task RestoreAsync(string name, long? studyId = null, CancellationToken cancellationToken = default)
    {
        var (study, wasRunning) = await deleted.RestoreAsync(name, studyId, cancellationToken);
        if (wasRunning && await store.ResumeAsync(study.Id, cancellationToken))
        {
            await WakeAsync(study);
        }
    }

    /// <summary>Queues what studies lack, for instance because a process died between writing a study down and queueing it.</summary>
    public async Task WakeAllAsync(CancellationToken cancellationToken = default) =>
        queue.Wake(await waiting.PlacesAsync(cancellationToken: cancellationToken));

    // What is written down is done, even if the client has left: every process with workers queues it, should this one fail to.
    private async Task WakeAsync(Study study)
    {
        try
        {
            queue.Wake(await waiting.PlacesAsync(study.Id, CancellationToken.None));
        }
        catch (Exception exception)
        {
            LogNotQueued(exception, study.Name);
        }
    }

    [LoggerMessage(LogLevel.Warning, "The study {Name} could not be queued at once; it will be within some seconds.")]
    private partial void LogNotQueued(Exception exception, string name);

    private async Task<Study> GetAsync(string name, CancellationToken cancellationToken) =>
        await store.FindAsync(name, cancellationToken) ?? throw NotFound(name);

    private static NotFoundException NotFound(string name) => new($"There is no study named '{name}'.");

    /// <returns>Null when a study of that name has appeared.</returns>
    private async Task<Launched?> InsertAsync(StudyRequest request, CancellationToken cancellationToken)
    {
        var study = request.IsUntrained ? Untrained(request) : await ConfigureAsync(request, cancellationToken);
        var enqueued = StudyRequest.ValidateSets(study.SearchSpace, request.Enqueue, "enqueue");
        var warm = study.WarmStart is null ? [] : await WarmTrialsAsync(study, cancellationToken);
        return await store.InsertAsync(study, enqueued, warm, cancellationToken);
    }

    private async Task<Launched> AddTrialsAsync(Study existing, StudyRequest request, CancellationToken cancellationToken)
    {
        RefuseDifference(existing, request);
        if (existing.TrialsRequested + (long)request.Trials > StudyRequest.MaximumTrials)
        {
            throw new FieldException(
                "trials", $"The study has {existing.TrialsRequested} trials; with {request.Trials} more it would pass {StudyRequest.MaximumTrials}.");
        }
        var enqueued = StudyRequest.ValidateSets(existing.SearchSpace, request.Enqueue, "enqueue");
        return await store.AddTrialsAsync(existing.Id, request.Trials, request.Jobs ?? existing.Jobs, enqueued, cancellationToken)
            ?? throw NotFound(existing.Name);
    }

    private async Task<IReadOnlyList<Trial>> WarmTrialsAsync(Study study, CancellationToken cancellationToken)
    {
        var source = await store.FindAsync(study.WarmStart!, cancellationToken)
            ?? throw new FieldException("warmStart", $"There is no study named '{study.WarmStart}' to start from.");
        if ((source.Metric, source.Direction) != (study.Metric, study.Direction))
        {
            throw new FieldException(
                "warmStart",
                FormattableString.Invariant(
                    $"The study '{source.Name}' has another objective: {source.Metric} ({source.Direction}), not {study.Metric} ({study.Direction})."));
        }
        var trials = history.Read(source.Id, except: -1);
        history.Forget(source.Id);
        var warm = Search.WarmStart.From(study.SearchSpace, trials);
        return warm.Count > 0
            ? warm
            : throw new FieldException(
                "warmStart",
                source.TrialsFinished == 0
                    ? $"The study '{source.Name}' has no finished trials to start from."
                    : $"None of the {source.TrialsFinished} finished trials of '{source.Name}' lies in this search space.");
    }

    private static void RefuseDifference(Study existing, StudyRequest request)
    {
        Refuse("pipeline", request.Kind, existing.Pipeline);
        Refuse("dataset", request.Dataset, existing.Dataset);
        Refuse("datasetVersion", request.DatasetVersion, existing.DatasetVersion);
        Refuse("encoder", request.Encoder, existing.Encoder);
        Refuse("sampler", request.Sampler, existing.Sampler);
        Refuse("pruner", request.Pruner, existing.Pruner);
        Refuse("seed", request.Seed, existing.Seed);
        Refuse("searchSpace", request.SearchSpace, existing.SearchSpace);
        Refuse("stopping", request.Stopping, existing.Stopping ?? new StoppingRule());
        Refuse("warmStart", request.WarmStart, existing.WarmStart);
        Refuse("metric", request.Metric, existing.Metric);
        Refuse("direction", request.Direction, (Direction?)existing.Direction);
        Refuse("silence", request.Silence, existing.Silence?.TotalSeconds);
        Refuse("command", request.Arguments() is { } arguments ? new CommandSettings(arguments, null, 0).ToString() : null, existing.Command?.ToString());
        Refuse("timeLimit", request.TimeLimit, existing.Command?.TimeLimit);
        Refuse("grace", request.Grace, existing.Command?.Grace);
        Refuse("split", request.Split, existing.Split is null ? null : JsonSerializer.Deserialize<SplitSettings>(existing.Split, JsonSerializerOptions.Web));

        void Refuse<T>(string field, T? asked, T? has)
        {
            if (asked is not null && !asked.Equals(has))
            {
                throw new ConflictException(
                    $"The study '{existing.Name}' exists with another {field}: {Show(has)}, not {Show(asked)}. "
                    + $"Leave {field} out to add trials to it, or choose another name.");
            }
        }

        static string Show<T>(T value) => value is string text ? text : JsonSerializer.Serialize(value, JsonSerializerOptions.Web);
    }
}
