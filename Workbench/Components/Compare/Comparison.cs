using Workbench.Core.Search;
using Workbench.Core.Tracking;

namespace Workbench.Components.Compare;

/// <summary>A study beside others.</summary>
/// <param name="Summary">The study, its counts, its best trial.</param>
/// <param name="Trials">Its trials, by number.</param>
public sealed record ComparedStudy(StudySummary Summary, IReadOnlyList<Run> Trials)
{
    /// <summary>The study.</summary>
    public Study Study => Summary.Study;

    /// <summary>The trials that have a value to compare, by number.</summary>
    public IEnumerable<Run> Complete => Trials.Where(t => t is { State: TrialState.Complete, Value: { } value, FinishedAt: not null } && double.IsFinite(value));
}

/// <summary>Several studies and their trials. After a change only what has changed is read again.</summary>
public sealed class Comparison
{
    private readonly StudyQueries _queries;
    private readonly Dictionary<long, SortedDictionary<int, Run>> _trials = [];
    private List<StudySummary> _summaries = [];
    private Task _read = Task.CompletedTask;

    /// <summary>Knows nothing of the studies until they are read.</summary>
    public Comparison(StudyQueries queries, IReadOnlyList<string> names) => (_queries, Names) = (queries, names);

    /// <summary>The names asked for, in that order.</summary>
    public IReadOnlyList<string> Names { get; }

    /// <summary>Those that exist.</summary>
    public IReadOnlyList<ComparedStudy> Studies { get; private set; } = [];

    /// <summary>The names that no study has.</summary>
    public IEnumerable<string> Missing => Names.Except(Studies.Select(s => s.Study.Name));

    /// <summary>Reads the studies. Listen to changes before: what changes meanwhile is applied when all is read.</summary>
    public Task ReadAsync(CancellationToken cancellationToken) => _read = ReadAllAsync(cancellationToken);

    /// <summary>Whether a change concerns one of the studies, or may do so while they are being read.</summary>
    public bool Concerns(Change change) => change.Kind is ChangeKind.Study or ChangeKind.Run
        && (!_read.IsCompleted || _summaries.Any(summary => summary.Study.Id == change.StudyId));

    /// <summary>Reads again what has changed.</summary>
    public async Task ApplyAsync(IReadOnlyCollection<Change> changes, CancellationToken cancellationToken)
    {
        await _read;
        if (changes.Any(change => change.Kind == ChangeKind.Everything))
        {
            await ReadAllAsync(cancellationToken);
            return;
        }
        var changed = changes.ToLookup(change => change.StudyId, change => change.RunId);
        var read = (await _queries.ListAsync([.. changed.Select(study => study.Key)], cancellationToken)).ToDictionary(summary => summary.Study.Id);
        _summaries = [.. _summaries.Select(s => changed.Contains(s.Study.Id) ? read.GetValueOrDefault(s.Study.Id) : s).OfType<StudySummary>()];
        foreach (var summary in _summaries.Where(summary => changed[summary.Study.Id].Any(run => run != 0)))
        {
            var runs = changed[summary.Study.Id].Where(run => run != 0).Distinct().ToList();
            foreach (var trial in await _queries.TrialsAsync(summary.Study.Id, runs, cancellationToken))
            {
                _trials[summary.Study.Id][trial.Number!.Value] = trial;
            }
        }
        Arrange();
    }

    private async Task ReadAllAsync(CancellationToken cancellationToken)
    {
        var all = (await _queries.ListAsync(cancellationToken)).ToDictionary(summary => summary.Study.Name);
        _summaries = [.. Names.Select(name => all.GetValueOrDefault(name)).OfType<StudySummary>()];
        foreach (var summary in _summaries)
        {
            _trials[summary.Study.Id] = new((await _queries.TrialsAsync(summary.Study.Id, null, cancellationToken)).ToDictionary(t => t.Number!.Value));
        }
        Arrange();
    }

    private void Arrange() => Studies = [.. _summaries.Select(summary => new ComparedStudy(summary, [.. _trials[summary.Study.Id].Values]))];
}
