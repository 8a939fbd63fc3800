using Microsoft.Playwright;
using Workbench.Tests.Models;
using static Microsoft.Playwright.Assertions;

namespace Workbench.Tests.Browser;

[Collection(PageTests.Name)]
public class AddModelTests(BrowserWorkbench workbench) : BrowserTest
{
    // A refused request is an error to the browser.
    protected override bool BreaksConnections => true;

    [SkippableFact]
    public async Task A_model_is_brought_by_page_and_what_does_not_fit_is_told_at_its_field()
    {
        var page = await NewPageAsync(workbench.Served.Url);
        await page.OpenAsync("/models?add");
        await page.Locator("#add-model[data-ready]").WaitForAsync();
        var add = page.GetByRole(AriaRole.Button, new() { Name = "Add", Exact = true });

        await page.Locator("input.file").SetInputFilesAsync(new FilePayload { Name = "lamp.onnx", MimeType = "application/octet-stream", Buffer = Brightness.Onnx() });
        await Expect(page.GetByLabel("Name")).ToHaveValueAsync("lamp");
        await page.GetByLabel("Put it into production").UncheckAsync();
        await page.Locator("#model-labels").FillAsync("dark");
        await add.ClickAsync();
        await Expect(page.Locator("#model-labels-hint.fault")).ToContainTextAsync("2 classes");

        await page.Locator("input.labels").SetInputFilesAsync(new FilePayload { Name = "labels.txt", MimeType = "text/plain", Buffer = "dark\nbright\n"u8.ToArray() });
        await Expect(page.Locator("#model-labels")).ToHaveValueAsync("dark\nbright\n");
        await add.ClickAsync();

        await Expect(page.GetByRole(AriaRole.Heading, new() { Name = "lamp" })).ToBeVisibleAsync();
        await Expect(page.GetByText("from outside").First).ToBeVisibleAsync();
    }
}
