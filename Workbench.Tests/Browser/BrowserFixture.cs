using Microsoft.Playwright;

namespace Workbench.Tests.Browser;

/// <summary>One headless Chromium, the system's own, for the whole run.</summary>
internal static class BrowserFixture
{
    private static readonly Lazy<Task<IBrowser>> Chromium = new(LaunchAsync);

    /// <summary>A visitor with storage of its own.</summary>
    public static async Task<IBrowserContext> NewVisitorAsync(
        Uri url, int width = 1440, int height = 900, ColorScheme colors = ColorScheme.Light, bool touch = false, bool trusting = false)
    {
        var visitor = await (await Chromium.Value).NewContextAsync(new BrowserNewContextOptions
        {
            BaseURL = url.ToString(),
            ViewportSize = new ViewportSize { Width = width, Height = height },
            ColorScheme = colors,
            HasTouch = touch,
            // Of a certificate that no authority vouches for.
            IgnoreHTTPSErrors = trusting,
            // Without a graphics card an animation takes a good part of a core.
            ReducedMotion = ReducedMotion.Reduce,
            Permissions = ["clipboard-read", "clipboard-write"],
        });
        visitor.SetDefaultTimeout(30_000);
        return visitor;
    }

    /// <summary>Opens an address and waits until its circuit is alive: what is clicked before that is lost.</summary>
    public static async Task OpenAsync(this IPage page, string path)
    {
        await page.GotoAsync(path);
        await page.Locator(".shell[data-live]").WaitForAsync();
    }

    /// <summary>Puts the page into the background, or into sight again: a headless browser says of all its pages that they are seen.</summary>
    public static async Task HideAsync(this IPage page, bool hide) => await page.EvaluateAsync(
        "hide => { Object.defineProperty(document, 'hidden', { configurable: true, get: () => hide }); document.dispatchEvent(new Event('visibilitychange')); }", hide);

    private static async Task<IBrowser> LaunchAsync()
    {
        // The first is Chromium without windows: the same pages for about half the time of the processor.
        var path = Requirement.FindProgram("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome");
        Requirement.Need("a Chromium browser", path is not null, "On Debian: apt-get install -y chromium-headless-shell");
        // As long as a step takes on a machine that has a lot else to do.
        Assertions.SetDefaultExpectTimeout(30_000);
        var playwright = await Playwright.CreateAsync();
        return await playwright.Chromium.LaunchAsync(new BrowserTypeLaunchOptions
        {
            ExecutablePath = path,
            Args =
            [
                "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync",
                // A camera, which films a digit and which pages may use without a question.
                "--use-fake-ui-for-media-stream", "--use-fake-device-for-media-stream", $"--use-file-for-fake-video-capture={FilmedDigit.File()}",
            ],
        });
    }
}
