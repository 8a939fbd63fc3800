using System.Text.Json;
using System.Text.RegularExpressions;
using Microsoft.Playwright;
using SkiaSharp;
using Workbench.Tests.Commands;
using static Microsoft.Playwright.Assertions;

namespace Workbench.Tests.Browser;

public class ShellTests(ServedWorkbench workbench) : BrowserTest, IClassFixture<ServedWorkbench>
{
    [SkippableFact]
    public async Task Tabs_survive_a_reload_and_close_by_shortcut_by_middle_click_and_by_button()
    {
        var page = await NewPageAsync(workbench.Url);
        await OpenStudiesAsync(page, "tab-1", "tab-2", "tab-3");
        await Expect(Tabs(page)).ToHaveTextAsync((string[])["Studies", "tab-1", "tab-2", "tab-3"]);

        await page.ReloadAsync();
        // Before the circuit is alive, and without it.
        await Expect(Tabs(page)).ToHaveCountAsync(4);
        await Expect(page.Locator("document-tabs [aria-current=page]")).ToContainTextAsync("tab-3");
        await page.Locator(".shell[data-live]").WaitForAsync();

        await page.Keyboard.PressAsync("Alt+w");
        await Expect(page).ToHaveURLAsync(new Regex("studies/tab-2$"));
        await Tab(page, "tab-1").ClickAsync(new() { Button = MouseButton.Middle });
        await Expect(Tabs(page)).ToHaveTextAsync((string[])["Studies", "tab-2"]);
        await page.GetByRole(AriaRole.Button, new() { Name = "Close tab-2" }).ClickAsync();

        await Expect(Tabs(page)).ToHaveTextAsync((string[])["Studies"]);
        await Expect(page.GetByRole(AriaRole.Heading, new() { NameRegex = new Regex("^Studies") })).ToBeVisibleAsync();
        Assert.Single(page.Context.Pages);
    }

    [SkippableFact]
    public async Task A_closed_tab_does_not_come_back_while_the_page_still_leaves_it()
    {
        var page = await NewPageAsync(workbench.Url);
        await OpenStudiesAsync(page, "is-left");

        // In one step of the page: the workbench has not heard of it yet when another study begins.
        await page.EvaluateAsync(
            """
            () => {
              document.querySelector("document-tabs button[aria-label='Close is-left']").click();
              document.querySelector("document-tabs").setAttribute("running", "studies/another");
            }
            """);

        await Expect(page).ToHaveURLAsync(new Regex("/studies$"));
        await Expect(page.GetByRole(AriaRole.Heading, new() { NameRegex = new Regex("^Studies") })).ToBeVisibleAsync();
        await Expect(Tabs(page)).ToHaveTextAsync((string[])["Studies"]);
    }

    [SkippableFact]
    public async Task A_tab_that_is_closed_in_the_moment_of_going_to_it_is_left_again()
    {
        var page = await NewPageAsync(workbench.Url);
        await OpenStudiesAsync(page, "goes-to", "comes-from");

        // In one step of the page: the workbench shows the other one still.
        await page.EvaluateAsync(
            """
            () => {
              document.querySelector("document-tabs a[href='studies/goes-to']").click();
              document.querySelector("document-tabs button[aria-label='Close comes-from']").click();
              document.querySelector("document-tabs button[aria-label='Close goes-to']").click();
            }
            """);

        await Expect(page).ToHaveURLAsync(new Regex("/studies$"));
        await Expect(page.GetByRole(AriaRole.Heading, new() { NameRegex = new Regex("^Studies") })).ToBeVisibleAsync();
        await Expect(Tabs(page)).ToHaveTextAsync((string[])["Studies"]);
    }

    [SkippableFact]
    public async Task A_tab_leads_back_to_where_the_person_was_in_it_and_goes_with_its_study()
    {
        var page = await NewPageAsync(workbench.Url);
        await OpenStudiesAsync(page, "comes-back");
        await page.OpenAsync("/studies/comes-back?trial=0");
        await page.GetByRole(AriaRole.Navigation, new() { Name = "Main" }).GetByRole(AriaRole.Link, new() { Name = "Models", Exact = true }).ClickAsync();

        await Tab(page, "comes-back").ClickAsync();
        await Expect(page).ToHaveURLAsync(new Regex("comes-back\\?trial=0$"));

        await page.GetByRole(AriaRole.Navigation, new() { Name = "Main" }).GetByRole(AriaRole.Link, new() { Name = "Models", Exact = true }).ClickAsync();
        await workbench.Client.DeleteAsync(new Uri("api/studies/comes-back", UriKind.Relative));
        await Expect(Tab(page, "comes-back")).ToHaveCountAsync(0);
    }

