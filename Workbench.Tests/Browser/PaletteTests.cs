using System.Text.RegularExpressions;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Workbench.Tests.Browser;

[Collection(PageTests.Name)]
public class PaletteTests(BrowserWorkbench workbench) : BrowserTest
{
    [SkippableFact]
    public async Task A_study_and_an_action_are_reached_by_keyboard_alone()
    {
        var page = await NewPageAsync(workbench.Served.Url);
        await workbench.LaunchAsync("palette-study");
        await page.OpenAsync("/predict");

        await page.Keyboard.PressAsync("Control+k");
        await page.Keyboard.TypeAsync("plts");
        await Expect(Selected(page)).ToContainTextAsync("palette-study");
        await page.Keyboard.PressAsync("Enter");
        await Expect(page.GetByRole(AriaRole.Heading, new() { Name = "palette-study" })).ToBeVisibleAsync();
        await Expect(Palette(page)).Not.ToBeVisibleAsync();

        await page.Keyboard.PressAsync("Control+k");
        await page.Keyboard.TypeAsync("add trials");
        await page.Keyboard.PressAsync("Enter");
        await page.GetByLabel("How many more").FillAsync("2");
        await page.Keyboard.PressAsync("Enter");

        await Expect(page.GetByText("2 trials added to palette-study.")).ToBeVisibleAsync();
        await page.Keyboard.PressAsync("Control+k");
        await page.Keyboard.PressAsync("Escape");
        await Expect(Palette(page)).Not.ToBeVisibleAsync();
    }

    [SkippableFact]
    public async Task It_opens_without_asking_the_workbench()
    {
        var page = await NewPageAsync(workbench.Served.Url);
        await page.OpenAsync("/predict");

        // In one step of the page, into which no answer can come.
        var open = await page.EvaluateAsync<bool>(
            """
            () => {
              dispatchEvent(new KeyboardEvent("keydown", { key: "k", code: "KeyK", ctrlKey: true, bubbles: true }));
              return document.activeElement.id === "palette-query" && document.querySelector("#palette [aria-selected=true]") !== null;
            }
            """);

        Assert.True(open);
    }

    [SkippableFact]
    public async Task Who_types_faster_than_it_finds_gets_what_all_letters_mean()
    {
        var page = await NewPageAsync(workbench.Served.Url);
        await page.OpenAsync("/predict");
        await page.Keyboard.PressAsync("Control+k");
        await Expect(Selected(page)).ToHaveCountAsync(1);

        // Typed and chosen in one step of the page: the list is still that of no letter.
        await page.EvaluateAsync(
            """
            () => {
              const query = document.getElementById("palette-query");
              query.value = "jobs";
              query.dispatchEvent(new Event("input", { bubbles: true }));
              for (const key of ["ArrowDown", "ArrowUp", "Enter"]) {
                query.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true }));
              }
            }
            """);

        await Expect(page).ToHaveURLAsync(new Regex("/jobs$"));
        await Expect(Palette(page)).Not.ToBeVisibleAsync();
    }

    private static ILocator Palette(IPage page) => page.Locator("#palette");

    private static ILocator Selected(IPage page) => Palette(page).Locator("[aria-selected=true]");
}
