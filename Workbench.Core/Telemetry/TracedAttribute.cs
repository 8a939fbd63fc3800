using System.Diagnostics;
using Hangfire.Client;
using Hangfire.Common;
using Hangfire.Server;

namespace Workbench.Core.Telemetry;

/// <summary>Makes a job a span of what it was queued for, in whichever process it runs: the context travels with the job, as W3C's
/// <c>traceparent</c>. A job that nothing traces has no such parameter.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class TracedAttribute : JobFilterAttribute, IClientFilter, IServerFilter
{
    private const string Parameter = "traceparent";

    public void OnCreating(CreatingContext context)
    {
        if (Spans.Origin() is { } origin)
        {
            context.SetJobParameter(Parameter, origin);
        }
    }

    public void OnCreated(CreatedContext context)
    {
        // The job is queued; nothing is open.
    }

    public void OnPerforming(PerformingContext context)
    {
        if (!Spans.Source.HasListeners())
        {
            return;
        }
        _ = ActivityContext.TryParse(context.GetJobParameter<string?>(Parameter, allowStale: true), null, isRemote: true, out var origin);
        context.Items[Parameter] = Spans.Source.StartActivity(Spans.Job, ActivityKind.Consumer, origin)
            ?.SetTag("workbench.job", context.BackgroundJob.Id)
            .SetTag("workbench.job.type", context.BackgroundJob.Job.Type.Name);
    }

    public void OnPerformed(PerformedContext context)
    {
        if (!context.Items.TryGetValue(Parameter, out var item) || item is not Activity span)
        {
            return;
        }
        if (context is { Exception: { } exception, Canceled: false })
        {
            Spans.Fail(span, exception);
        }
        span.Dispose();
    }
}
