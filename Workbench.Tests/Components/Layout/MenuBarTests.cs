using Bunit;
using Microsoft.Extensions.DependencyInjection;
using Workbench.Components.Layout;
using Workbench.Core.Tracking;

namespace Workbench.Tests.Components.Layout;

public sealed class MenuBarTests : ShellContext
{
    [SkippableFact]
    public void Without_an_open_study_its_menu_says_what_to_do_first()
    {
        var items = Render<MenuBar>().FindAll("#menu-study [role=menuitem]");

        Assert.All(items, item => Assert.Equal(("true", "Open a study first"), (item.GetAttribute("aria-disabled"), item.GetAttribute("title"))));
    }

    [SkippableFact]
    public async Task The_open_study_can_be_stopped_from_the_menu_which_then_offers_to_resume_it()
    {
        await Store.StudyAsync(trials: 5, name: "a study");
        GoTo("studies/a%20study");
        var bar = Render<MenuBar>();
        bar.WaitForAssertion(() => Assert.Empty(bar.FindAll("#menu-study [aria-disabled=true]")));
        bar.WaitForAssertion(() => Assert.Equal(["Add trials…", "Stop", "Promote best trial", "Launch again with changes…", "Compare with other studies", "Copy name", "Delete study"], Titles(bar, "study")));

        await bar.InvokeAsync(() => bar.Find("#menu-study [role=menuitem]:nth-of-type(2)").ClickAsync(new()));

        var said = string.Join('|', Services.GetRequiredService<MudBlazor.ISnackbar>().ShownSnackbars.Select(m => m.Message));
        Assert.Equal("a study stops after the present epoch of its running trials.", said);
        bar.WaitForAssertion(() => Assert.Contains("Resume", Titles(bar, "study")));
        Assert.Equal(StudyState.Stopped, (await Store.Queries.GetAsync("a study")).Study.State);
    }

    [SkippableFact]
    public void Each_shortcut_leads_to_one_item_only()
    {
        var keys = Render<MenuBar>().FindAll("[data-keys]").Select(item => item.GetAttribute("data-keys")).ToArray();

        Assert.Contains("Mod+K", keys);
        Assert.Equal(keys.Distinct(), keys);
        // A single stroke that begins a longer one would never be waited for.
        Assert.DoesNotContain(keys, key => keys.Any(other => other!.StartsWith($"{key} ", StringComparison.Ordinal)));
    }

    private static IEnumerable<string> Titles(IRenderedComponent<MenuBar> bar, string menu) =>
        bar.FindAll($"#menu-{menu} .title").Select(title => title.TextContent);
}
