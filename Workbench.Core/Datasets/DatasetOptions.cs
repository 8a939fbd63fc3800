using System.ComponentModel.DataAnnotations;
using Workbench.Core.Configuration;

namespace Workbench.Core.Datasets;

/// <summary>How large datasets may be.</summary>
public sealed class DatasetOptions
{
    /// <summary>The largest upload, in MiB. What it unpacks to may be four times as much.</summary>
    [Setting("Workbench:Datasets:MostUpload"), Range(1, 1 << 20)]
    public int MostUpload { get; set; } = 5 << 10;
}
