using static Microsoft.Playwright.Assertions;

namespace Workbench.Tests.Browser;

[Collection(PageTests.Name)]
public class ClockTests(BrowserWorkbench workbench) : BrowserTest
{
    [SkippableFact]
    public async Task How_long_something_takes_goes_on_by_itself()
    {
        var page = await NewPageAsync(workbench.Served.Url);
        await page.OpenAsync("/settings");

        var first = await page.EvaluateAsync<string>(
            """
            () => {
              const clock = document.createElement("wb-time");
              clock.id = "clock";
              clock.setAttribute("kind", "elapsed");
              clock.setAttribute("at", new Date().toISOString());
              document.querySelector("main").append(clock);
              return clock.shadowRoot?.textContent ?? "";
            }
            """);

        await Expect(page.Locator("#clock")).Not.ToHaveTextAsync(first);
    }
}
