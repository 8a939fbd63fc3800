using System.Diagnostics.Metrics;

namespace Workbench.Core.Telemetry;

/// <summary>What the workbench counts and measures. Where nothing listens, recording costs a comparison.</summary>
public static class Instruments
{
    /// <summary>The name of the meter, by which a listener asks for them.</summary>
    public const string MeterName = "Workbench";

    /// <summary>The attribute that tells how a trial or build ended.</summary>
    internal const string State = "workbench.state";

    private static readonly Meter Meter = new(MeterName);

    // From a tenth of a millisecond to ten seconds; the conventions' own start at five milliseconds.
    private static readonly InstrumentAdvice<double> Short = new()
    {
        HistogramBucketBoundaries = [0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
    };

    private static readonly InstrumentAdvice<double> Long = new()
    {
        HistogramBucketBoundaries = [0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 1800],
    };

    private static Counter<long> Trials { get; } = Meter.CreateCounter<long>("workbench.trials", "{trial}", "Trials that ended, by state.");

    internal static Counter<long> Builds { get; } = Meter.CreateCounter<long>("workbench.builds", "{build}", "Production builds that ended, by state.");

    internal static Counter<long> TakeOvers { get; } =
        Meter.CreateCounter<long>("workbench.takeovers", "{run}", "Trials and builds begun again because their process died or lost the database.");

    internal static Counter<long> MirrorRequests { get; } = Meter.CreateCounter<long>(
        "workbench.mirror.requests", "{request}", "Requests to the tracking server that studies are mirrored to, by outcome: done, refused, away.");

    internal static Histogram<double> TrialDuration { get; } =
        Meter.CreateHistogram("workbench.trial.duration", "s", "From a trial's claim to its end.", tags: null, Long);

    internal static Histogram<double> EpochDuration { get; } =
        Meter.CreateHistogram("workbench.epoch.duration", "s", "Training and validation of one epoch.", tags: null, Long);

    internal static Counter<long> Predictions { get; } =
        Meter.CreateCounter<long>("workbench.predictions", "{prediction}", "Predictions that were answered, by model and version.");

    internal static Histogram<double> PredictionDuration { get; } =
        Meter.CreateHistogram("workbench.prediction.duration", "s", "From a prepared image to its prediction.", tags: null, Short);

    internal static Histogram<double> QueueDuration { get; } =
        Meter.CreateHistogram("workbench.prediction.queue.duration", "s", "How long an image waited for its batch.", tags: null, Short);

    internal static Histogram<double> DecodeDuration { get; } =
        Meter.CreateHistogram("workbench.prediction.decode.duration", "s", "Decoding and preparing one picture.", tags: null, Short);

    internal static Histogram<int> BatchSize { get; } = Meter.CreateHistogram<int>(
        "workbench.prediction.batch.size", "{image}", "Images that were predicted together.", tags: null,
        new InstrumentAdvice<int> { HistogramBucketBoundaries = [1, 2, 3, 4, 5, 6, 7, 8] });

    /// <summary>Counts a trial that ended.</summary>
    /// <param name="state">How, in lower case.</param>
    internal static void CountTrial(string state) => Trials.Add(1, new KeyValuePair<string, object?>(State, state));
}
