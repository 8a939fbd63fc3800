using System.Collections.Concurrent;
using System.Diagnostics;
using Workbench.Core.Telemetry;

namespace Workbench.Tests.Telemetry;

/// <summary>Collects the spans of one trace: other tests make theirs at the same time.</summary>
internal sealed class SpanCollector : IDisposable
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(1);

    private readonly ActivityListener _listener;
    private readonly ConcurrentQueue<Activity> _ended = new();
    private readonly SemaphoreSlim _changed = new(0);

    public SpanCollector()
    {
        Root = new Activity("test") { ActivityTraceFlags = ActivityTraceFlags.Recorded }.Start();
        _listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name == Spans.SourceName,
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded,
            ActivityStopped = span =>
            {
                if (span.TraceId == Root.TraceId)
                {
                    _ended.Enqueue(span);
                    _changed.Release();
                }
            },
        };
        ActivitySource.AddActivityListener(_listener);
    }

    /// <summary>What the test does is part of; belongs to no source.</summary>
    public Activity Root { get; }

    /// <summary>The spans that have ended, once there are so many of a name.</summary>
    public async Task<ILookup<string, Activity>> UntilAsync(string name, int count)
    {
        while (_ended.Count(span => span.OperationName == name) < count)
        {
            Assert.True(await _changed.WaitAsync(Limit), $"There are {_ended.Count} spans: {string.Join(", ", _ended.Select(span => span.OperationName))}.");
        }
        return _ended.ToLookup(span => span.OperationName);
    }

    public void Dispose()
    {
        _listener.Dispose();
        Root.Dispose();
        _changed.Dispose();
    }
}
