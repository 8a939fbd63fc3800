using Microsoft.Playwright;
using Workbench.Tests.Commands;
using static Microsoft.Playwright.Assertions;

namespace Workbench.Tests.Browser;

public class LaunchTests(ServedWorkbench workbench) : BrowserTest, IClassFixture<ServedWorkbench>
{
    private static readonly LocatorAssertionsToBeVisibleOptions Patient = new() { Timeout = 90_000 };

    [SkippableFact]
    public async Task From_the_first_visit_to_a_sample_study_the_same_again_with_other_ranges_and_both_compared()
    {
        var page = await NewPageAsync(workbench.Url);

        // First visit: one click, and a study runs.
        await page.OpenAsync("/");
        await page.GetByRole(AriaRole.Button, new() { Name = "Launch a sample study" }).ClickAsync();
        await Expect(page.GetByRole(AriaRole.Heading, new() { Name = "mnist-transfer-1" })).ToBeVisibleAsync();
        // A few of its trials are enough to go on from.
        await workbench.UntilAsync("/api/studies/mnist-transfer-1", study => (int)study["counts"]!["complete"]! >= 3);
        (await workbench.Client.PostAsync("/api/studies/mnist-transfer-1/stop", null)).EnsureSuccessStatusCode();
        await Expect(page.Locator(".study-head .chip")).ToHaveTextAsync("stopped", new() { Timeout = Patient.Timeout });

        // Again, from the row's menu, with other ranges and by the keyboard.
        await page.GetByRole(AriaRole.Link, new() { Name = "Studies" }).First.ClickAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Actions on mnist-transfer-1" }).ClickAsync();
        await page.Locator("#context-menu").GetByText("Launch again with changes…").ClickAsync();
        var name = page.GetByLabel("Name", new() { Exact = true });
        await Expect(name).ToBeFocusedAsync();
        await Expect(name).ToHaveValueAsync("mnist-transfer-2");
        await Expect(page.GetByLabel("Estimated duration")).ToContainTextAsync("trials of mnist-transfer-1");
        await page.GetByLabel("Trials", new() { Exact = true }).FillAsync("3");
        await page.GetByLabel("learning_rate: low").FillAsync("0.2");
        await Expect(page.GetByText("Low (0.2) is above high (0.01).", new() { Exact = true })).ToBeVisibleAsync();
        await Expect(page.GetByRole(AriaRole.Button, new() { Name = "Launch", Exact = true })).ToBeDisabledAsync();
        await page.GetByLabel("learning_rate: low").FillAsync("0.002");
        await page.GetByLabel("num_hidden: how it is searched").SelectOptionAsync("Choices");
        await page.GetByLabel("num_hidden: choices").FillAsync("16, 48");
        await page.GetByLabel("num_hidden: choices").PressAsync("Enter");

        await Expect(page.GetByRole(AriaRole.Heading, new() { Name = "mnist-transfer-2" })).ToBeVisibleAsync();
        var study = await workbench.Client.GetStringAsync("api/studies/mnist-transfer-2");
        Assert.Contains("""learning_rate":{"type":"float","low":0.002,"high":0.01,"log":true}""", study, StringComparison.Ordinal);
        Assert.Contains("""num_hidden":{"type":"categorical","choices":[16,48]}""", study, StringComparison.Ordinal);
        await Expect(page.GetByText("completed").First).ToBeVisibleAsync(Patient);

        // Both side by side.
        await page.GetByRole(AriaRole.Link, new() { Name = "Studies" }).First.ClickAsync();
        await page.GetByLabel("Select mnist-transfer-1").CheckAsync();
        await page.GetByLabel("Select mnist-transfer-2").CheckAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Compare" }).ClickAsync();
        await Expect(page.GetByLabel("Best value so far").Locator(".scatterlayer .trace")).Not.ToHaveCountAsync(0);
        await page.GetByRole(AriaRole.Radio, new() { Name = "Differences" }).ClickAsync();
        await Expect(page.Locator("tr.differs", new() { HasText = "num_hidden" })).ToContainTextAsync("16, 48");
        await Expect(page.Locator("tr.differs", new() { HasText = "Pipeline" })).ToHaveCountAsync(0);
    }

    [SkippableFact]
    public async Task Escape_closes_the_launch_dialog_wherever_the_focus_is_and_back_opens_nothing()
    {
        var page = await NewPageAsync(workbench.Url);
        await page.OpenAsync("/studies?launch");
        await Expect(page.GetByLabel("Name", new() { Exact = true })).ToBeFocusedAsync();
        await page.EvaluateAsync("document.activeElement.blur()");

        await page.Keyboard.PressAsync("Escape");

        await Expect(page.GetByRole(AriaRole.Dialog)).ToHaveCountAsync(0);
        await Expect(page).Not.ToHaveURLAsync(new System.Text.RegularExpressions.Regex("launch"));
    }
}
