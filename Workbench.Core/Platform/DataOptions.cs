using Workbench.Core.Configuration;

namespace Workbench.Core.Platform;

/// <summary>Where this machine's part of the data lies.</summary>
public sealed class DataOptions
{
    /// <summary>The data folder, relative to the current one; null for <see cref="DataDirectory.DefaultPath"/>.</summary>
    [Setting("Workbench:Data", Option = "--data")]
    public string? Folder { get; set; }
}
