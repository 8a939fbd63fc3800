using System.Collections.Concurrent;
using Microsoft.Playwright;

namespace Workbench.Tests.Browser;

/// <summary>A test that opens pages. They are closed after it: an open page stays live, and costs the tests after it their time.</summary>
public abstract class BrowserTest : IAsyncLifetime
{
    private readonly List<IBrowserContext> _visitors = [];
    private readonly ConcurrentQueue<string> _faults = [];

    /// <summary>Whether the test breaks the connection itself. In any other the browser may not report an error: a page whose circuit has ended starts
    /// afresh, and looks well.</summary>
    protected virtual bool BreaksConnections => false;

    public virtual Task InitializeAsync() => Task.CompletedTask;

    public virtual async Task DisposeAsync()
    {
        foreach (var visitor in _visitors)
        {
            await visitor.CloseAsync();
        }
        Assert.Empty(_faults);
    }

    /// <summary>A page with storage of its own, as a new visitor has.</summary>
    protected async Task<IPage> NewPageAsync(
        Uri url, int width = 1440, int height = 900, ColorScheme colors = ColorScheme.Light, bool touch = false, bool trusting = false)
    {
        var visitor = await BrowserFixture.NewContextAsync(new BrowserNewContextOptions
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
        _visitors.Add(visitor);
        visitor.SetDefaultTimeout(30_000);
        var page = await visitor.NewPageAsync();
        if (!BreaksConnections)
        {
            page.PageError += (_, error) => _faults.Enqueue(error);
            page.Console += (_, message) =>
            {
                if (message.Type == "error")
                {
                    _faults.Enqueue(message.Text);
                }
            };
        }
        return page;
    }
}
