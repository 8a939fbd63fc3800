using Workbench.Core.Search;
using Workbench.Core.Tracking;

namespace Workbench.Components.Studies;

/// <summary>How fast a study goes, and when it will be done at that.</summary>
/// <param name="PerMinute">Trials a minute: lately, while it runs; on the whole, once it has ended. Null before the second one.</param>
/// <param name="Done">When the last requested trial will have finished; null when that can't be told.</param>
public sealed record StudyPace(double? PerMinute, DateTimeOffset? Done)
{
    // What is long past says little of now: caches were cold then, and the sampler asked for other sizes.
    private const int Lately = 30;

    /// <summary>Estimates from how long the latest trials took and how many run side by side.</summary>
    public static StudyPace Of(Study study, IReadOnlyList<Run> trials, DateTimeOffset now)
    {
        var finished = trials.Where(t => t.FinishedAt is not null && t.State is TrialState.Complete or TrialState.Pruned or TrialState.Failed)
            .OrderBy(t => t.FinishedAt).TakeLast(Lately).ToList();
        if (finished.Count < 2)
        {
            return new StudyPace(null, null);
        }
        if (study.State != StudyState.Running)
        {
            var whole = (study.EndedAt ?? now) - trials.Min(t => t.StartedAt);
            return new StudyPace(whole > TimeSpan.Zero ? study.TrialsFinished / whole.TotalMinutes : null, null);
        }
        var span = finished[^1].FinishedAt!.Value - finished.Min(t => t.StartedAt);
        // The median: a trial that waited for a cache, or lay about while a process was dead, says nothing of the next one.
        var length = finished.Select(t => t.FinishedAt!.Value - t.StartedAt).Order().ElementAt(finished.Count / 2);
        var running = trials.Where(t => t.State == TrialState.Running).ToList();
        // A running trial is done in part; one that takes longer than usual counts as nearly done.
        var left = study.TrialsRequested - study.TrialsFinished
            - running.Sum(t => length > TimeSpan.Zero ? Math.Clamp((now - t.StartedAt) / length, 0, 0.95) : 0);
        return new StudyPace(
            span > TimeSpan.Zero ? finished.Count / span.TotalMinutes : null,
            running.Count == 0 ? null : now + length * Math.Max(left, 0) / Math.Min(study.Jobs, Math.Max(running.Count, 1)));
    }
}
