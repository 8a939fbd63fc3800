using Bunit;
using Microsoft.Extensions.DependencyInjection;
using Workbench.Components.Data;
using Workbench.Core.Datasets;
using Workbench.Core.Tracking;
using Workbench.Tests.Datasets;

namespace Workbench.Tests.Components.Data;

public sealed class DataPageTests : PageTests
{
    [Fact]
    public async Task All_datasets_are_listed_and_a_new_one_shows_by_itself()
    {
        var page = Render<DataPage>();
        await page.WaitForAssertionAsync(() => Assert.Equal(["mnist"], page.FindAll("tbody .name b").Select(name => name.TextContent)), Limit);

        await ImportAsync("set", SmallPictures.In(["a", "b"], 3));

        await page.WaitForAssertionAsync(() => Assert.Equal(["mnist", "set"], page.FindAll("tbody .name b").Select(name => name.TextContent)), Limit);
        var row = page.FindAll("tbody tr")[1];
        Assert.Equal(("6", "2", "2"), (row.QuerySelector(".pictures")!.TextContent, row.QuerySelector(".classes")!.TextContent, row.QuerySelector(".found")!.TextContent));
        Assert.All(row.QuerySelectorAll("img"), picture => Assert.Contains("/items/", picture.GetAttribute("src")));
    }

    [Fact]
    public async Task A_dataset_shows_its_classes_problems_and_versions()
    {
        await ImportAsync("set", SmallPictures.In(["train/a", "train/b", "test/a"]).Append(new("train/a/x.png", [1])).Append(new("test/b/leak.png", SmallPictures.Png(5))));

        var page = Render<DatasetPage>(p => p.Add(x => x.Name, "set"));

        await page.WaitForAssertionAsync(() => Assert.Equal(["a10", "b6"], page.FindAll(".classes .pick").Select(c => c.QuerySelector(".name")!.TextContent + c.QuerySelector(".count")!.TextContent)), Limit);
        Assert.Equal(2, page.FindAll(".classes .key").Count);
        Assert.Equal([ProblemList.Title(DatasetProblemKind.Unreadable), ProblemList.Title(DatasetProblemKind.TwoParts)], page.FindAll("details summary b").Select(b => b.TextContent));
        Assert.Single(page.FindAll(".history li"));
        Assert.Equal("studies?launch&dataset=set", page.Find("header .primary").GetAttribute("href"));

        await page.InvokeAsync(() => page.Find("details button").Click());
        Assert.Contains("picture=", Address);
        await page.InvokeAsync(() => page.FindAll(".classes .pick")[1].Click());
        Assert.Contains("class=b", Address);
    }

    [Fact]
    public async Task A_class_is_renamed_in_a_new_version()
    {
        await ImportAsync("set", SmallPictures.In(["a", "b"]));
        var page = Render<DatasetPage>(p => p.Add(x => x.Name, "set"));

        await page.WaitForAssertionAsync(() => page.Find("button.rename"), Limit);
        await page.InvokeAsync(() => page.Find("button.rename").Click());
        await Dialogs.WaitForAssertionAsync(() => Assert.Equal("a", Dialogs.Find("#class-name").GetAttribute("value")), Limit);
        await Dialogs.InvokeAsync(() => Dialogs.Find("#class-name").Input("z"));
        await Dialogs.InvokeAsync(() => Dialogs.Find("#class-form").Submit());

        await page.WaitForAssertionAsync(() => Assert.Contains("version=2", Address), Limit);
        Assert.Equal(["b", "z"], (await Services.GetRequiredService<DatasetBrowser>().GetAsync("set")).Classes.Select(c => c.Name));
    }

    [Fact]
    public async Task What_comes_with_the_program_can_be_looked_at_and_not_changed()
    {
        var page = Render<DatasetPage>(p => p.Add(x => x.Name, Mnist.DatasetName));

        await page.WaitForAssertionAsync(() => Assert.Equal(10, page.FindAll(".classes .pick").Count), Limit);
        Assert.Empty(page.FindAll("button.rename"));
        Assert.Empty(page.FindAll("[aria-label='Remove the dataset']"));
    }

    [Theory]
    [InlineData("nothing", null)]
    [InlineData("mnist", "2")]
    [InlineData("mnist", "x")]
    public async Task What_is_not_there_says_so(string name, string? version)
    {
        var page = Render<DatasetPage>(p => p.Add(x => x.Name, name).Add(x => x.VersionInAddress, version));

        await page.WaitForAssertionAsync(() => Assert.Contains($"There is no dataset “{name}”", page.Find("h1").TextContent), Limit);
    }

    [Fact]
    public async Task A_name_is_checked_before_anything_is_sent()
    {
        var panel = Render<ImportPanel>(p => p.Add(x => x.Known, [new DatasetSummary("mnist", 1, "", null!, null), new DatasetSummary("set", 3, "", null!, DateTimeOffset.UtcNow)]));
        await panel.InvokeAsync(() => panel.Instance.Picked("set.zip", "mnist", 1, 1000));
        Assert.True(panel.Find("button.primary").HasAttribute("disabled"));

        await panel.InvokeAsync(() => panel.Find("#dataset-name").Input("set"));
        Assert.Contains("next version, 4", panel.Find("#dataset-name-hint").TextContent);
        await panel.InvokeAsync(() => panel.Find("form").Submit());
        Assert.Equal("Sending set", panel.Find("h2").TextContent);

        await panel.InvokeAsync(() => panel.Instance.Failed("It is no zip file."));
        Assert.Contains("It is no zip file.", panel.Find("[role=alert]").TextContent);
    }

    private async Task ImportAsync(string name, IEnumerable<KeyValuePair<string, byte[]>> files)
    {
        using var zip = new ZipSource(new MemoryStream(SmallPictures.Zip(files)), $"{name}.zip", 1L << 30);
        await Services.GetRequiredService<DatasetImporter>().ImportAsync(name, zip);
    }
}
