using System.Collections.Concurrent;
using Microsoft.Playwright;

namespace Workbench.Tests.Browser;

/// <summary>A test that opens pages. They are closed after it: an open page stays live, and costs the tests after it their time.</summary>
public abstract class BrowserTest : IAsyncLifetime
{
    private readonly List<IBrowserContext> _visitors = [];
    private readonly List<IPage> _pages = [];
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
        foreach (var page in _pages)
        {
            await page.CloseAsync();
        }
        Assert.Empty(_faults);
    }

    /// <summary>A page with storage of its own, as a new visitor has.</summary>
    protected async Task<IPage> NewPageAsync(
        Uri url, int width = 1440, int height = 900, ColorScheme colors = ColorScheme.Light, bool touch = false, bool trusting = false)
    {
        var visitor = await BrowserFixture.NewVisitorAsync(url, width, height, colors, touch, trusting);
        _visitors.Add(visitor);
        return await NewPageAsync(visitor);
    }

    /// <summary>A page of a visitor who comes again: the browser has kept the scripts and styles, and nothing that pages have kept.</summary>
    protected async Task<IPage> NewPageOfAsync(IBrowserContext visitor)
    {
        var page = await NewPageAsync(visitor);
        _pages.Add(page);
        await page.AddInitScriptAsync("localStorage.clear()");
        return page;
    }

    private async Task<IPage> NewPageAsync(IBrowserContext visitor)
    {
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
