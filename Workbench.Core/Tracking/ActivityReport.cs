using System.Diagnostics;
using System.Globalization;

namespace Workbench.Core.Tracking;

/// <summary>Writes how far the extraction of features is into the run that waits for it, at most twice a second.</summary>
internal sealed class ActivityReport(RunStore runs, Lease lease) : IProgress<double>
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(500);

    private long _last;

    public void Report(double value)
    {
        var now = Stopwatch.GetTimestamp();
        if (_last != 0 && Stopwatch.GetElapsedTime(_last, now) < Interval)
        {
            return;
        }
        _last = now;
        try
        {
            runs.SetActivity(lease, string.Create(CultureInfo.InvariantCulture, $"extracting features {value:P0}"));
        }
        catch (Exception exception) when (DatabaseOutage.Caused(exception))
        {
            // It goes on without being told of: begun again for each outage, it might never come to its end.
        }
    }
}
