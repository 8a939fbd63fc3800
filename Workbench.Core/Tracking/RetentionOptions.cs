using System.ComponentModel.DataAnnotations;
using Workbench.Core.Configuration;

namespace Workbench.Core.Tracking;

/// <summary>How long what was removed is kept.</summary>
public sealed class RetentionOptions
{
    /// <summary>How long a deleted study can be restored. All processes on a database should agree.</summary>
    [Setting("Workbench:Studies:RestoreFor"), Range(typeof(TimeSpan), "00:01:00", "365.00:00:00")]
    public TimeSpan RestoreFor { get; set; } = TimeSpan.FromHours(1);
}
