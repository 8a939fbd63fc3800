namespace Workbench.Core.Tracking;

/// <summary>One value of one metric of a run. A trial has one at a step; a tracked run may have several.</summary>
public sealed class Metric : MetricValue
{
}

/// <summary>The last value of one metric of a run: that of the largest step, of these the latest, of these the largest. Searches and lists
/// read it instead of whole histories; whatever writes a <see cref="Metric"/> keeps it, in the same statement.</summary>
public sealed class LatestMetric : MetricValue
{
}

/// <summary>What a value of a metric consists of.</summary>
public abstract class MetricValue
{
    /// <summary>The run.</summary>
    public long RunId { get; init; }

    /// <summary>The metric's name, such as <c>loss</c> or <c>val_accuracy</c>.</summary>
    public required string Key { get; init; }

    /// <summary>The step: of a trial the epoch, from 1 on; of a tracked run what the client counts.</summary>
    public long Step { get; init; }

    /// <summary>When it was measured, in milliseconds since 1970; a client may say anything.</summary>
    public long Timestamp { get; init; }

    /// <summary>The value; it may be NaN or infinite.</summary>
    public double Value { get; init; }

    /// <summary>A time stamp as a moment, as far as .NET's calendar reaches.</summary>
    public static DateTimeOffset At(long timestamp) => DateTimeOffset.FromUnixTimeMilliseconds(
        Math.Clamp(timestamp, DateTimeOffset.MinValue.ToUnixTimeMilliseconds(), DateTimeOffset.MaxValue.ToUnixTimeMilliseconds()));
}
