using Microsoft.Playwright;
using Workbench.Tests.Api;
using Workbench.Tests.Commands;
using static Microsoft.Playwright.Assertions;

namespace Workbench.Tests.Browser;

public class StoryTests(ServedWorkbench workbench) : BrowserTest, IClassFixture<ServedWorkbench>
{
    private static readonly LocatorAssertionsToBeVisibleOptions Patient = new() { Timeout = 60_000 };

    [SkippableFact]
    public async Task A_person_launches_a_study_watches_it_promotes_it_and_drops_a_digit()
    {
        var page = await NewPageAsync(workbench.Url);

        await page.OpenAsync("/");
        await page.GetByRole(AriaRole.Button, new() { Name = "Choose the settings first" }).ClickAsync();
        await page.GetByLabel("Name", new() { Exact = true }).FillAsync("browser story");
        await page.GetByLabel("Trials", new() { Exact = true }).FillAsync("4");
        await page.GetByLabel("Jobs", new() { Exact = true }).FillAsync("2");
        await page.GetByRole(AriaRole.Button, new() { Name = "Launch", Exact = true }).ClickAsync();

        // Its page opens; from here on everything is pushed.
        await Expect(page.GetByRole(AriaRole.Heading, new() { Name = "browser story" })).ToBeVisibleAsync();
        await Expect(page.Locator(".js-plotly-plot .scatterlayer .trace path.point").First).ToBeVisibleAsync(Patient);
        await Expect(page.GetByText("Completed").First).ToBeVisibleAsync(Patient);
        await Expect(page.Locator(".js-plotly-plot .scatterlayer .trace path.point")).Not.ToHaveCountAsync(0);

        await page.GetByRole(AriaRole.Button, new() { Name = "Promote best" }).ClickAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "To production" }).ClickAsync();
        await Expect(page.GetByLabel("Production builds").GetByText("Complete")).ToBeVisibleAsync(Patient);

        await page.GetByRole(AriaRole.Link, new() { Name = "Predict" }).ClickAsync();
        await page.Locator(".sheet[data-ready]").WaitForAsync();
        var (png, label) = Digits.Mnist(0);
        await page.Locator("input[type=file]").SetInputFilesAsync(new FilePayload { Name = "digit.png", MimeType = "image/png", Buffer = png });
        await Expect(page.GetByLabel("Answer").Locator(".said b")).ToHaveTextAsync($"{label}");
        await Expect(page.GetByLabel("Answer").GetByRole(AriaRole.Link, new() { Name = "browser story v1" })).ToBeVisibleAsync();

        await page.GetByRole(AriaRole.Link, new() { Name = "Models", Exact = true }).ClickAsync();
        await Expect(page.GetByRole(AriaRole.Main).GetByText("browser story").First).ToBeVisibleAsync();
        await Expect(page.GetByRole(AriaRole.Main).GetByText("production").First).ToBeVisibleAsync();
    }
}
