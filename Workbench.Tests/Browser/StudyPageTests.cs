using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Workbench.Tests.Browser;

[Collection(PageTests.Name)]
public class StudyPageTests(BrowserWorkbench workbench) : BrowserTest
{
    [SkippableFact]
    public async Task A_study_is_stopped_and_resumed()
    {
        await workbench.LaunchAsync("long", trials: 1000, jobs: 1);
        var page = await OpenAsync("long");
        await Expect(State(page)).ToHaveTextAsync("running");

        await Button(page, "Stop").ClickAsync();
        await Expect(State(page)).ToHaveTextAsync("stopped");
        await Expect(Figure(page, "Running")).ToHaveTextAsync("0");
        await Expect(Button(page, "Stop")).ToHaveCountAsync(0);
        var stopped = await workbench.Served.UntilAsync("/api/studies/long", study => (int)study["counts"]!["running"]! == 0);
        Assert.Equal("stopped", (string?)stopped["state"]);
        var complete = await Figure(page, "Complete").InnerTextAsync();
        Assert.Equal($"{stopped["counts"]!["complete"]}", complete);

        await Button(page, "Resume").ClickAsync();
        await Expect(State(page)).ToHaveTextAsync("running");
        await Expect(Figure(page, "Complete")).Not.ToHaveTextAsync(complete);
        await Expect(Button(page, "Resume")).ToHaveCountAsync(0);

        (await workbench.Served.Client.DeleteAsync("/api/studies/long")).EnsureSuccessStatusCode();
        await Expect(page.GetByText("There is no study “long”")).ToBeVisibleAsync();
    }

    [SkippableFact]
    public async Task Trials_are_added_to_a_completed_study()
    {
        await workbench.LaunchAsync("short", trials: 1, jobs: 1);
        var page = await OpenAsync("short");
        await Expect(State(page)).ToHaveTextAsync("completed");

        await Button(page, "Add trials").ClickAsync();
        var dialog = page.GetByRole(AriaRole.Dialog);
        await dialog.GetByLabel("How many more").FillAsync("2");
        await Expect(dialog.GetByText("The study then has 3 trials.")).ToBeVisibleAsync();
        await dialog.GetByRole(AriaRole.Button, new() { Name = "Add trials" }).ClickAsync();

        await Expect(Figure(page, "Complete")).ToHaveTextAsync("3");
        await Expect(State(page)).ToHaveTextAsync("completed");
        await Expect(page.GetByRole(AriaRole.Progressbar, new() { Name = "Finished trials" })).ToHaveAttributeAsync("aria-valuemax", "3");
    }

    [SkippableFact]
    public async Task The_menu_of_a_row_opens_at_the_pointer_and_does_what_is_chosen()
    {
        await workbench.LaunchAsync("menu", trials: 2, jobs: 1);
        var page = await OpenAsync("menu");
        await Expect(State(page)).ToHaveTextAsync("completed");

        await page.GetByLabel("Trials, scrollable").Locator("tbody tr:has(td.name)").Last.ClickAsync(new() { Button = MouseButton.Right });
        await page.GetByRole(AriaRole.Menu, new() { Name = "Trial 0" }).GetByRole(AriaRole.Menuitem, new() { Name = "Open run" }).ClickAsync();

        await Expect(page.GetByRole(AriaRole.Heading, new() { Name = "Trial 0" })).ToBeVisibleAsync();
    }

    [SkippableFact]
    public async Task Panes_are_resized_by_the_keyboard_and_stay_so()
    {
        await workbench.LaunchAsync("panes", trials: 1, jobs: 1);
        var page = await OpenAsync("panes");
        var charts = page.GetByRole(AriaRole.Separator, new() { Name = "Height of the charts" });

        await charts.FocusAsync();
        await page.Keyboard.PressAsync("Shift+ArrowUp");
        await page.GetByRole(AriaRole.Separator, new() { Name = "Width of the side column" }).PressAsync("ArrowLeft");
        await page.ReloadAsync();

        await Expect(charts).ToHaveAttributeAsync("aria-valuenow", "236");
        await Expect(page.Locator(".panel.history")).ToHaveCSSAsync("height", "236px");
        await Expect(page.Locator(".study .side")).ToHaveCSSAsync("width", "316px");
    }

    [SkippableFact]
    public async Task Going_from_view_to_view_loses_nothing()
    {
        var page = await OpenAsync("digits");
        await page.EvaluateAsync("() => window.before = true");
        var views = page.GetByLabel("Views of the study");

        foreach (var view in (string[])["Analysis", "Trials", "Overview", "Trials", "Analysis"])
        {
            await views.GetByText(view).ClickAsync();
            await Expect(page.Locator($".study.view-{view.ToLowerInvariant()}")).ToBeVisibleAsync();
        }

        Assert.True(await page.EvaluateAsync<bool>("() => window.before"));
    }

    [SkippableFact]
    public async Task A_page_that_is_left_while_it_opens_leaves_no_fault_behind()
    {
        var page = await NewPageAsync(workbench.Served.Url);
        await page.OpenAsync("/studies");

        var faults = await page.EvaluateAsync<string[]>(
            """
            async places => {
              const faults = new Set();
              new MutationObserver(() => document.querySelectorAll(".fault pre").forEach(fault => faults.add(fault.textContent)))
                .observe(document.body, { childList: true, subtree: true });
              // Each page is left at another moment of its coming into being.
              for (let i = 0; i < 60; i++) {
                Blazor.navigateTo(places[i % places.length]);
                await new Promise(resolve => setTimeout(resolve, i * 7 % 160));
                Blazor.navigateTo("studies");
                await new Promise(resolve => setTimeout(resolve, 40));
              }
              return [...faults];
            }
            """,
            (string[])["studies/digits", "models/digits", "studies/digits?view=analysis", "runs/1", "predict", "studies/digits?view=trials", "compare?studies=digits"]);

        Assert.Empty(faults);
        await Expect(page.GetByRole(AriaRole.Heading, new() { NameRegex = new("^Studies") })).ToBeVisibleAsync();
    }

    private async Task<IPage> OpenAsync(string study)
    {
        var page = await NewPageAsync(workbench.Served.Url);
        await page.OpenAsync($"/studies/{study}");
        return page;
    }

    private static ILocator State(IPage page) => page.Locator(".study-head .chip");

    private static ILocator Figure(IPage page, string term) =>
        page.GetByLabel("Figures").Locator($"dt:text-is('{term}') + dd");

    private static ILocator Button(IPage page, string name) => page.GetByRole(AriaRole.Button, new() { Name = name, Exact = true });
}
