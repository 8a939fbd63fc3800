using System.Security.Cryptography;
using System.Text.Json;
using Hangfire;
using Workbench.Core.Datasets;
using Workbench.Core.Search;
using Workbench.Core.Tracking;
using Workbench.Core.Training;

namespace Workbench.Core.Studies;

/// <summary>The life of a study as people direct it: launch, add trials, stop, resume, delete, restore.</summary>
public sealed class StudyService(
    StudyStore store, DeletedStudies deleted, TrialQueue queue, JobStorage jobs, Pipelines pipelines, TimeProvider clock)
{
    /// <summary>Launches a study, or adds trials to the one of that name.</summary>
    /// <returns>The study, and whether it is new.</returns>
    /// <exception cref="FieldException">A field of the request is wrong.</exception>
    /// <exception cref="ConflictException">A study of that name exists with another configuration.</exception>
    public async Task<(Study Study, bool Created)> LaunchAsync(StudyRequest request, CancellationToken cancellationToken = default)
    {
        request.Validate(pipelines);
        var study = Configure(request);
        var created = await store.InsertAsync(study, cancellationToken);
        if (!created)
        {
            var existing = await store.FindAsync(request.Name!, cancellationToken)
                ?? throw new ConflictException($"The study '{request.Name}' was deleted at this moment. Launch it again.");
            RefuseDifference(existing, request);
            if (existing.TrialsRequested + (long)request.Trials > StudyRequest.MaximumTrials)
            {
                throw new FieldException(
                    "trials", $"The study has {existing.TrialsRequested} trials; with {request.Trials} more it would pass {StudyRequest.MaximumTrials}.");
            }
            await store.AddTrialsAsync(existing.Id, request.Trials, request.Jobs ?? existing.Jobs, cancellationToken);
            study = (await store.FindAsync(existing.Id, cancellationToken))!;
        }
        queue.Wake(study.Id, Math.Min(study.Jobs, study.TrialsRequested - study.TrialsFinished));
        return (study, created);
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
            throw new ConflictException(study.State == StudyState.Completed
                ? $"The study '{name}' has run all of its {study.TrialsRequested} trials. Add trials to go on."
                : $"The study '{name}' is running already.");
        }
        queue.Wake(study.Id, study.Jobs);
    }

    /// <summary>Deletes a study with all its runs; for <see cref="DeletedStudies.Grace"/> it can be restored. Its running trials end after
    /// their present epoch; models built from it stay.</summary>
    /// <returns>What was deleted.</returns>
    /// <exception cref="NotFoundException">There is no such study.</exception>
    public async Task<Study> DeleteAsync(string name, CancellationToken cancellationToken = default)
    {
        var study = await GetAsync(name, cancellationToken);
        PurgeJob.Schedule(jobs);
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
            queue.Wake(study.Id, study.Jobs);
        }
    }

    /// <summary>Queues what a running study lacks, for instance because a process died between writing a study down and queueing it.</summary>
    public async Task WakeAllAsync(CancellationToken cancellationToken = default)
    {
        foreach (var studyId in await store.RunningAsync(cancellationToken))
        {
            if (await store.FindAsync(studyId, cancellationToken) is { } study)
            {
                queue.Wake(study.Id, Math.Min(study.Jobs, study.TrialsRequested - study.TrialsFinished));
            }
        }
    }

    private async Task<Study> GetAsync(string name, CancellationToken cancellationToken) =>
        await store.FindAsync(name, cancellationToken) ?? throw new NotFoundException($"There is no study named '{name}'.");

    private Study Configure(StudyRequest request)
    {
        var pipeline = request.Pipeline is null ? pipelines.All[0] : pipelines.Get(request.Pipeline);
        return new Study
        {
            Name = request.Name!,
            Pipeline = pipeline.Name,
            Dataset = request.Dataset ?? DatasetCatalog.Names.First(),
            Split = JsonSerializer.Serialize(request.Split ?? SplitSettings.Default, JsonSerializerOptions.Web),
            Metric = pipeline.Metric,
            Direction = pipeline.Direction,
            SearchSpace = request.SearchSpace ?? pipeline.Space,
            Sampler = request.Sampler ?? SamplerSettings.Default,
            Pruner = request.Pruner ?? pipeline.Pruner,
            // Within 53 bits and short enough to be read aloud: people copy seeds.
            Seed = request.Seed ?? RandomNumberGenerator.GetInt32(int.MaxValue),
            Jobs = request.Jobs ?? Environment.ProcessorCount,
            TrialsRequested = request.Trials,
            State = StudyState.Running,
            CreatedAt = clock.GetUtcNow(),
        };
    }

    private static void RefuseDifference(Study existing, StudyRequest request)
    {
        Refuse("pipeline", request.Pipeline, existing.Pipeline);
        Refuse("dataset", request.Dataset, existing.Dataset);
        Refuse("sampler", request.Sampler, existing.Sampler);
        Refuse("pruner", request.Pruner, existing.Pruner);
        Refuse("seed", request.Seed, existing.Seed);
        Refuse("searchSpace", request.SearchSpace, existing.SearchSpace);
        Refuse("split", request.Split, JsonSerializer.Deserialize<SplitSettings>(existing.Split, JsonSerializerOptions.Web));

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
