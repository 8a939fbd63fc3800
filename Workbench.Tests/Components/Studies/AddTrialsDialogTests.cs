using Bunit;
using Microsoft.Extensions.DependencyInjection;
using Workbench.Components.Studies;

namespace Workbench.Tests.Components.Studies;

public sealed class AddTrialsDialogTests : PageTests
{
    [SkippableFact]
    public async Task Says_how_long_the_trials_will_take_by_what_the_study_took_so_far()
    {
        var study = await Store.StudyAsync(trials: 3, name: "study");
        for (var number = 0; number < 3; number++)
        {
            Finish(study, number, 0.5);
        }
        var added = Services.GetRequiredService<StudyActions>().AddTrialsAsync("study");

        Dialogs.WaitForAssertion(() => Assert.Contains("the last 3 trials of study here", Estimate, StringComparison.Ordinal));
        await Dialogs.InvokeAsync(() => Dialogs.Find("#more").InputAsync("7"));
        Assert.Contains("7 trials of 0.", Estimate, StringComparison.Ordinal);
        await Dialogs.InvokeAsync(() => Dialogs.Find("#more").InputAsync("0"));
        Assert.Equal("", Estimate);
        Assert.Equal("From 1 to 99,997.", Dialogs.Find("#more-hint").TextContent);
        await Dialogs.InvokeAsync(() => Dialogs.Find("#more").InputAsync("7"));
        await Dialogs.InvokeAsync(() => Dialogs.Find("form").SubmitAsync());

        await added.WaitAsync(Limit);
        Assert.Equal(10, (await Store.Queries.GetAsync("study")).Study.TrialsRequested);
    }

    private string Estimate => Dialogs.Find("[role=status]").TextContent.Trim();
}
