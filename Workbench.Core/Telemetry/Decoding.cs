using System.Diagnostics;

namespace Workbench.Core.Telemetry;

/// <summary>The span and the time of decoding and preparing one picture.</summary>
internal readonly struct Decoding : IDisposable
{
    private readonly Activity? _span;
    private readonly long _started;

    private Decoding(Activity? span, long started) => (_span, _started) = (span, started);

    public static Decoding Start() => new(Spans.Source.StartActivity("decode"), Stopwatch.GetTimestamp());

    public void Dispose()
    {
        Instruments.DecodeDuration.Record(Stopwatch.GetElapsedTime(_started).TotalSeconds);
        _span?.Dispose();
    }
}
