using System.Globalization;
using Workbench.Core.Search;
using Workbench.Core.Tracking;

namespace Workbench.Components.Launch;

/// <summary>How long a study will take, and how anyone can know.</summary>
/// <param name="Total">From launch to the end of the last trial.</param>
/// <param name="How">What it was reckoned from, in words.</param>
internal sealed record DurationEstimate(TimeSpan Total, string How)
{
    /// <summary>How many earlier trials are worth looking at: more would say no more of how long a trial takes.</summary>
    public const int Looked = 60;

    /// <summary>How many earlier trials it takes to tell.</summary>
    public const int Enough = 3;

    private const string Epochs = "epochs";

    /// <summary>Estimates from trials of the same pipeline on the same data; null when there are too few of them to tell.</summary>
    /// <param name="known">Earlier trials, the latest first.</param>
    /// <param name="space">What is to be searched: longer trials take longer.</param>
    /// <param name="trials">How many are to run.</param>
    /// <param name="jobs">How many of them at the same time.</param>
    /// <param name="workers">How many trials all servers together can run at the same time; null or 0 when that is not known.</param>
    /// <param name="limit">After how many seconds the study ends whatever is left; null for never.</param>
    public static DurationEstimate? Of(IReadOnlyList<TrialTime> known, SearchSpace space, int trials, int jobs, int? workers, double? limit = null)
    {
        // Trials side by side share out the processor, so those that had as much company tell most.
        var alike = known.Where(t => t.Jobs == jobs).ToList();
        var from = alike.Count >= Enough ? alike : known;
        if (from.Count < Enough)
        {
            return null;
        }
        workers = workers > 0 ? workers : null;
        var (trial, counted) = Length(from, space);
        var places = Math.Max(1, Math.Min(Math.Min(jobs, trials), workers ?? jobs));
        // The last trials to run don't fill all places.
        var total = trial * Math.Ceiling((double)trials / places);
        var side = places == 1 ? "one at a time" : $"{places} at a time{(workers < jobs ? ", which is what the workers can do" : "")}";
        if (limit < total.TotalSeconds)
        {
            return new DurationEstimate(
                TimeSpan.FromSeconds(limit.Value), $"The time limit, enough for some {Math.Floor(limit.Value / trial.TotalSeconds) * places:0} of {trials} trials: {counted} {Origin(from)}.");
        }
        return new DurationEstimate(total, $"{trials} {(trials == 1 ? "trial" : "trials")} of {Format.Duration(trial)}, {side}: {counted} {Origin(from)}.");
    }

    /// <summary>An estimate's length in words that claim no more than is known.</summary>
    public static string Rough(TimeSpan time) => time switch
    {
        { TotalSeconds: < 10 } => "a few seconds",
        { TotalSeconds: < 55 } => $"about {Math.Round(time.TotalSeconds / 5) * 5} s",
        { TotalMinutes: < 10 } => $"about {Math.Max(1, Math.Round(time.TotalMinutes))} min",
        { TotalMinutes: < 57.5 } => $"about {Math.Round(time.TotalMinutes / 5) * 5} min",
        { TotalHours: < 9.75 } => string.Create(CultureInfo.InvariantCulture, $"about {Math.Round(time.TotalHours * 2) / 2:0.#} h"),
        { TotalHours: < 48 } => $"about {Math.Round(time.TotalHours)} h",
        _ => $"about {Math.Round(time.TotalDays)} days",
    };

    // The median: a trial that waited for a cache, or lay about while a process was dead, says nothing of the next one.
    private static (TimeSpan Trial, string Counted) Length(IReadOnlyList<TrialTime> from, SearchSpace space)
    {
        var epochs = space.Find(Epochs) is { } parameter ? Mean(parameter) : null;
        return epochs is { } mean && from.All(t => t.Params.TryGetValue(Epochs, out var e) && e.IsNumber && e.AsDouble() > 0)
            ? (Median(from.Select(t => (t.FinishedAt - t.StartedAt) / t.Params[Epochs].AsDouble())) * mean, "reckoned by epoch from")
            : (Median(from.Select(t => t.FinishedAt - t.StartedAt)), "reckoned from");
    }

    private static TimeSpan Median(IEnumerable<TimeSpan> times)
    {
        var sorted = times.Order().ToList();
        return (sorted[(sorted.Count - 1) / 2] + sorted[sorted.Count / 2]) / 2;
    }

    private static double? Mean(Parameter parameter) => parameter switch
    {
        IntParameter { Log: true } p when p.High > p.Low => (p.High - p.Low) / Math.Log((double)p.High / p.Low),
        IntParameter p => (p.Low + p.High) / 2.0,
        FixedParameter { Value: { IsNumber: true } value } => value.AsDouble(),
        CategoricalParameter p when p.Choices.All(c => c.IsNumber) => p.Choices.Average(c => c.AsDouble()),
        _ => null,
    };

    private static string Origin(IReadOnlyList<TrialTime> from)
    {
        var studies = from.Select(t => t.Study).Distinct().ToList();
        return $"the last {from.Count} {(studies.Count == 1 ? $"trials of {studies[0]}" : $"trials of {studies.Count} studies")} here";
    }
}
