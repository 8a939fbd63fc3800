using Bunit;
using Microsoft.Extensions.DependencyInjection;
using SkiaSharp;
using Workbench.Components.Predict;
using Workbench.Core.Datasets;
using Workbench.Core.Models;
using Workbench.Core.Registry;
using Workbench.Core.Tracking;
using Workbench.Core.Tracking.Tables;
using Workbench.Tests.Datasets;
using Workbench.Tests.Models;
using Workbench.Tests.Serving;

namespace Workbench.Tests.Components.Predict;

public sealed class PredictPageTests : PageTests
{
    private static readonly byte[] White = Drawn(SKColors.White);
    private static readonly byte[] Black = Drawn(SKColors.Black);

    [SkippableFact]
    public async Task Several_files_become_a_table_in_which_a_bad_one_has_its_sentence()
    {
        var page = await OpenAsync();
        var pad = page.FindComponent<ImagePad>().Instance;

        var batch = await page.InvokeAsync(() => pad.BeginAsync(3));
        Assert.True(await SendAsync(page, batch, 2, "none.txt", [1, 2, 3]));
        Assert.Equal("1 of 3 files", page.Find(".answers h2").TextContent);
        Assert.True(await SendAsync(page, batch, 0, "white.png", White));
        Assert.True(await SendAsync(page, batch, 1, "black.png", Black));

        Assert.Equal("3 files", page.Find(".answers h2").TextContent);
        Assert.Equal(["white.png", "black.png", "none.txt"], Files(page));
        Assert.Equal(["bright", "dark"], page.FindAll(".answers .prediction b").Select(cell => cell.TextContent));
        Assert.EndsWith(".", page.Find(".answers td.fault").TextContent, StringComparison.Ordinal);
        Assert.Empty(page.FindAll("[aria-label=Answer]"));
    }

    [SkippableFact]
    public async Task The_table_is_sorted_and_filtered()
    {
        var page = await OpenAsync();
        await GiveAsync(page, ("b.png", White), ("a.png", Black), ("c.png", White));

        await page.InvokeAsync(() => page.Find(".answers th.prediction button").ClickAsync(new()));
        Assert.Equal(["b.png", "c.png", "a.png"], Files(page));
        await page.InvokeAsync(() => page.Find(".answers th.prediction button").ClickAsync(new()));
        Assert.Equal(["a.png", "c.png", "b.png"], Files(page));
        await page.InvokeAsync(() => page.Find(".answers [type=search]").InputAsync("DARK"));
        Assert.Equal(["a.png"], Files(page));
    }

    [SkippableFact]
    public async Task What_comes_after_another_batch_has_begun_or_the_sheet_was_cleared_is_not_wanted()
    {
        var page = await OpenAsync();
        var pad = page.FindComponent<ImagePad>().Instance;
        var first = await page.InvokeAsync(() => pad.BeginAsync(2));
        var second = await page.InvokeAsync(() => pad.BeginAsync(2));

        Assert.False(await SendAsync(page, first, 0, "white.png", White));
        Assert.True(await SendAsync(page, second, 0, "white.png", White));
        await page.InvokeAsync(() => page.Find(".back button:last-child").ClickAsync(new()));

        Assert.False(await SendAsync(page, second, 1, "black.png", Black));
        Assert.Equal("?", page.Find(".said b").TextContent);
    }

    [SkippableFact]
    public async Task A_picture_of_the_dataset_is_tried_and_its_label_is_told()
    {
        using (var zip = new ZipSource(new MemoryStream(SmallPictures.Zip([
            .. SmallPictures.In(["train/dark", "train/bright"]), new("test/dark/white.png", White), new("test/dark/white too.png", White), new("test/bright/white.png", White),
        ])), "set.zip", 1L << 30))
        {
            await Services.GetRequiredService<DatasetImporter>().ImportAsync("set", zip);
        }
        await ImportAsync("lamp");
        var set = (await Services.GetRequiredService<DatasetCatalog>().FindAsync("set"))!;
        await TrainedOnAsync(new TrainedOn("set", 1, set.Fingerprint));
        var page = Render<PredictPage>();
        page.WaitForElement("button.example", Limit);

        await page.InvokeAsync(() => page.Find("button.example").ClickAsync(new()));
        await page.WaitForAssertionAsync(() => Assert.Contains("part test", page.Find(".truth").TextContent, StringComparison.Ordinal), Limit);
        var right = page.Find(".truth p b + b").TextContent == "bright";
        Assert.Equal((right ? "Right." : "Wrong.", "bright"), (page.Find(".truth b").TextContent, page.Find(".said b").TextContent));

        var refusal = await Assert.ThrowsAsync<NotFoundException>(() => Services.GetRequiredService<DatasetBrowser>().ExampleAsync("set", 1, "another"));
        Assert.Contains("other pictures", refusal.Message, StringComparison.Ordinal);
    }

    [SkippableFact]
    public async Task The_table_is_saved_as_CSV_with_the_probability_of_each_class()
    {
        await ImportAsync("lamp");
        var served = await Services.GetRequiredService<Core.Serving.Predictor>().FindAsync();
        var batch = new Batch(1, served, 2);
        batch.Add(new FileAnswer(1, "broken.png", "", null, "It is cut off."));
        batch.Add(new FileAnswer(0, "=1+1.png", "", new("bright", [0.25f, 0.75f], ["dark", "bright"], "lamp", 1), null));

        Assert.Equal(
            Csv.ByteOrderMark + "file,prediction,probability,dark,bright,error\r\n'=1+1.png,bright,0.75,0.25,0.75,\r\nbroken.png,,,,,It is cut off.\r\n",
            batch.ToCsv());
    }

    private async Task<IRenderedComponent<PredictPage>> OpenAsync()
    {
        await ImportAsync("lamp");
        var page = Render<PredictPage>();
        await page.WaitForAssertionAsync(() => page.Find(".sheet"), Limit);
        return page;
    }

    private async Task TrainedOnAsync(TrainedOn dataset)
    {
        await using var db = Store.CreateDbContext();
        var version = db.Versions.Single();
        version.Manifest = (ModelManifest.Read(version.Manifest!) with { Dataset = dataset }).ToJson();
        await db.SaveChangesAsync();
    }

    private Task<int> ImportAsync(string name, string labels = Brightness.Labels) =>
        Services.GetRequiredService<ModelImport>().AddAsync(new ModelImportRequest(name, Brightness.Onnx(), labels, new PictureScale()));

    private static async Task GiveAsync(IRenderedComponent<PredictPage> page, params (string Name, byte[] File)[] files)
    {
        var batch = await page.InvokeAsync(() => page.FindComponent<ImagePad>().Instance.BeginAsync(files.Length));
        foreach (var (index, (name, file)) in files.Index())
        {
            await SendAsync(page, batch, index, name, file);
        }
    }

    private static Task<bool> SendAsync(IRenderedComponent<PredictPage> page, int batch, int index, string name, byte[] file) =>
        page.InvokeAsync(() => page.FindComponent<ImagePad>().Instance.TakeOneAsync(batch, index, name, "", null, new SentStream(file)));

    private static IEnumerable<string> Files(IRenderedComponent<PredictPage> page) => page.FindAll(".answers td.file").Select(cell => cell.TextContent);

    private static byte[] Drawn(SKColor ground)
    {
        using var picture = Pictures.Drawn(30, 20, ground, _ => { });
        return picture.Png();
    }
}
