using Workbench.Components.Parts;
using Workbench.Core.Datasets;
using Workbench.Core.Registry;
using Workbench.Core.Tracking;

namespace Workbench.Components.Layout;

/// <summary>
/// The names of all studies, experiments, models and datasets, kept current from the change feed once for all circuits: what the palette searches, and what
/// menus, tabs and notifications need to know. Nothing is read while no circuit watches.
/// </summary>
internal sealed partial class Catalog : IDisposable
{
    private readonly StudyQueries _queries;
    private readonly ModelRegistry _registry;
    private readonly DatasetCatalog _datasets;
    private readonly ExperimentOverview _overview;
    private readonly ILogger<Catalog> _logger;
    private readonly IDisposable _changes;
    private readonly SemaphoreSlim _reading = new(1);
    // The highest id of a study that was ever read.
    private long _latest;

    public Catalog(ChangeFeed feed, StudyQueries queries, ModelRegistry registry, DatasetCatalog datasets, ExperimentOverview overview, ILogger<Catalog> logger)
    {
        (_queries, _registry, _datasets, _overview, _logger) = (queries, registry, datasets, overview, logger);
        _changes = feed.Subscribe(
            change => change.Kind is not (ChangeKind.Progress or ChangeKind.Output or ChangeKind.Job or ChangeKind.Token or ChangeKind.Mirror),
            changes => Watchers is null ? Task.CompletedTask : ReadAsync(changes),
            LiveComponent.Interval);
    }

    /// <summary>Raised, on any thread, for a study that has run all of its trials.</summary>
    public event Action<StudyLine>? Completed;

    // An event, for circuits come and go at the same time.
    private event Action? Watchers;

    /// <summary>All studies, the latest first.</summary>
    public IReadOnlyList<StudyLine> Studies { get; private set; } = [];

    /// <summary>All models, the latest first.</summary>
    public IReadOnlyList<RegisteredModel> Models { get; private set; } = [];

    /// <summary>The newest version of every dataset, by name.</summary>
    public IReadOnlyList<DatasetSummary> Datasets { get; private set; } = [];

    /// <summary>The experiments that are no studies, those where something happened last first when they were read; their runs are of that time.</summary>
    public IReadOnlyList<ExperimentLine> Experiments { get; private set; } = [];

    /// <summary>The study whose page has this address, relative to the workbench's own; null when it is no study's.</summary>
    public StudyLine? StudyAt(string address) =>
        address.Split('?', '#')[0].Split('/') is ["studies", var name] ? Studies.FirstOrDefault(s => s.Name == Uri.UnescapeDataString(name)) : null;

    /// <summary>Calls <paramref name="changed"/>, on any thread, after each change, and for the first time once everything is read.</summary>
    /// <returns>Ends the watch.</returns>
    public async Task<IDisposable> WatchAsync(Action changed)
    {
        var first = Watchers is null;
        Watchers += changed;
        if (first)
        {
            await ReadAsync([new Change(ChangeKind.Everything)]);
        }
        else
        {
            // Another circuit may be reading at this moment.
            await _reading.WaitAsync();
            _reading.Release();
            changed();
        }
        return new Watch(() => Watchers -= changed);
    }

    public void Dispose()
    {
        _changes.Dispose();
        _reading.Dispose();
    }

    private async Task ReadAsync(IReadOnlyCollection<Change> changes)
    {
        await _reading.WaitAsync();
        var everything = changes.Any(c => c.Kind == ChangeKind.Everything);
        var models = everything || changes.Any(c => c.Kind == ChangeKind.Model);
        var datasets = everything || changes.Any(c => c.Kind == ChangeKind.Dataset);
        var changed = models || datasets;
        try
        {
            var ids = changes.Select(c => c.StudyId).Where(id => id != 0).ToHashSet();
            var read = everything ? await _queries.LinesAsync() : ids.Count > 0 ? await _queries.LinesAsync(ids) : [];
            if (everything || changes.Any(c => c.Kind == ChangeKind.Study))
            {
                var names = Experiments.Select(experiment => (experiment.Id, experiment.Name)).ToList();
                Experiments = await _overview.ListAsync();
                changed |= !names.SequenceEqual(Experiments.Select(experiment => (experiment.Id, experiment.Name)));
            }
            if (models)
            {
                Models = await _registry.ListAsync();
            }
            if (datasets)
            {
                Datasets = await _datasets.ListAsync();
            }
            var (known, before) = (Studies, Studies.ToDictionary(s => s.Id));
            Studies = everything ? read : [.. Studies.Where(s => !ids.Contains(s.Id)).Concat(read).OrderByDescending(s => s.Id)];
            // A short study begins and ends between two reads; one that was restored is older than others that are known.
            var ended = read.Where(s => s.State == StudyState.Completed
                && (before.TryGetValue(s.Id, out var earlier) ? earlier.EndedAt != s.EndedAt : !everything && s.Id > _latest)).ToList();
            _latest = Math.Max(_latest, Studies.Select(s => s.Id).FirstOrDefault());
            ended.ForEach(study => Completed?.Invoke(study));
            // Most changes are of trials, which are not told of here.
            changed |= !Studies.SequenceEqual(known);
        }
        catch (Exception exception)
        {
            // The database is away for a moment: the feed tells when it is back.
            LogUnread(exception);
        }
        finally
        {
            _reading.Release();
        }
        if (changed)
        {
            Watchers?.Invoke();
        }
    }

    [LoggerMessage(LogLevel.Debug, "The names of studies, models and datasets could not be read.")]
    private partial void LogUnread(Exception exception);

    private sealed class Watch(Action end) : IDisposable
    {
        public void Dispose() => end();
    }
}
