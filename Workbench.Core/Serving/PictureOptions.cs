using System.ComponentModel.DataAnnotations;
using Workbench.Core.Configuration;

namespace Workbench.Core.Serving;

/// <summary>What pictures may take while they are decoded.</summary>
public sealed class PictureOptions
{
    /// <summary>Memory for all pictures that are decoded at the same time, in MiB. A picture that takes more by itself is refused.</summary>
    [Setting("Workbench:Pictures:Memory"), Range(16, 1 << 20)]
    public int Memory { get; set; } = 256;

    /// <summary>How long a picture waits for memory.</summary>
    [Setting("Workbench:Pictures:Wait"), Range(typeof(TimeSpan), "00:00:00", "00:10:00")]
    public TimeSpan Wait { get; set; } = TimeSpan.FromSeconds(1);
}