    [SkippableFact]
    public async Task Shortcuts_go_where_they_say_and_keep_quiet_while_somebody_types()
    {
        var page = await NewPageAsync(workbench.Url);
        await page.OpenAsync("/studies");

        foreach (var (keys, address) in new[] { ("gm", "/models"), ("gp", "/predict"), ("gj", "/jobs"), ("g,", "/settings"), ("gs", "/studies") })
        {
            await page.Keyboard.TypeAsync(keys);
            await Expect(page).ToHaveURLAsync(new Uri(workbench.Url, address).ToString());
        }
        await page.Keyboard.TypeAsync("?");
        await Expect(page.GetByRole(AriaRole.Dialog, new() { Name = "Keyboard shortcuts" })).ToBeVisibleAsync();
        await page.Keyboard.PressAsync("Escape");
        await page.Keyboard.TypeAsync("n");
        await page.GetByLabel("Name", new() { Exact = true }).FillAsync("");
        await page.Keyboard.TypeAsync("gs?n");

        await Expect(page.GetByLabel("Name", new() { Exact = true })).ToHaveValueAsync("gs?n");
        await Expect(page).ToHaveURLAsync(new Regex("/studies\\?launch=$"));
        await page.Keyboard.PressAsync("Escape");
        await Expect(page).ToHaveURLAsync(new Regex("/studies$"));
    }

    [SkippableFact]
    public async Task The_menus_are_walked_by_arrows_and_letters()
    {
        var page = await NewPageAsync(workbench.Url);
        await page.OpenAsync("/models");

        await page.GetByRole(AriaRole.Menuitem, new() { Name = "File", Exact = true }).FocusAsync();
        await page.Keyboard.PressAsync("ArrowDown");
        await Expect(page.GetByRole(AriaRole.Menu, new() { Name = "File", Exact = true })).ToBeVisibleAsync();
        await Expect(page.GetByRole(AriaRole.Menuitem, new() { Name = "New study" })).ToBeFocusedAsync();
        await page.Keyboard.PressAsync("ArrowRight");
        await page.Keyboard.PressAsync("ArrowRight");
        await Expect(page.GetByRole(AriaRole.Menu, new() { Name = "Go", Exact = true })).ToBeVisibleAsync();
        await Expect(page.GetByRole(AriaRole.Menu, new() { Name = "Go", Exact = true }).GetByRole(AriaRole.Menuitem).First).ToBeFocusedAsync();
        await page.Keyboard.PressAsync("p");
        await Expect(page.GetByRole(AriaRole.Menuitem, new() { Name = "Predict", Exact = true })).ToBeFocusedAsync();
        await page.Keyboard.PressAsync("Enter");

        await Expect(page).ToHaveURLAsync(new Regex("/predict$"));
        await Expect(page.Locator("[role=menu]:popover-open")).ToHaveCountAsync(0);
    }

    [SkippableFact]
    public async Task A_row_has_a_menu_for_the_mouse_and_for_the_keyboard()
    {
        var page = await NewPageAsync(workbench.Url);
        await workbench.LaunchAsync("row menu");
        await page.OpenAsync("/studies");
        var link = page.GetByRole(AriaRole.Main).GetByRole(AriaRole.Link, new() { Name = "row menu" });
        var menu = page.GetByRole(AriaRole.Menu, new() { Name = "row menu" });

        await link.ClickAsync(new() { Button = MouseButton.Right });
        await menu.GetByRole(AriaRole.Menuitem, new() { Name = "Copy name" }).ClickAsync();
        Assert.Equal("row menu", await page.EvaluateAsync<string>("() => navigator.clipboard.readText()"));
        await Expect(menu).Not.ToBeVisibleAsync();

        await link.FocusAsync();
        await page.Keyboard.PressAsync("Shift+F10");
        await Expect(menu.GetByRole(AriaRole.Menuitem, new() { Name = "Open" })).ToBeFocusedAsync();
        await page.Keyboard.PressAsync("Escape");
        await Expect(menu).Not.ToBeVisibleAsync();
        await Expect(link).ToBeFocusedAsync();
        await page.Keyboard.PressAsync("Shift+F10");
        await Expect(menu.GetByRole(AriaRole.Menuitem, new() { Name = "Open" })).ToBeFocusedAsync();
        await page.Keyboard.PressAsync("Enter");

        await Expect(page.GetByRole(AriaRole.Heading, new() { Name = "row menu" })).ToBeVisibleAsync();
    }

