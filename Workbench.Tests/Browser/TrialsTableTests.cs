using System.Globalization;
using Microsoft.EntityFrameworkCore;
using Microsoft.Playwright;
using Workbench.Core.Tracking;
using Workbench.Tests.Commands;
using Workbench.Tests.Tracking;
using static Microsoft.Playwright.Assertions;

namespace Workbench.Tests.Browser;

public class TrialsTableTests(ServedWorkbench workbench) : BrowserTest, IClassFixture<ServedWorkbench>
{
    [SkippableFact]
    public async Task A_person_filters_a_thousand_trials_sorts_compares_two_and_takes_them_away_as_CSV()
    {
        await using var database = new Database(workbench.ConnectionString);
        await SeedAsync(database, "thousand", trials: 1000);
        var page = await NewPageAsync(workbench.Url);
        await page.OpenAsync("/studies/thousand");
        var rows = page.GetByLabel("Trials, scrollable").Locator("tbody tr:has(td.name)");
        await Expect(rows.First).ToBeVisibleAsync();

        // A slip is pointed at, and mended by a click.
        var filter = page.GetByLabel("Filter trials");
        await filter.FillAsync("val_accuracy > 0.99 and num_hiden < 40 and state = complete");
        await page.GetByRole(AriaRole.Button, new() { Name = "Use num_hidden" }).ClickAsync();
        await Expect(filter).ToHaveValueAsync("val_accuracy > 0.99 and num_hidden < 40 and state = complete");

        var expected = Enumerable.Range(0, 1000)
            .Where(n => SeededStudy.Accuracy(n) > 0.99 && 8 + n % 57 < 40 && n % 10 != 3 && n % 5 != 4)
            .OrderByDescending(SeededStudy.Accuracy).ToList();
        await page.GetByTitle("Sort by val_loss of the last epoch").ClickAsync();
        await page.GetByTitle("Sort by val_loss of the last epoch").ClickAsync();
        await Expect(page.Locator("h2 .muted")).ToHaveTextAsync($"{expected.Count} of 1000");
        await Expect(rows.First.Locator("td.name")).ToHaveTextAsync($"{expected[0]}");

        var download = await page.RunAndWaitForDownloadAsync(() => page.GetByRole(AriaRole.Link, new() { Name = "CSV" }).ClickAsync());
        var lines = (await File.ReadAllTextAsync((await download.PathAsync())!)).Split("\r\n", StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal("thousand.csv", download.SuggestedFilename);
        Assert.Equal("number,state,value,duration,learning_rate,num_hidden,optimizer,loss,accuracy,val_loss,worker", lines[0]);
        Assert.Equal(expected, lines.Skip(1).Select(line => int.Parse(line.Split(',')[0], CultureInfo.InvariantCulture)));
        Assert.Equal(SeededStudy.Accuracy(expected[0]), double.Parse(lines[1].Split(',')[2], CultureInfo.InvariantCulture));

        // The address has it all: a reload changes nothing.
        await page.ReloadAsync();
        await page.Locator(".shell[data-live]").WaitForAsync();
        await Expect(rows.First.Locator("td.name")).ToHaveTextAsync($"{expected[0]}");

        // By the keyboard: to the first row, Space, down, Space.
        await page.GetByLabel("Trials, scrollable").FocusAsync();
        await page.Keyboard.PressAsync("ArrowDown");
        await Expect(rows.First.Locator("td.name button")).ToBeFocusedAsync();
        await page.Keyboard.PressAsync(" ");
        await page.Keyboard.PressAsync("ArrowDown");
        await page.Keyboard.PressAsync(" ");
        await page.GetByRole(AriaRole.Link, new() { Name = "Compare 2" }).ClickAsync();

        await Expect(page.GetByRole(AriaRole.Heading, new() { Name = "Compare 2 runs" })).ToBeVisibleAsync();
        await Expect(page.GetByRole(AriaRole.Link, new() { Name = $"Trial {expected[1]}", Exact = true })).ToBeVisibleAsync();
        await Expect(page.Locator(".js-plotly-plot .scatterlayer .trace")).ToHaveCountAsync(2);
        await Expect(page.Locator("tr.differs").Filter(new() { HasText = "learning_rate" })).ToBeVisibleAsync();

        await page.GetByRole(AriaRole.Link, new() { Name = $"Trial {expected[1]}", Exact = true }).ClickAsync();
        await Expect(page.GetByRole(AriaRole.Heading, new() { Name = $"Trial {expected[1]}" })).ToBeVisibleAsync();
        await Expect(page.GetByLabel("Metrics by epoch").Locator("tbody tr")).ToHaveCountAsync(3);
    }

    [SkippableFact]
    public async Task The_row_that_is_read_stays_where_it_is_while_trials_arrive()
    {
        await using var database = new Database(workbench.ConnectionString);
        var (study, page, table) = await OpenAsync(database, "growing");
        await Expect(table.Locator("td.name").First).ToHaveTextAsync("299");
        await table.EvaluateAsync("table => table.scrollTop = 3000");
        var row = table.GetByRole(AriaRole.Button, new() { Name = "Open trial 195", Exact = true });
        await Expect(row).ToBeInViewportAsync();
        var before = (await row.BoundingBoxAsync())!.Y;

        await TwoTrialsArriveAsync(database, study, page);

        Assert.Equal(before, (await row.BoundingBoxAsync())!.Y, 1.0);
        Assert.Equal(3060, await table.EvaluateAsync<double>("table => table.scrollTop"), 1.0);
    }

    [SkippableFact]
    public async Task The_row_under_the_pointer_stays_there_while_trials_arrive_and_the_latest_are_seen_when_it_leaves()
    {
        await using var database = new Database(workbench.ConnectionString);
        var (study, page, table) = await OpenAsync(database, "pointed-at");
        var row = table.GetByRole(AriaRole.Button, new() { Name = "Open trial 297", Exact = true });
        await row.HoverAsync();
        var before = (await row.BoundingBoxAsync())!.Y;

        await TwoTrialsArriveAsync(database, study, page);
        Assert.Equal(before, (await row.BoundingBoxAsync())!.Y, 1.0);

        await page.GetByRole(AriaRole.Heading, new() { Name = "pointed-at" }).HoverAsync();
        await Expect(table.GetByRole(AriaRole.Button, new() { Name = "Open trial 301", Exact = true })).ToBeInViewportAsync(new() { Ratio = 1 });
        Assert.Equal(0, await table.EvaluateAsync<double>("table => table.scrollTop"));
    }

    [SkippableFact]
    public async Task The_row_that_the_pointer_was_on_before_the_table_had_loaded_its_script_stays_there_too()
    {
        await using var database = new Database(workbench.ConnectionString);
        var study = await SeedAsync(database, "early", trials: 300);
        var page = await NewPageAsync(workbench.Url);
        var loaded = new TaskCompletionSource();
        await page.RouteAsync("**/TrialsTable.razor*.js", async route =>
        {
            await loaded.Task;
            await route.ContinueAsync();
        });
        await page.OpenAsync("/studies/early");
        var table = page.GetByLabel("Trials, scrollable");
        var row = table.GetByRole(AriaRole.Button, new() { Name = "Open trial 297", Exact = true, IncludeHidden = true });
        await row.WaitForAsync(new() { State = WaitForSelectorState.Attached });
        var place = (await row.BoundingBoxAsync())!;
        await page.Mouse.MoveAsync(place.X + 5, place.Y + 5);

        loaded.SetResult();
        await Expect(row).ToBeVisibleAsync();
        await TwoTrialsArriveAsync(database, study, page);

        Assert.Equal(place.Y, (await row.BoundingBoxAsync())!.Y, 1.0);
    }

    private async Task<(Study Study, IPage Page, ILocator Table)> OpenAsync(Database database, string name)
    {
        var study = await SeedAsync(database, name, trials: 300);
        var page = await NewPageAsync(workbench.Url);
        await page.OpenAsync($"/studies/{name}");
        return (study, page, page.GetByLabel("Trials, scrollable"));
    }

    private static async Task TwoTrialsArriveAsync(Database database, Study study, IPage page)
    {
        await using var db = Connect(database);
        for (var number = 300; number < 302; number++)
        {
            await SeededStudy.ArriveAsync(db, study, number);
            await Expect(page.Locator("h2 .muted")).ToHaveTextAsync($"{number + 1}");
        }
    }

    private static async Task<Study> SeedAsync(Database database, string name, int trials)
    {
        await using var db = Connect(database);
        return await SeededStudy.InsertAsync(db, trials, name);
    }

    private static WorkbenchDb Connect(Database database)
    {
        var options = new DbContextOptionsBuilder<WorkbenchDb>();
        database.Configure(options);
        return new WorkbenchDb(options.Options);
    }
}
