using System.Security.Cryptography;
using System.Text.Json;
using Workbench.Core.Access;
using Workbench.Core.Datasets;
using Workbench.Core.Search;
using Workbench.Core.Tracking;
using Workbench.Core.Training;

namespace Workbench.Core.Studies;

/// <content>What a new study is, as its request asks for it.</content>
public sealed partial class StudyService
{
    private async Task<Study> ConfigureAsync(StudyRequest request, CancellationToken cancellationToken)
    {
        var pipeline = request.Pipeline is null ? pipelines.All[0] : pipelines.Get(request.Pipeline);
        var dataset = await FindAsync(request.Dataset ?? DatasetCatalog.Default, request.DatasetVersion, cancellationToken);
        if (pipeline.Refusal(dataset.Schema) is { } refusal)
        {
            throw new FieldException("pipeline", $"{refusal} The dataset '{dataset.Name}' has others.");
        }
        if (request.Encoder is { } encoder && !pipeline.Encoders.Contains(encoder))
        {
            throw new FieldException("encoder", pipeline.Encoders.Count == 0
                ? $"The pipeline '{pipeline.Name}' takes no encoder."
                : $"There is no encoder '{Words.Short(encoder)}'; there are {string.Join(", ", pipeline.Encoders)}.");
        }
        var study = Configure(request, pipeline, dataset);
        StudyRequest.ValidateSpace(study.SearchSpace, pipeline);
        return study;
    }

    private async Task<Dataset> FindAsync(string name, int? version, CancellationToken cancellationToken)
    {
        try
        {
            if (await datasets.FindAsync(name, version, cancellationToken) is { } dataset)
            {
                return dataset;
            }
        }
        catch (DatasetException damaged)
        {
            throw new FieldException("dataset", damaged.Message);
        }
        var known = (await datasets.ListAsync(cancellationToken)).Select(dataset => dataset.Name).ToList();
        throw known.Contains(name)
            ? new FieldException("datasetVersion", $"The dataset '{name}' has no version {version}.")
            : new FieldException("dataset", $"There is no dataset '{Words.Short(name)}'; there are {string.Join(", ", known)}.");
    }

    private Study Configure(StudyRequest request, Pipeline pipeline, Dataset dataset)
    {
        var (split, objective) = (request.Split ?? SplitSettings.Default, pipeline.Objective);
        return new Study
        {
            Name = request.Name!,
            Pipeline = pipeline.Name,
            Dataset = dataset.Name,
            DatasetVersion = dataset.Version,
            DatasetFingerprint = dataset.Fingerprint,
            Encoder = request.Encoder ?? pipeline.EncoderFor(dataset.Schema),
            Split = JsonSerializer.Serialize(Divided(split, dataset), JsonSerializerOptions.Web),
            Metric = objective.Name,
            Direction = objective.Direction,
            SearchSpace = request.SearchSpace ?? pipeline.Space(dataset.Schema),
            Sampler = request.Sampler ?? SamplerSettings.Default,
            Pruner = request.Pruner ?? pipeline.Pruner,
            Seed = request.Seed ?? DrawSeed(),
            Stopping = request.Stopping is { IsEmpty: false } rule ? rule : null,
            WarmStart = request.WarmStart,
            Jobs = request.Jobs ?? Environment.ProcessorCount,
            TrialsRequested = request.Trials,
            State = StudyState.Running,
            CreatedAt = clock.GetUtcNow(),
        };
    }

    private Study Untrained(StudyRequest request)
    {
        var space = request.ValidSpace();
        var command = request.Kind == Study.OfCommand ? request.ValidCommand(space) : null;
        // Who may launch studies could run any program here.
        if (command is not null && !commands.Value.Allow)
        {
            throw new ForbiddenException(
                "Commands are not run here: they have all the rights of the server. Start it with --allow-commands, or run train --command where the data is.", "pipeline");
        }
        return new Study
        {
            Name = request.Name!,
            Pipeline = request.Kind!,
            Dataset = null,
            Split = null,
            Metric = request.Metric ?? "value",
            Direction = request.Direction ?? Direction.Minimize,
            SearchSpace = space,
            Sampler = request.Sampler ?? SamplerSettings.Default,
            Pruner = request.Pruner ?? new NoPrunerSettings(),
            Seed = request.Seed ?? DrawSeed(),
            Stopping = request.Stopping is { IsEmpty: false } rule ? rule : null,
            WarmStart = request.WarmStart,
            Command = command,
            Silence = command is null ? TimeSpan.FromSeconds(request.Silence ?? StudyRequest.UsualSilence) : null,
            // Clients decide how many they are.
            Jobs = request.Jobs ?? (command is null ? 1 : Environment.ProcessorCount),
            TrialsRequested = request.Trials,
            State = StudyState.Running,
            CreatedAt = clock.GetUtcNow(),
        };
    }

    // Within 53 bits and short enough to be read aloud: people copy seeds.
    private static long DrawSeed() => RandomNumberGenerator.GetInt32(int.MaxValue);

    // Told now, and not by every trial.
    private static SplitSettings Divided(SplitSettings split, Dataset dataset)
    {
        try
        {
            split.Apply(dataset);
            return split;
        }
        catch (DatasetException fault)
        {
            throw new FieldException("split", fault.Message);
        }
    }
}
