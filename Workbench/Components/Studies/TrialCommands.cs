using MudBlazor;
using Workbench.Components.Palette;
using Workbench.Components.Runs;
using Workbench.Core.Registry;
using Workbench.Core.Tracking;
using Scope = Workbench.Core.Access.Scope;

namespace Workbench.Components.Studies;

/// <summary>What can be done with a trial, as commands for the context menu of its row.</summary>
internal static class TrialCommands
{
    /// <summary>The commands for one trial; what its state forbids is there, too, with the reason.</summary>
    /// <param name="view">The study.</param>
    /// <param name="trial">One of its trials.</param>
    /// <param name="open">Opens the trial beside the page.</param>
    /// <param name="choose">Shows or hides its curve.</param>
    /// <param name="promote">Builds a production model with its parameters.</param>
    public static IReadOnlyList<Command> For(StudyView view, Run trial, Func<Task> open, Func<Task> choose, Func<Task> promote)
    {
        var best = view.Summary.Best?.Number is { } number ? view.Trial(number) : null;
        return
        [
            new("Open", Icons.Material.Outlined.Insights) { Run = open },
            new("Open run", Icons.Material.Outlined.OpenInNew) { Address = $"runs/{trial.Id}" },
            new(view.Chosen.Contains(trial.Id) ? "Hide curve" : "Show curve", Icons.Material.Outlined.ShowChart) { Run = choose, Apart = true },
            new("Compare with best", Icons.Material.Outlined.StackedLineChart)
            {
                Address = best is null ? null : $"compare/runs?ids={best.Id},{trial.Id}",
                Unavailable = best is null ? "No trial is complete yet" : best.Id == trial.Id ? "It is the best" : null,
            },
            new("Promote this trial", Icons.Material.Outlined.RocketLaunch)
            {
                Needs = Scope.Write,
                Run = promote,
                Unavailable = ModelRegistry.Hindrance(view.Study, trial.State),
            },
            new("Copy parameters", Icons.Material.Outlined.ContentCopy)
            {
                InBrowser = trial.Params is { } set ? $"copy {ParametersCard.Json(set, view.Study.SearchSpace)}" : null,
                Unavailable = trial.Params is null ? "It has none yet" : null,
                Apart = true,
            },
        ];
    }
}