    [SkippableFact]
    public async Task The_theme_and_the_width_of_a_pane_are_kept_and_there_before_the_first_paint()
    {
        var page = await NewPageAsync(workbench.Url);
        await page.OpenAsync("/settings");
        await page.GetByRole(AriaRole.Menuitem, new() { Name = "View", Exact = true }).ClickAsync();
        await page.GetByRole(AriaRole.Menuitem, new() { Name = "Dark theme" }).ClickAsync();
        await page.Keyboard.PressAsync("Control+b");
        var border = page.GetByRole(AriaRole.Separator, new() { Name = "Width of the explorer" });
        await border.FocusAsync();
        await page.Keyboard.PressAsync("ArrowRight");
        await Expect(border).ToHaveAttributeAsync("aria-valuenow", "256");

        // What the first frame of the page looks like, and whether anything moves after it.
        await page.AddInitScriptAsync(
            """
            requestAnimationFrame(() => requestAnimationFrame(() => window.firstFrame = [
              document.documentElement.dataset.theme, document.querySelector(".explorer")?.getBoundingClientRect().width,
            ].join(" ")));
            window.moved = 0;
            new PerformanceObserver(list => list.getEntries().forEach(entry => window.moved += entry.value)).observe({ type: "layout-shift", buffered: true });
            """);
        await page.OpenAsync("/settings");

        await page.WaitForFunctionAsync("() => window.firstFrame === 'dark 256'");
        Assert.Equal(0, await page.EvaluateAsync<double>("() => window.moved"));
        Assert.Equal("#15181e", await page.Locator("meta[name=theme-color]").GetAttributeAsync("content"));
    }

    [SkippableFact]
    public async Task A_click_before_the_page_is_alive_is_not_lost()
    {
        var page = await NewPageAsync(workbench.Url);
        await workbench.LaunchAsync("is listed");
        var released = new TaskCompletionSource();
        await page.RouteAsync("**/_blazor/negotiate**", async route =>
        {
            await released.Task;
            await route.ContinueAsync();
        });
        await page.GotoAsync("/studies");

        await page.GetByRole(AriaRole.Button, new() { Name = "New study" }).ClickAsync();
        await Expect(page.GetByRole(AriaRole.Button, new() { Name = "New study" })).ToHaveAttributeAsync("aria-busy", "true");
        await Expect(page.Locator(".shell[data-live]")).ToHaveCountAsync(0);
        released.SetResult();

        await Expect(page.GetByLabel("Name", new() { Exact = true })).ToBeVisibleAsync();
    }

    [SkippableFact]
    public async Task A_tab_in_the_background_is_drawn_again_when_somebody_looks_at_it()
    {
        var (hidden, seen) = (await NewPageAsync(workbench.Url), await NewPageAsync(workbench.Url));
        await workbench.LaunchAsync("was there");
        await hidden.OpenAsync("/studies");
        await seen.OpenAsync("/studies");
        await Expect(Row(hidden, "was there")).ToBeVisibleAsync();
        await hidden.HideAsync(true);
        // Once the circuit has answered this, it has heard that, too.
        await hidden.GetByRole(AriaRole.Searchbox, new() { Name = "Search studies" }).FillAsync("e");
        await Expect(hidden).ToHaveURLAsync(new Uri(workbench.Url, "studies?q=e").ToString());

        await workbench.LaunchAsync("came later");
        await Expect(Row(seen, "came later")).ToBeVisibleAsync();
        await Expect(Row(hidden, "came later")).ToHaveCountAsync(0);
        await hidden.HideAsync(false);

        await Expect(Row(hidden, "came later")).ToBeVisibleAsync();

        static ILocator Row(IPage page, string study) => page.GetByRole(AriaRole.Main).GetByRole(AriaRole.Link, new() { Name = study, Exact = true });
    }

