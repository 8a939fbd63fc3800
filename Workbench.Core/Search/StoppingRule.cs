using System.Text.Json.Serialization;

namespace Workbench.Core.Search;

/// <summary>How far a search has come when one of its trials has finished.</summary>
/// <param name="Finished">How many trials have finished: complete, pruned or failed.</param>
/// <param name="Requested">How many were to finish.</param>
/// <param name="Best">The best value so far; null before the first.</param>
/// <param name="BestBefore">The best value before that trial; null when there was none.</param>
/// <param name="SinceBest">How many trials have finished since the one that brought the best value, or since the study was last set running.</param>
/// <param name="Elapsed">How long the study has been running since it was last set running.</param>
public readonly record struct SearchProgress(int Finished, int Requested, double? Best, double? BestBefore, int SinceBest, TimeSpan Elapsed);

/// <summary>
/// When a search has done enough, although trials are left; whichever condition holds first. Conditions left out never hold.
/// </summary>
public sealed record StoppingRule
{
    /// <summary>After this many seconds of wall-clock time. Above 0.</summary>
    [JsonPropertyName("seconds"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public double? Seconds { get; init; }

    /// <summary>After this many finished trials in a row without a better value than before. At least 1.</summary>
    [JsonPropertyName("patience"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public int? Patience { get; init; }

    /// <summary>Once a complete trial has reached this value; trials that are added after that are wanted beyond the target.</summary>
    [JsonPropertyName("target"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public double? Target { get; init; }

    /// <summary>Whether it has no condition at all.</summary>
    [JsonIgnore]
    public bool IsEmpty => this is { Seconds: null, Patience: null, Target: null };

    /// <summary>Checks the conditions' ranges.</summary>
    /// <exception cref="SearchException">One is out of its range; its parameter is the condition's name.</exception>
    public void Validate()
    {
        Option.Require(Seconds is null or (> 0 and < double.PositiveInfinity), "seconds", Seconds, "above 0");
        Option.Require(Patience is null or >= 1, "patience", Patience, "at least 1");
        Option.Require(Target is null || double.IsFinite(Target.Value), "target", Target, "a number");
    }

    /// <summary>Why the search should stop, in a sentence for a person; null while it should go on.</summary>
    /// <param name="progress">How far it has come; the caller has the clock.</param>
    /// <param name="direction">Which values are better.</param>
    public string? Reached(SearchProgress progress, Direction direction)
    {
        var reason = this switch
        {
            { Target: { } target } when Meets(progress.Best, target, direction) && !Meets(progress.BestBefore, target, direction) =>
                FormattableString.Invariant($"The target {target} was reached with {progress.Best}"),
            // Before the first value there is nothing that could fail to improve.
            { Patience: { } patience } when progress.Best is not null && progress.SinceBest >= patience =>
                FormattableString.Invariant($"{progress.SinceBest} trials in a row brought no improvement on {progress.Best}"),
            { Seconds: { } seconds } when progress.Elapsed.TotalSeconds >= seconds => FormattableString.Invariant($"The time of {seconds} s was up"),
            _ => null,
        };
        return reason is null ? null : FormattableString.Invariant($"{reason}, after {progress.Finished} of {progress.Requested} trials.");
    }

    private static bool Meets(double? value, double target, Direction direction) =>
        direction == Direction.Minimize ? value <= target : value >= target;
}
