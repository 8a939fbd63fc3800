using System.Text.RegularExpressions;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Workbench.Tests.Browser;

[Collection(PageTests.Name)]
public sealed partial class AnalysisTests(BrowserWorkbench workbench) : BrowserTest
{
    // What of a plot is its data.
    private static readonly (string Plot, string Marks)[] Plots =
    [
        ("history", ".scatterlayer path.point"), ("intermediate", ".scatterlayer path.js-line"), ("importance", ".barlayer .point path"),
        ("parallel", "canvas.gl-canvas-context"), ("slice", ".scatterlayer path.point"), ("contour", ".contour path"), ("rank", ".scatterlayer path.point"),
        ("distribution", ".scatterlayer path.js-line"), ("curves", ".scatterlayer path.js-line"), ("timeline", ".barlayer .point path"),
    ];

    [SkippableFact]
    public async Task A_person_sees_every_plot_of_a_study_opens_a_trial_from_one_and_takes_the_data_along()
    {
        await PlottedStudy.WriteAsync(workbench.Served.ConnectionString, "seeded", trials: 60);
        var page = await NewPageAsync(workbench.Served.Url);

        await page.OpenAsync("/studies/seeded");
        await page.GetByRole(AriaRole.Link, new() { Name = "Analysis" }).ClickAsync();
        await Expect(page).ToHaveURLAsync(AnalysisAddress());
        foreach (var (plot, marks) in Plots)
        {
            await page.Locator(Panel(plot)).EvaluateAsync("panel => panel.scrollIntoView()");
            await Expect(page.Locator($"{Panel(plot)} {marks}").First).ToBeAttachedAsync();
        }
        Assert.Equal(Plots.Length, await page.Locator("[data-plot]").CountAsync());

        // A point opens its trial. All values are to be in view: trial 0 is the first of the complete ones.
        await page.GetByRole(AriaRole.Radio, new() { Name = "All" }).ClickAsync();
        await Expect(page).ToHaveURLAsync(WithAllValues());
        await ClickMiddleAsync(page, page.Locator($"{Panel("history")} .scatterlayer .trace:has(path.point)").Nth(2).Locator("path.point").First);
        await Expect(page.GetByRole(AriaRole.Complementary, new() { Name = "Trial 0" })).ToBeVisibleAsync();
        await page.Keyboard.PressAsync("Escape");
        await Expect(page.GetByRole(AriaRole.Complementary)).ToHaveCountAsync(0);

        // What is out of sight is not drawn.
        await page.Locator(Panel("slice")).EvaluateAsync("panel => panel.scrollIntoView()");
        await page.GetByLabel("x", new() { Exact = true }).SelectOptionAsync("momentum");
        await Expect(page.Locator($"{Panel("slice")} .xtitle")).ToHaveTextAsync("momentum");
        var csv = await DownloadAsync(page, "Download the data of slice as CSV", "seeded-slice.csv");
        var lines = System.Text.Encoding.UTF8.GetString(csv).Split("\r\n", StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal("\uFEFFtrial,state,val_accuracy,momentum", lines[0]);
        Assert.InRange(lines.Length, 10, 40);
        Assert.All(lines[1..], line => Assert.Matches(SliceRow(), line));
        var png = await DownloadAsync(page, "Download slice as PNG", "seeded-slice.png");
        Assert.Equal([0x89, (byte)'P', (byte)'N', (byte)'G'], png[..4]);

        // Without a mouse: the data as a table, and from there to a trial.
        await page.GetByLabel("Show the data of rank").FocusAsync();
        await page.Keyboard.PressAsync("Enter");
        await page.GetByRole(AriaRole.Dialog).GetByRole(AriaRole.Button, new() { Name = "Open trial" }).First.ClickAsync();
        await Expect(page.GetByRole(AriaRole.Complementary)).ToBeVisibleAsync();
        await page.GetByRole(AriaRole.Complementary).GetByLabel("Close", new() { Exact = true }).ClickAsync();

        await page.GetByLabel("Enlarge contour").ClickAsync();
        await Expect(page.Locator($"{Panel("contour")} .contour path").First).ToBeAttachedAsync();
        await Expect(page.Locator("[data-plot]")).ToHaveCountAsync(1);
        await page.GetByLabel("Back to all plots").ClickAsync();
        await Expect(page.Locator("[data-plot]")).ToHaveCountAsync(Plots.Length);
    }

    private static string Panel(string plot) => $"[data-plot={plot}]";

    // Plotly takes clicks with a layer of its own that lies above the marks.
    private static async Task ClickMiddleAsync(IPage page, ILocator mark)
    {
        await mark.EvaluateAsync("mark => mark.scrollIntoView({ block: 'center' })");
        var box = (await mark.BoundingBoxAsync())!;
        await page.Mouse.MoveAsync(box.X + box.Width / 2 + 1, box.Y + box.Height / 2);
        await page.Mouse.MoveAsync(box.X + box.Width / 2, box.Y + box.Height / 2);
        await Expect(page.Locator(".hoverlayer .hovertext").First).ToBeVisibleAsync();
        await page.Mouse.ClickAsync(box.X + box.Width / 2, box.Y + box.Height / 2);
    }

    private static async Task<byte[]> DownloadAsync(IPage page, string button, string name)
    {
        var download = await page.RunAndWaitForDownloadAsync(() => page.GetByLabel(button).ClickAsync());
        Assert.Equal(name, download.SuggestedFilename);
        return await File.ReadAllBytesAsync(await download.PathAsync());
    }

    [GeneratedRegex(@"\?view=analysis$")]
    private static partial Regex AnalysisAddress();

    [GeneratedRegex(@"range=all")]
    private static partial Regex WithAllValues();

    [GeneratedRegex(@"^\d+,(complete|pruned),0\.\d+,0\.\d+(E-\d+)?$")]
    private static partial Regex SliceRow();
}
