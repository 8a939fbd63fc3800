using System.Diagnostics;
using System.Globalization;

namespace Workbench.Core.Tracking;

/// <summary>Writes how far a preparation is into the run that waits for it, at most twice a second. May be told by several threads.</summary>
internal sealed class ActivityReport(RunStore runs, Lease lease) : IProgress<(string Doing, double Share)>
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan Known = TimeSpan.FromSeconds(2);

    private readonly Lock _gate = new();
    private (string? Doing, double Share, long At) _first;
    private long _last;

    public void Report((string Doing, double Share) value)
    {
        // What one thread is writing of, another need not.
        if (!_gate.TryEnter())
        {
            return;
        }
        try
        {
            var now = Stopwatch.GetTimestamp();
            if (_first.Doing != value.Doing)
            {
                _first = (value.Doing, value.Share, now);
            }
            else if (Stopwatch.GetElapsedTime(_last, now) < Interval)
            {
                return;
            }
            _last = now;
            runs.SetActivity(lease, Say(value.Doing, value.Share, value.Share - _first.Share, Stopwatch.GetElapsedTime(_first.At, now)));
        }
        catch (Exception exception) when (DatabaseOutage.Caused(exception))
        {
            // It goes on without being told of: begun again for each outage, it might never come to its end.
        }
        finally
        {
            _gate.Exit();
        }
    }

    /// <summary>How far it is, and how long the rest takes once that can be told.</summary>
    /// <param name="doing">What is done, such as "computing features".</param>
    /// <param name="share">The share done, 0…1.</param>
    /// <param name="gained">The share done since it began to be watched: what was found ready before says nothing of the pace.</param>
    /// <param name="elapsed">For how long it is watched.</param>
    internal static string Say(string doing, double share, double gained, TimeSpan elapsed)
    {
        var said = string.Create(CultureInfo.InvariantCulture, $"{doing} {share:P0}");
        if (elapsed < Known || gained <= 0)
        {
            return said;
        }
        var left = elapsed * ((1 - share) / gained);
        return left.TotalSeconds < 90
            ? string.Create(CultureInfo.InvariantCulture, $"{said}, {Math.Ceiling(left.TotalSeconds):0} s left")
            : string.Create(CultureInfo.InvariantCulture, $"{said}, {left.TotalMinutes:0} min left");
    }
}
