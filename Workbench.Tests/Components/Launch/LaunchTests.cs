using Bunit;
using Microsoft.Extensions.DependencyInjection;
using MudBlazor;
using Workbench.Components.Launch;

namespace Workbench.Tests.Components.Launch;

/// <summary>Tests of the launch dialog.</summary>
public abstract class LaunchTests : PageTests
{
    /// <summary>The name of what was launched in the dialog that was opened last.</summary>
    protected Task<string?> Launched { get; private set; } = Task.FromResult<string?>(null);

    protected async Task OpenAsync(string? from = null, string? dataset = null, int? version = null)
    {
        await Dialogs.InvokeAsync(() => { Launched = LaunchDialog.ShowAsync(Services.GetRequiredService<IDialogService>(), from, dataset, version); });
        Dialogs.WaitForElement("#name");
    }

    protected AngleSharp.Dom.IElement Field(string name) => Dialogs.Find($"[name='{name}']");

    protected Task EnterAsync(string name, string value) => Dialogs.InvokeAsync(() => Field(name).InputAsync(value));

    protected Task ChooseAsync(string name, string value) => Dialogs.InvokeAsync(() => Field(name).ChangeAsync(value));
}
