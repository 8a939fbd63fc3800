using Microsoft.Playwright;
using Workbench.Tests.Datasets;
using static Microsoft.Playwright.Assertions;

namespace Workbench.Tests.Browser;

[Collection(PageTests.Name)]
public class DataTests(BrowserWorkbench workbench) : BrowserTest
{
    [SkippableFact]
    public async Task A_person_drops_a_zip_sees_the_classes_and_excludes_a_picture()
    {
        var page = await NewPageAsync(workbench.Served.Url);
        await page.OpenAsync("/data");
        await page.Locator(".import[data-ready]").WaitForAsync();

        var zip = Convert.ToBase64String(SmallPictures.Zip(SmallPictures.In(["daisy", "tulip"], 6)));
        var dropped = await page.EvaluateHandleAsync(
            """
            zip => {
              const transfer = new DataTransfer();
              transfer.items.add(new File([Uint8Array.from(atob(zip), c => c.charCodeAt(0))], "my flowers.zip", { type: "application/zip" }));
              return transfer;
            }
            """, zip);
        await page.DispatchEventAsync(".import", "drop", new Dictionary<string, object> { ["dataTransfer"] = dropped });
        await Expect(page.GetByLabel("Name of the dataset")).ToHaveValueAsync("my flowers");
        await page.GetByRole(AriaRole.Button, new() { Name = "Import", Exact = true }).ClickAsync();

        await Expect(page.GetByRole(AriaRole.Heading, new() { Name = "my flowers" })).ToBeVisibleAsync();
        await Expect(page.GetByLabel("Classes").Locator(".name")).ToHaveTextAsync(["daisy", "tulip"]);
        await page.GetByLabel("Classes").GetByText("tulip").ClickAsync();
        await Expect(page.GetByRole(AriaRole.Option)).ToHaveCountAsync(6);
        await Expect(page.Locator(".grid img.seen")).ToHaveCountAsync(6);

        await page.GetByRole(AriaRole.Option).First.ClickAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Exclude" }).ClickAsync();

        await Expect(page.GetByLabel("Version", new() { Exact = true })).ToHaveValueAsync("2");
        await Expect(page.GetByLabel("Classes").Locator(".count")).ToHaveTextAsync(["6", "5"]);
        await Expect(page.GetByLabel("Versions").GetByText("1 picture excluded")).ToBeVisibleAsync();
    }
}
