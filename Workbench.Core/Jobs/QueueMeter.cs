using System.Diagnostics.Metrics;
using Hangfire;
using Workbench.Core.Registry;
using Workbench.Core.Studies;
using Workbench.Core.Telemetry;
using Workbench.Core.Tracking;

namespace Workbench.Core.Jobs;

/// <summary>How many jobs wait, over all processes. Asks the database when the figure is collected, and only then.</summary>
public sealed class QueueMeter
{
    private static readonly string[] Queues = [TrialQueue.Name, TrialQueue.Commands, ModelRegistry.Queue];

    private readonly JobStorage _storage;

    /// <summary>Makes the instrument.</summary>
    public QueueMeter(JobStorage storage, IMeterFactory meters)
    {
        _storage = storage;
        meters.Create(Instruments.MeterName).CreateObservableGauge("workbench.queue.length", Measure, "{job}", "Jobs that wait for a worker, by queue.");
    }

    private IEnumerable<Measurement<long>> Measure()
    {
        try
        {
            var monitor = _storage.GetMonitoringApi();
            return [.. Queues.Select(queue => new Measurement<long>(monitor.EnqueuedCount(queue), new KeyValuePair<string, object?>("workbench.queue", queue)))];
        }
        catch (Exception exception) when (DatabaseOutage.Caused(exception))
        {
            // The figure is missing for as long as the database is.
            return [];
        }
    }
}
