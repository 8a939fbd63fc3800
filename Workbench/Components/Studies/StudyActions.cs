using Microsoft.AspNetCore.Components;
using MudBlazor;
using Workbench.Components.Launch;
using Workbench.Components.Models;
using Workbench.Components.Parts;
using Workbench.Core.Registry;
using Workbench.Core.Studies;
using Workbench.Core.Tracking;

namespace Workbench.Components.Studies;

/// <summary>What a person can do with a study, from wherever: asks what has to be asked, does it, and says what came of it.</summary>
public sealed class StudyActions(
    StudyService service,
    StudyDeletion deletion,
    StudyQueries queries,
    ModelRegistry registry,
    SubmissionKeys submissions,
    IDialogService dialogs,
    ISnackbar messages,
    NavigationManager navigation)
{
    /// <summary>Asks how many trials to add, and adds them.</summary>
    public Task AddTrialsAsync(string name) => messages.TryAsync(async () =>
    {
        var study = (await queries.GetAsync(name)).Study;
        if (await AddTrialsDialog.AskAsync(dialogs, study) is { } trials)
        {
            var request = new StudyRequest(name, trials, study.Jobs);
            await submissions.OnceAsync(new { add = request }, () => service.LaunchAsync(request));
            messages.Add($"{trials} trials added to {name}.", Severity.Success);
        }
    });

    /// <summary>Stops it after the present epoch of its running trials.</summary>
    public Task StopAsync(string name) => messages.TryAsync(async () =>
    {
        await service.StopAsync(name);
        messages.Add($"{name} stops after the present epoch of its running trials.", Severity.Success);
    });

    /// <summary>Sets it running again.</summary>
    public Task ResumeAsync(string name) => messages.TryAsync(async () =>
    {
        await service.ResumeAsync(name);
        messages.Add($"{name} runs again.", Severity.Success);
    });

    /// <summary>Asks whether a build is to go into production, and starts it.</summary>
    /// <param name="name">The study.</param>
    /// <param name="trial">Whose parameters to use; null for the best trial.</param>
    public Task PromoteAsync(string name, int? trial = null) => messages.TryAsync(async () =>
    {
        if (await PromoteDialog.AskAsync(dialogs, name, trial) is not { } production)
        {
            return;
        }
        var promotion = await submissions.OnceAsync(new { promote = name, trial, production }, () => registry.PromoteAsync(name, trial, production));
        messages.Add($"Building version {promotion.Version} of {promotion.Model} on all the data.", Severity.Success);
    });

    /// <summary>Deletes it, with a way back, and leaves its page when that is open.</summary>
    public async Task DeleteAsync(string name)
    {
        if (await messages.TryAsync(() => deletion.DeleteAsync(name)) && navigation.ToBaseRelativePath(navigation.Uri).Split('?', '#')[0] == Address(name))
        {
            navigation.NavigateTo("studies");
        }
    }

    /// <summary>Opens the launch dialog, filled with the settings of a study.</summary>
    public void LaunchAgain(string name) => navigation.NavigateTo(LaunchFromAddress.At(navigation, name));

    /// <summary>The address of a study's page.</summary>
    internal static string Address(string name) => $"studies/{Uri.EscapeDataString(name)}";
}
