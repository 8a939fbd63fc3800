using Microsoft.AspNetCore.Components.Server.Circuits;
using Microsoft.AspNetCore.Components.Web;
using MudBlazor;
using MudBlazor.Services;
using Workbench.Components.Layout;
using Workbench.Components.Palette;
using Workbench.Components.Parts;
using Workbench.Components.Settings;
using Workbench.Components.Studies;
using Workbench.Security;

namespace Workbench.Components;

/// <summary>What the pages need besides the workbench itself.</summary>
internal static class ComponentServices
{
    /// <summary>Adds Razor components with live circuits, MudBlazor, and the status bar's figures.</summary>
    public static IServiceCollection AddWorkbenchPages(this IServiceCollection services)
    {
        // What is typed comes in one message; a long note in a script of three bytes a letter is larger than the usual 32 kB.
        services.AddCascadingAuthenticationState();
        services.AddRazorComponents().AddInteractiveServerComponents().AddHubOptions(hub => hub.MaximumReceiveMessageSize = 128 * 1024);
        services.AddScoped<CircuitHandler, CircuitActor>();
        services.AddMudServices(mud =>
        {
            mud.SnackbarConfiguration.PositionClass = Defaults.Classes.Position.BottomRight;
            mud.SnackbarConfiguration.VisibleStateDuration = 6000;
            mud.SnackbarConfiguration.ShowTransitionDuration = 120;
            mud.SnackbarConfiguration.HideTransitionDuration = 120;
            mud.SnackbarConfiguration.PreventDuplicates = true;
            // One with an action would stay for good otherwise, and lie on what is beneath it. What it offers can be done elsewhere, too.
            mud.SnackbarConfiguration.RequireInteraction = false;
        });
        services.AddScoped<IErrorBoundaryLogger, FaultLog>();
        services.AddSingleton<SettingsFacts>();
        services.AddHostedService(provider => provider.GetRequiredService<StatusFeed>());
        return services.AddShell();
    }

    /// <summary>Adds what the shell around the pages shows and does.</summary>
    public static IServiceCollection AddShell(this IServiceCollection services)
    {
        services.AddSingleton<StatusFeed>();
        services.AddSingleton<Catalog>();
        services.AddScoped<PageVisibility>();
        services.AddScoped<SubmissionKeys>().AddScoped<StudyDeletion>().AddScoped<StudyActions>().AddScoped<StudyCommands>().AddScoped<WorkbenchCommands>();
        return services;
    }
}