    [SkippableFact]
    public async Task The_end_of_a_study_is_told_in_the_window_and_outside_of_it_when_it_is_hidden()
    {
        var page = await NewPageAsync(workbench.Url);
        await page.Context.GrantPermissionsAsync(["notifications"]);
        await page.AddInitScriptAsync(
            """
            window.told = [];
            window.Notification = class { static permission = "granted"; constructor(title, options) { told.push(`${title} · ${options.tag}`); } };
            """);
        await page.OpenAsync("/settings");
        await page.GetByRole(AriaRole.Main).GetByRole(AriaRole.Switch).ClickAsync();
        await Expect(page.GetByRole(AriaRole.Main).GetByRole(AriaRole.Switch)).ToBeCheckedAsync();
        await page.EvaluateAsync("() => Object.defineProperty(document, 'hidden', { get: () => true })");
        // It comes up beneath the pointer, which keeps it only if it moves there.
        await page.Mouse.MoveAsync(1340, 860);

        await workbench.LaunchAsync("comes to an end");

        var message = page.Locator(".mud-snackbar", new() { HasText = "comes to an end has completed." });
        await Expect(message).ToBeVisibleAsync(new() { Timeout = 60_000 });
        Assert.True(await message.EvaluateAsync<bool>("message => message.matches(':hover')"));
        await Expect(message).Not.ToBeVisibleAsync(new() { Timeout = 15_000 });
        await page.WaitForFunctionAsync("() => told.filter(text => text.startsWith('comes to an end has completed · study-')).length === 1");
        await Expect(page.Locator("news-mark")).ToHaveAttributeAsync("data-new", "");
        await page.GetByRole(AriaRole.Button, new() { Name = "Studies that have ended" }).ClickAsync();
        await Expect(page.Locator("news-mark")).Not.ToHaveAttributeAsync("data-new", "");
        await page.Locator("#news").GetByRole(AriaRole.Link, new() { Name = "comes to an end" }).ClickAsync();
        await Expect(page.GetByRole(AriaRole.Heading, new() { Name = "comes to an end" })).ToBeVisibleAsync();
    }

    [SkippableFact]
    public async Task Chromium_finds_nothing_in_the_way_of_installing_it_as_an_app()
    {
        var page = await NewPageAsync(workbench.Url);
        await page.OpenAsync("/");
        var browser = await page.Context.NewCDPSessionAsync(page);

        var manifest = (await browser.SendAsync("Page.getAppManifest"))!.Value;
        Assert.Empty(manifest.GetProperty("errors").EnumerateArray());
        // A window without a profile can't install anything; that is not the page's fault.
        var obstacles = (await browser.SendAsync("Page.getInstallabilityErrors"))!.Value.GetProperty("installabilityErrors").EnumerateArray()
            .Select(error => error.GetProperty("errorId").GetString());
        Assert.DoesNotContain(obstacles, id => id is not "in-incognito");

        using var json = JsonDocument.Parse(manifest.GetProperty("data").GetString()!);
        foreach (var icon in json.RootElement.GetProperty("icons").EnumerateArray().Where(icon => icon.GetProperty("type").GetString() == "image/png"))
        {
            using var image = SKBitmap.Decode(await workbench.Client.GetByteArrayAsync(new Uri(icon.GetProperty("src").GetString()!, UriKind.Relative)));
            Assert.Equal(icon.GetProperty("sizes").GetString(), $"{image.Width}x{image.Height}");
        }
    }

    private async Task OpenStudiesAsync(IPage page, params string[] names)
    {
        await page.OpenAsync("/studies");
        foreach (var name in names)
        {
            await workbench.LaunchAsync(name);
            await page.OpenAsync($"/studies/{name}");
        }
    }

    private static ILocator Tabs(IPage page) => page.Locator("document-tabs li a > span:first-of-type");

    private static ILocator Tab(IPage page, string name) => page.Locator("document-tabs a", new() { HasText = name });
}
