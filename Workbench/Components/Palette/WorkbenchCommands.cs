using Microsoft.AspNetCore.Components;
using MudBlazor;
using Workbench.Components.Launch;
using Workbench.Core.Tracking;
using Scope = Workbench.Core.Access.Scope;

namespace Workbench.Components.Palette;

/// <summary>All commands of the workbench, in their menus. Every way to a command leads here.</summary>
public sealed class WorkbenchCommands(NavigationManager navigation, StudyCommands studies)
{
    /// <summary>Opens the launch dialog.</summary>
    public Command NewStudy => new("New study…", Icons.Material.Outlined.Add) { Needs = Scope.Write, Keys = "n", Run = LaunchAsync };

    /// <summary>The menus.</summary>
    /// <param name="open">The study whose page is open, if one is.</param>
    public IReadOnlyList<Menu> Menus(StudyLine? open) =>
    [
        new("File",
        [
            NewStudy,
            new("Add a model…", Icons.Material.Outlined.ViewInAr) { Needs = Scope.Write, Address = "models?add" },
            new("Go to anything…", Icons.Material.Outlined.Search) { Keys = "Mod+K", InBrowser = "palette" },
            new("Close tab", Icons.Material.Outlined.Close) { Keys = "Alt+W", InBrowser = "tabs close", Apart = true },
            new("Close other tabs", Icons.Material.Outlined.TabUnselected) { InBrowser = "tabs close-others" },
            new("Close all tabs", Icons.Material.Outlined.ClearAll) { InBrowser = "tabs close-all" },
            new("Install as an app", Icons.Material.Outlined.InstallDesktop) { InBrowser = "install", Apart = true },
            new("Sign out", Icons.Material.Outlined.Logout) { InBrowser = "sign-out", Apart = true },
        ]),
        new("Study", open is not null
            ? studies.For(open.Name, open.State)
            : [.. studies.For("", StudyState.Completed).Select(command => command with { Run = null, InBrowser = null, Unavailable = "Open a study first" })]),
        new("Go",
        [
            Place("Studies", "studies", Icons.Material.Outlined.Insights, "g s"),
            Place("Experiments", "experiments", Icons.Material.Outlined.Biotech, "g e"),
            Place("Data", "data", Icons.Material.Outlined.PhotoLibrary, "g d"),
            Place("Models", "models", Icons.Material.Outlined.ViewInAr, "g m"),
            Place("Predict", "predict", Icons.Material.Outlined.Gesture, "g p"),
            Place("Jobs", "jobs", Icons.Material.Outlined.ViewTimeline, "g j"),
            Place("Audit", "audit", Icons.Material.Outlined.History, "g a") with { Needs = Scope.Admin },
            Place("Settings", "settings", Icons.Material.Outlined.Tune, "g ,"),
            new("Next tab", Icons.Material.Outlined.ArrowForward) { Keys = "]", InBrowser = "tabs next", Apart = true },
            new("Previous tab", Icons.Material.Outlined.ArrowBack) { Keys = "[", InBrowser = "tabs previous" },
            new("Filter", Icons.Material.Outlined.FilterAlt) { Keys = "/", InBrowser = "filter", Apart = true },
        ]),
        new("View",
        [
            new("Explorer", Icons.Material.Outlined.ViewSidebar) { Keys = "Mod+B", InBrowser = "explorer" },
            new("Light theme", Icons.Material.Outlined.LightMode) { InBrowser = "theme light", Apart = true },
            new("Dark theme", Icons.Material.Outlined.DarkMode) { InBrowser = "theme dark" },
            new("Theme of the system", Icons.Material.Outlined.Monitor) { InBrowser = "theme system" },
        ]),
        new("Help",
        [
            new("Keyboard shortcuts", Icons.Material.Outlined.Keyboard) { Keys = "?", InBrowser = "show cheat-sheet" },
            new("API description", Icons.Material.Outlined.Api) { InBrowser = "open openapi/v1.json" },
        ]),
    ];

    private static Command Place(string title, string address, string icon, string keys) => new(title, icon) { Address = address, Keys = keys };

    private Task LaunchAsync()
    {
        navigation.NavigateTo(LaunchFromAddress.At(navigation));
        return Task.CompletedTask;
    }
}
