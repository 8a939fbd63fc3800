using MudBlazor;
using Workbench.Components.Studies;
using Workbench.Core.Tracking;
using Scope = Workbench.Core.Access.Scope;

namespace Workbench.Components.Palette;

/// <summary>What can be done with a study, as commands.</summary>
public sealed class StudyCommands(StudyActions actions)
{
    /// <summary>The commands for one study; what its state forbids is there, too, with the reason.</summary>
    public IReadOnlyList<Command> For(string name, StudyState state) =>
    [
        new("Add trials…", Icons.Material.Outlined.Add) { Needs = Scope.Write, Run = () => actions.AddTrialsAsync(name) },
        state == StudyState.Stopped
            ? new("Resume", Icons.Material.Outlined.PlayArrow) { Needs = Scope.Write, Run = () => actions.ResumeAsync(name) }
            : new("Stop", Icons.Material.Outlined.Stop)
            {
                Needs = Scope.Write,
                Run = () => actions.StopAsync(name),
                Unavailable = state == StudyState.Running ? null : "It is not running",
            },
        new("Promote best trial", Icons.Material.Outlined.RocketLaunch) { Needs = Scope.Write, Run = () => actions.PromoteAsync(name) },
        new("Launch again with changes…", Icons.Material.Outlined.Replay) { Needs = Scope.Write, Run = () => LaunchAgain(name) },
        new("Compare with other studies", Icons.Material.Outlined.StackedLineChart) { Address = $"compare?studies={Uri.EscapeDataString(name)}" },
        new("Copy name", Icons.Material.Outlined.ContentCopy) { InBrowser = $"copy {name}", Apart = true },
        new("Delete study", Icons.Material.Outlined.Delete) { Needs = Scope.Write, Run = () => actions.DeleteAsync(name), Danger = true, Apart = true },
    ];

    /// <summary>The commands for the row of a study in a list: its page besides.</summary>
    public IReadOnlyList<Command> ForRow(string name, StudyState state) =>
    [
        new("Open", Icons.Material.Outlined.Insights) { Address = StudyActions.Address(name) },
        .. For(name, state).Select((command, i) => i == 0 ? command with { Apart = true } : command),
    ];

    private Task LaunchAgain(string name)
    {
        actions.LaunchAgain(name);
        return Task.CompletedTask;
    }
}
