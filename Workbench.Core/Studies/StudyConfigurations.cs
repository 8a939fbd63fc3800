using System.Collections.Concurrent;
using System.Text.Json;
using Workbench.Core.Datasets;
using Workbench.Core.Search;
using Workbench.Core.Tracking;
using Workbench.Core.Training;

namespace Workbench.Core.Studies;

/// <summary>What never changes about a study, made ready for its trials.</summary>
public sealed class StudyConfiguration
{
    private readonly Lazy<Pipeline> _pipeline;
    private readonly Lazy<Dataset> _dataset;
    private readonly Lazy<Split> _split;

    internal StudyConfiguration(Study study, IReadOnlyList<Trial> warmTrials, Pipelines pipelines, DatasetCatalog datasets)
    {
        Study = study;
        WarmTrials = warmTrials;
        _pipeline = new(() => pipelines.Get(study.Pipeline), LazyThreadSafetyMode.PublicationOnly);
        Sampler = study.Sampler.Create();
        Pruner = study.Pruner.Create(study.Seed);
        Prunes = study.Pruner is not NoPrunerSettings;
        // On a worker's own thread, when the first trial needs it.
        _dataset = new(() => datasets.GetAsync(study.Dataset!, study.DatasetVersion).GetAwaiter().GetResult(), LazyThreadSafetyMode.PublicationOnly);
        _split = new(() => JsonSerializer.Deserialize<SplitSettings>(study.Split!, JsonSerializerOptions.Web)!.Apply(Dataset, withTest: study.DatasetVersion is null));
    }

    internal Study Study { get; }

    /// <summary>What the sampler learns from before the study's own trials; pruners don't: another study's epochs may be others.</summary>
    internal IReadOnlyList<Trial> WarmTrials { get; }

    internal Pipeline Pipeline => _pipeline.Value;

    internal ISampler Sampler { get; }

    internal IPruner Pruner { get; }

    internal bool Prunes { get; }

    internal Dataset Dataset => _dataset.Value;

    internal Split Split => _split.Value;

    /// <summary>Trials that run side by side share out the cores.</summary>
    internal int Threads => Math.Max(1, Environment.ProcessorCount / Study.Jobs);
}

/// <summary>The configurations of the studies this process has worked for.</summary>
public sealed class StudyConfigurations(StudyStore store, Pipelines pipelines, DatasetCatalog datasets)
{
    private readonly ConcurrentDictionary<long, StudyConfiguration> _known = new();

    /// <summary>The configuration of a study; null when it was deleted.</summary>
    public StudyConfiguration? Find(long studyId)
    {
        if (_known.TryGetValue(studyId, out var known))
        {
            return known;
        }
        // On a worker's own thread, once per study and process.
        var study = store.FindAsync(studyId).GetAwaiter().GetResult();
        if (study is null)
        {
            return null;
        }
        var warmTrials = study.WarmStart is null ? [] : store.WarmTrialsAsync(studyId).GetAwaiter().GetResult();
        return _known.GetOrAdd(studyId, new StudyConfiguration(study, warmTrials, pipelines, datasets));
    }

    /// <summary>Lets go of a study.</summary>
    public void Forget(long studyId) => _known.TryRemove(studyId, out _);
}
