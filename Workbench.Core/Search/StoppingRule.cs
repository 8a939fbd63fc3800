using System.Text.Json.Serialization;

namespace Workbench.Core.Search;

/// <summary>When a study has done enough; whichever condition holds first. Conditions left out never hold.</summary>
public sealed record StoppingRule
{
    /// <summary>After this many finished trials. At least 1.</summary>
    [JsonPropertyName("trials")]
    public int? Trials { get; init; }

    /// <summary>After this many seconds of wall-clock time. Above 0.</summary>
    [JsonPropertyName("seconds")]
    public double? Seconds { get; init; }

    /// <summary>After this many finished trials in a row without a better value than before. At least 1.</summary>
    [JsonPropertyName("patience")]
    public int? Patience { get; init; }

    /// <summary>Once a complete trial has reached this value.</summary>
    [JsonPropertyName("target")]
    public double? Target { get; init; }

    /// <summary>Checks the conditions' ranges.</summary>
    /// <exception cref="SearchException">One is out of its range.</exception>
    public void Validate()
    {
        Option.Require(Trials is null or >= 1, "trials", Trials, "at least 1");
        Option.Require(Seconds is null or > 0, "seconds", Seconds, "above 0");
        Option.Require(Patience is null or >= 1, "patience", Patience, "at least 1");
        Option.Require(Target is not double.NaN, "target", Target, "a number");
    }

    /// <summary>Why the study should stop, for a person to read; null while it should go on.</summary>
    /// <param name="trials">The study's trials, the finished ones in the order of finishing. Stopped ones do not count.</param>
    /// <param name="direction">Which values are better.</param>
    /// <param name="elapsed">How long the study has run; the caller has the clock.</param>
    public string? Reached(IReadOnlyList<Trial> trials, Direction direction, TimeSpan elapsed)
    {
        int finished = 0, sinceBest = 0;
        double? best = null;
        for (var i = 0; i < trials.Count; i++)
        {
            if (trials[i].State is TrialState.Running or TrialState.Stopped)
                continue;
            finished++;
            sinceBest++;
            if (trials[i] is { State: TrialState.Complete, Value: { } value } && !double.IsNaN(value)
                && (best is null || IsBetter(value, best.Value, direction)))
                (best, sinceBest) = (value, 0);
        }
        if (best is { } reached && Target is { } target && !IsBetter(target, reached, direction))
            return FormattableString.Invariant($"The target {target} was reached with {reached}.");
        if (finished >= Trials)
            return FormattableString.Invariant($"{finished} trials have finished.");
        // Before the first value there is nothing that could fail to improve.
        if (best is not null && sinceBest >= Patience)
            return FormattableString.Invariant($"{sinceBest} trials in a row brought no improvement.");
        return elapsed.TotalSeconds >= Seconds ? FormattableString.Invariant($"The time of {Seconds} s is up.") : null;
    }

    private static bool IsBetter(double value, double than, Direction direction) =>
        direction == Direction.Minimize ? value < than : value > than;
}
