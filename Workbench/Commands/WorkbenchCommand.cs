using System.CommandLine;

namespace Workbench.Commands;

/// <summary>The command line: the verbs, with <c>serve</c> for none.</summary>
internal sealed class WorkbenchCommand : RootCommand
{
    public WorkbenchCommand()
        : base("Workbench: search hyperparameters, watch the trials, promote the best and serve it.")
    {
        Subcommands.Add(new ServeCommand());
    }
}
