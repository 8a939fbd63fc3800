using Bunit;
using Microsoft.AspNetCore.Components.Web;
using Microsoft.Extensions.DependencyInjection;
using Workbench.Components.Palette;
using Workbench.Core.Tracking;

namespace Workbench.Tests.Components.Palette;

public sealed class PaletteTests : ShellContext
{
    [SkippableFact]
    public async Task What_is_typed_is_searched_and_marked()
    {
        await Store.StudyAsync(trials: 5, name: "mnist-transfer-1");
        var palette = Render<CommandPalette>();
        palette.WaitForAssertion(() => Assert.NotEmpty(palette.FindAll("[aria-label=Studies] [role=option]")));

        await palette.InvokeAsync(() => palette.Find("input").InputAsync("mnt1"));

        var option = palette.Find("[aria-label=Studies] [role=option]");
        Assert.Equal("studies/mnist-transfer-1", option.GetAttribute("href"));
        Assert.Equal(["mn", "t", "1"], option.QuerySelectorAll("mark").Select(mark => mark.TextContent));
    }

    [SkippableFact]
    public async Task An_action_on_a_study_that_is_not_open_is_done()
    {
        await Store.StudyAsync(trials: 5, name: "mnist-transfer-1");
        var palette = Render<CommandPalette>();
        palette.WaitForAssertion(() => Assert.NotEmpty(palette.FindAll("[aria-label=Studies] [role=option]")));
        await palette.InvokeAsync(() => palette.Find("input").InputAsync("stop transfer"));

        await palette.InvokeAsync(() => palette.Find("[aria-label=Actions] [role=option]").ClickAsync(new()));

        Assert.Equal(StudyState.Stopped, (await Store.Queries.GetAsync("mnist-transfer-1")).Study.State);
    }

    [SkippableFact]
    public async Task Where_nothing_fits_it_says_so()
    {
        var palette = Render<CommandPalette>();

        await palette.InvokeAsync(() => palette.Find("input").InputAsync("zzzz"));

        Assert.Equal("Nothing fits “zzzz”.", palette.Find("[role=status]").TextContent);
    }

    [SkippableFact]
    public void The_cheat_sheet_has_every_shortcut_of_the_menus()
    {
        var commands = Services.GetRequiredService<WorkbenchCommands>().Menus(null).SelectMany(menu => menu.Commands).Where(c => c.Keys is not null);

        var rows = Render<CheatSheet>().FindAll("dl > div").ToDictionary(
            row => row.QuerySelector("dt")!.TextContent, row => row.QuerySelector(".sr-only")!.TextContent);

        Assert.All(commands, command => Assert.Equal(command.Keys!.Replace("Mod", "Control", StringComparison.Ordinal), rows[command.Title.TrimEnd('…')]));
    }

    [SkippableFact]
    public async Task A_context_menu_shows_the_commands_of_its_row_and_runs_the_chosen_one()
    {
        var ran = 0;
        var menu = Render<ContextMenu>();
        Command[] commands =
        [
            new("Open", "") { Address = "studies/a" },
            new("Do it", "") { Run = () => Task.FromResult(++ran) },
            new("Not now", "") { Run = () => Task.FromResult(++ran), Unavailable = "It is too late" },
        ];

        await menu.InvokeAsync(() => menu.Instance.Open(new MouseEventArgs { ClientX = 10, ClientY = 20 }, commands, "Row a"));
        foreach (var item in menu.FindAll("button"))
        {
            await item.ClickAsync(new());
        }

        Assert.StartsWith("10 20 ", menu.Find("context-menu").GetAttribute("at"), StringComparison.Ordinal);
        Assert.Equal("studies/a", menu.Find("a").GetAttribute("href"));
        Assert.Equal(1, ran);
    }
}
