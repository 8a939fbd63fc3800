using Microsoft.Playwright;
using Workbench.Tests.Api;
using static Microsoft.Playwright.Assertions;

namespace Workbench.Tests.Browser;

[Collection(PageTests.Name)]
public class PredictPageTests(BrowserWorkbench workbench) : BrowserTest
{
    [SkippableFact]
    public async Task A_picture_dropped_on_the_page_is_predicted()
    {
        var page = await OpenAsync();
        var (png, label) = Digits.Mnist(0);
        using var folder = new TemporaryFolder();
        await File.WriteAllBytesAsync(folder["seven.png"], png);
        var browser = await page.Context.NewCDPSessionAsync(page);

        // Beside the sheet: anywhere will do.
        await DragAsync("dragEnter");
        await DragAsync("dragOver");
        await Expect(page.GetByText("Drop the picture")).ToBeVisibleAsync();
        await DragAsync("drop");

        await ExpectAnswerAsync(page, label);
        await Expect(page.GetByText("Drop the picture")).ToBeHiddenAsync();
        await Expect(page.GetByAltText("The picture you chose")).ToBeVisibleAsync();

        Task DragAsync(string type) => browser.SendAsync("Input.dispatchDragEvent", new()
        {
            ["type"] = type,
            ["x"] = 900,
            ["y"] = 60,
            ["data"] = new { items = Array.Empty<object>(), files = new[] { folder["seven.png"] }, dragOperationsMask = 1 },
        });
    }

    [SkippableFact]
    public async Task A_picture_pasted_from_the_clipboard_is_predicted()
    {
        var page = await OpenAsync();
        var (png, label) = Digits.Mnist(2);
        await page.EvaluateAsync(
            """
            async base64 => {
              const png = await (await fetch(`data:image/png;base64,${base64}`)).blob();
              await navigator.clipboard.write([new ClipboardItem({ "image/png": png })]);
            }
            """,
            Convert.ToBase64String(png));

        await page.Keyboard.PressAsync("Control+V");

        await ExpectAnswerAsync(page, label);
    }

    [SkippableFact]
    public async Task What_is_no_picture_is_refused_with_a_sentence_and_the_answer_before_it_stays()
    {
        var page = await OpenAsync();
        await page.Locator("input[type=file]").SetInputFilesAsync(Picture(Digits.Mnist(0).Png));
        await ExpectAnswerAsync(page, Digits.Mnist(0).Label);

        await page.Locator("input[type=file]").SetInputFilesAsync(Picture("not a picture"u8.ToArray()));

        await Expect(page.GetByRole(AriaRole.Alert)).ToContainTextAsync("image");
        await ExpectAnswerAsync(page, Digits.Mnist(0).Label);
    }

    [SkippableFact]
    public async Task Several_pictures_become_a_table_that_is_saved_as_CSV()
    {
        var page = await OpenAsync();
        await page.Locator("input[type=file]").SetInputFilesAsync(
        [
            Picture(Digits.Mnist(0).Png, "one.png"), Picture("not a picture"u8.ToArray(), "two.png"), Picture([], "three.png"),
            Picture(Digits.Mnist(1).Png, "four.png"),
        ]);

        var answers = page.GetByLabel("Answers", new() { Exact = true });
        await Expect(answers.GetByRole(AriaRole.Heading)).ToHaveTextAsync("4 files");
        await Expect(answers.Locator("td.file")).ToHaveTextAsync(["one.png", "two.png", "three.png", "four.png"]);
        await Expect(answers.Locator("td.prediction")).ToHaveTextAsync([$"{Digits.Mnist(0).Label}", $"{Digits.Mnist(1).Label}"]);
        await Expect(answers.Locator("td.fault").Last).ToHaveTextAsync("The file is empty.");
        await Expect(answers.Locator("td.picture img")).ToHaveCountAsync(2);
        var saved = await page.RunAndWaitForDownloadAsync(() => answers.GetByRole(AriaRole.Button, new() { Name = "Save as CSV" }).ClickAsync());

        var lines = (await File.ReadAllLinesAsync(await saved.PathAsync())).Select(line => line.Split(',')).ToList();
        Assert.Equal(($"{BrowserWorkbench.Study}-v1.csv", 5), (saved.SuggestedFilename, lines.Count));
        Assert.Equal(["file", "prediction", "probability", .. Enumerable.Range(0, 10).Select(digit => $"{digit}"), "error"], lines[0]);
        Assert.Equal(["four.png", $"{Digits.Mnist(1).Label}"], lines[4][..2]);
    }

