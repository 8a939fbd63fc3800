using System.ComponentModel.DataAnnotations;
using Workbench.Core.Configuration;
using Workbench.Core.Platform;

namespace Workbench.Core.Jobs;

/// <summary>How this process runs jobs.</summary>
public sealed class JobOptions
{
    /// <summary>How many trials run at the same time in this process.</summary>
    [Setting("Workbench:Workers", Option = "--workers"), Range(1, 1024)]
    public int Workers { get; set; } = Machine.Cores;

    /// <summary>A job whose worker gave no sign of life for this long is run by another. Signs of life come five times as often.</summary>
    [Setting("Workbench:Jobs:TakeOverAfter"), Range(typeof(TimeSpan), "00:00:05", "00:10:00")]
    public TimeSpan TakeOverAfter { get; set; } = TimeSpan.FromSeconds(25);
}
