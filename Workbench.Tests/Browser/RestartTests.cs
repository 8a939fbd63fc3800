using Microsoft.Playwright;
using Workbench.Tests.Commands;
using Workbench.Tests.Studies;
using static Microsoft.Playwright.Assertions;

namespace Workbench.Tests.Browser;

public class RestartTests : BrowserTest
{
    protected override bool BreaksConnections => true;

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

        // The page that is open connects again at once; the server does not wait for it to leave.
        Assert.Equal(0, await first.InterruptAsync());
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

    [SkippableFact]
    public async Task A_page_whose_circuit_was_ended_by_a_fault_starts_afresh_with_all_that_was_typed()
    {
        using var data = new TemporaryFolder();
        await using var database = await PostgresFixture.CreateDatabaseAsync();
        await using var server = await WorkbenchProcess.ServeAsync(database.ConnectionString, data.Path);
        var page = await NewPageAsync(server.Url);
        await page.AddInitScriptAsync(
            """
            const send = WebSocket.prototype.send;
            WebSocket.prototype.send = function (data) {
              window.connection = this;
              return send.call(this, data);
            };
            """);
        await page.OpenAsync("/studies?launch");
        await page.GetByLabel("Name", new() { Exact = true }).FillAsync("typed before");

        await EndCircuitAsync(page);

        await page.WaitForFunctionAsync("() => performance.getEntriesByType('navigation')[0].type === 'reload' && document.querySelector('.shell[data-live]')");
        await Expect(page.GetByLabel("Name", new() { Exact = true })).ToHaveValueAsync("typed before");

        // Not again and again without a person who wants it.
        await EndCircuitAsync(page);
        await Expect(page.GetByText("This page runs into a fault again and again.")).ToBeVisibleAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Try again" }).ClickAsync();
        await Expect(page.GetByText("This page runs into a fault again and again.")).ToBeHiddenAsync();
        await Expect(page.GetByLabel("Name", new() { Exact = true })).ToHaveValueAsync("typed before");
    }

    // An answer, in the protocol of Blazor's hub, that can't be read: the server takes that for a fault of the circuit.
    private static async Task EndCircuitAsync(IPage page) => await page.EvaluateAsync(
        """
        () => {
          const method = new TextEncoder().encode("EndInvokeJSFromDotNet");
          const message = [0x96, 1, 0x80, 0xc0, 0xa0 | method.length, ...method, 0x93, 1, 0xc3, 0xa1, 0x3f, 0x90];
          window.connection.send(new Uint8Array([message.length, ...message]));
        }
        """);
}
