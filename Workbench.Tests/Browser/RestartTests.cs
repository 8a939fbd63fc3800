using Microsoft.Playwright;
using Workbench.Tests.Commands;
using Workbench.Tests.Studies;
using static Microsoft.Playwright.Assertions;

namespace Workbench.Tests.Browser;

public class RestartTests : BrowserTest
{
    [SkippableFact]
    public async Task After_a_restart_of_the_server_the_page_comes_back_by_itself_with_all_that_was_typed()
    {
        using var data = new TemporaryFolder();
        TestWorkbench.LinkFeatures(data.Path);
        await using var database = await PostgresFixture.CreateDatabaseAsync();
        var first = await WorkbenchProcess.ServeAsync(database.ConnectionString, data.Path);
        var page = await NewPageAsync(first.Url);
        var faults = new List<string>();
        page.PageError += (_, error) => faults.Add(error);
        await page.OpenAsync("/studies");
        await page.Keyboard.PressAsync("n");
        await page.GetByLabel("Name", new() { Exact = true }).FillAsync("typed before");
        await page.GetByLabel("Trials", new() { Exact = true }).FillAsync("3");
        await page.EvaluateAsync("() => window.before = true");

        await first.DisposeAsync();
        await Expect(page.GetByText("Connection lost.")).ToBeVisibleAsync();
        await page.GetByLabel("Jobs", new() { Exact = true }).FillAsync("1");
        await using var second = await WorkbenchProcess.ServeAsync(database.ConnectionString, data.Path, first.Url.Port);

        await page.WaitForFunctionAsync("() => !window.before");
        await Expect(page.GetByLabel("Name", new() { Exact = true })).ToHaveValueAsync("typed before");
        await Expect(page.GetByLabel("Trials", new() { Exact = true })).ToHaveValueAsync("3");
        await Expect(page.GetByLabel("Jobs", new() { Exact = true })).ToHaveValueAsync("1");
        // The workbench knows of it, too, and not only the page.
        await page.GetByRole(AriaRole.Button, new() { Name = "Launch", Exact = true }).ClickAsync();
        await Expect(page.GetByRole(AriaRole.Heading, new() { Name = "typed before" })).ToBeVisibleAsync();
        await Expect(page.GetByText("of 3 trials")).ToBeVisibleAsync();
        Assert.Empty(faults);
        Assert.Empty(second.Errors);
    }
}
