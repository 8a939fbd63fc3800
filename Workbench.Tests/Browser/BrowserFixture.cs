using Microsoft.Playwright;

namespace Workbench.Tests.Browser;

/// <summary>One headless Chromium, the system's own, for the whole run.</summary>
internal static class BrowserFixture
{
    private static readonly Lazy<Task<IBrowser>> Chromium = new(LaunchAsync);

    /// <summary>A visitor with storage of its own.</summary>
    public static async Task<IBrowserContext> NewContextAsync(BrowserNewContextOptions options) =>
        await (await Chromium.Value).NewContextAsync(options);

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
        var path = Requirement.FindProgram("chromium", "chromium-browser", "google-chrome");
        Requirement.Need("a Chromium browser", path is not null, "On Debian: apt-get install -y chromium");
        // As long as a step takes on a machine that has a lot else to do.
        Assertions.SetDefaultExpectTimeout(30_000);
        var playwright = await Playwright.CreateAsync();
        return await playwright.Chromium.LaunchAsync(new BrowserTypeLaunchOptions
        {
            ExecutablePath = path,
            Args = ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"],
        });
    }
}
