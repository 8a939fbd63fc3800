using System.ComponentModel.DataAnnotations;
using Workbench.Core.Configuration;

namespace Workbench.Api;

/// <summary>When <c>/health/ready</c> says no.</summary>
internal sealed class HealthOptions
{
    /// <summary>How long each of the parts may take to answer.</summary>
    [Setting("Workbench:Health:Limit"), Range(typeof(TimeSpan), "00:00:01", "00:05:00")]
    public TimeSpan Limit { get; set; } = TimeSpan.FromSeconds(5);
}
