using Microsoft.Playwright;
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

        var first = await AddClockAsync(page);

        await Expect(page.Locator("#clock")).Not.ToHaveTextAsync(first);
    }

    [SkippableFact]
    public async Task In_a_page_that_cannot_be_seen_it_rests_and_is_right_as_soon_as_it_is_seen()
    {
        var page = await NewPageAsync(workbench.Served.Url);
        await page.Clock.InstallAsync();
        await page.OpenAsync("/settings");
        await page.Clock.PauseAtAsync(DateTime.UtcNow.AddSeconds(10));
        await AddClockAsync(page);
        await page.Clock.RunForAsync(2_000);
        await Expect(page.Locator("#clock")).ToHaveTextAsync("2 s");

        await page.HideAsync(true);
        await page.Clock.RunForAsync(5_000);
        await Expect(page.Locator("#clock")).ToHaveTextAsync("2 s");

        await page.HideAsync(false);
        await Expect(page.Locator("#clock")).ToHaveTextAsync("7 s");
    }

    private static Task<string> AddClockAsync(IPage page) => page.EvaluateAsync<string>(
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
}
