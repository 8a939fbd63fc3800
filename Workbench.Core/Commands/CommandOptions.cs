using Workbench.Core.Configuration;

namespace Workbench.Core.Commands;

/// <summary>Whether commands of studies are run.</summary>
public sealed class CommandOptions
{
    /// <summary>Whether studies may run commands here: with the rights of this process, for everyone who may launch studies.</summary>
    [Setting("Workbench:Commands:Allow", Option = "--allow-commands")]
    public bool Allow { get; set; }
}
