using System.Diagnostics;

namespace Workbench.Core.Telemetry;

/// <summary>The spans of the workbench: from a launch over its jobs and trials to their epochs, and from a request to its prediction. Where
/// nothing listens, starting one costs a comparison.</summary>
public static class Spans
{
    /// <summary>The name of the source, by which a listener asks for them.</summary>
    public const string SourceName = "Workbench";

    internal const string Job = "job";

    internal static ActivitySource Source { get; } = new(SourceName);

    /// <summary>What a job that is queued now belongs to, as a <c>traceparent</c>; null when that is not traced. A job that queues its
    /// successor hands on what it belongs to itself: the trials of a study are side by side, however they are queued.</summary>
    internal static string? Origin()
    {
        if (!Source.HasListeners())
        {
            return null;
        }
        for (var activity = Activity.Current; activity is not null; activity = activity.Parent)
        {
            if (activity.Source == Source && activity.OperationName == Job)
            {
                return activity.ParentId;
            }
        }
        return Activity.Current is { Recorded: true } current ? current.Id : null;
    }

    /// <summary>Marks a span as failed.</summary>
    internal static void Fail(Activity? span, Exception exception) =>
        span?.SetStatus(ActivityStatusCode.Error, exception.Message).AddException(exception);
}