    [SkippableFact]
    public async Task A_digit_drawn_with_the_mouse_is_predicted_and_can_be_taken_back()
    {
        var page = await OpenAsync();
        var sheet = await SheetAsync(page);

        await page.Mouse.MoveAsync(sheet.X(0.3f), sheet.Y(0.2f));
        await page.Mouse.DownAsync();
        await page.Mouse.MoveAsync(sheet.X(0.7f), sheet.Y(0.2f), new() { Steps = 8 });
        await page.Mouse.MoveAsync(sheet.X(0.45f), sheet.Y(0.8f), new() { Steps = 12 });
        await page.Mouse.UpAsync();

        await ExpectAnswerAsync(page, 7);
        await Expect(page.GetByText("Draw a digit", new() { Exact = true })).ToBeHiddenAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Undo" }).ClickAsync();
        await Expect(page.GetByText("Draw a digit", new() { Exact = true })).ToBeVisibleAsync();
    }

    [SkippableFact]
    public async Task A_digit_drawn_with_a_finger_is_predicted_and_does_not_scroll_the_page()
    {
        var page = await OpenAsync(width: 390, height: 844, touch: true);
        var sheet = await SheetAsync(page);
        var browser = await page.Context.NewCDPSessionAsync(page);

        // A zero, from its top around and back.
        await TouchAsync("touchStart", 0);
        for (var i = 1; i <= 24; i++)
        {
            await TouchAsync("touchMove", i / 24f);
        }
        await browser.SendAsync("Input.dispatchTouchEvent", new() { ["type"] = "touchEnd", ["touchPoints"] = Array.Empty<object>() });

        await ExpectAnswerAsync(page, 0);
        Assert.Equal(sheet, await SheetAsync(page));

        Task TouchAsync(string type, float turn) => browser.SendAsync("Input.dispatchTouchEvent", new()
        {
            ["type"] = type,
            ["touchPoints"] = new[]
            {
                new
                {
                    x = sheet.X(0.5f + (0.2f * MathF.Sin(turn * MathF.Tau))),
                    y = sheet.Y(0.5f - (0.32f * MathF.Cos(turn * MathF.Tau))),
                },
            },
        });
    }

    [SkippableFact]
    public async Task A_still_of_the_camera_is_predicted()
    {
        var page = await OpenAsync();

        await page.GetByRole(AriaRole.Button, new() { Name = "Camera" }).ClickAsync();
        // It shows what it films only once it films.
        await page.WaitForFunctionAsync("() => document.querySelector('.sheet video').videoWidth > 0");
        await page.GetByRole(AriaRole.Button, new() { Name = "Take the picture" }).ClickAsync();

        await ExpectAnswerAsync(page, FilmedDigit.Label);
        await Expect(page.GetByAltText("The picture you chose")).ToBeVisibleAsync();
        await Expect(page.GetByRole(AriaRole.Button, new() { Name = "Take the picture" })).ToBeHiddenAsync();
    }

    [SkippableFact]
    public async Task A_camera_that_the_page_may_not_use_is_a_sentence()
    {
        var page = await OpenAsync();
        await page.EvaluateAsync("() => navigator.mediaDevices.getUserMedia = () => Promise.reject(new DOMException('Permission denied', 'NotAllowedError'))");

        await page.GetByRole(AriaRole.Button, new() { Name = "Camera" }).ClickAsync();

        await Expect(page.GetByRole(AriaRole.Alert)).ToContainTextAsync("camera");
        await Expect(page.GetByRole(AriaRole.Button, new() { Name = "Take the picture" })).ToBeHiddenAsync();
    }

    private async Task<IPage> OpenAsync(int width = 1440, int height = 900, bool touch = false)
    {
        var page = await NewPageAsync(workbench.Served.Url, width, height, touch: touch);
        await page.OpenAsync("/predict");
        await page.Locator(".sheet[data-ready]").WaitForAsync();
        await Expect(page.GetByLabel("Answer").Locator(".said b")).ToHaveTextAsync("?");
        return page;
    }

    private static FilePayload Picture(byte[] file, string name = "digit.png") => new() { Name = name, MimeType = "image/png", Buffer = file };

    private static async Task ExpectAnswerAsync(IPage page, int digit)
    {
        await Expect(page.GetByLabel("Answer").Locator(".said b")).ToHaveTextAsync($"{digit}");
        await Expect(page.GetByLabel("Answer")).ToContainTextAsync($"Answered by {BrowserWorkbench.Study} v1");
    }

    private static async Task<Sheet> SheetAsync(IPage page)
    {
        var box = (await page.Locator("canvas").BoundingBoxAsync())!;
        return new Sheet(box.X, box.Y, box.Width, box.Height);
    }

    // Places on it, by shares of its sides.
    private sealed record Sheet(float Left, float Top, float Width, float Height)
    {
        public float X(float share) => Left + (share * Width);

        public float Y(float share) => Top + (share * Height);
    }
}
