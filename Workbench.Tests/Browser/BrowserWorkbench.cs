using Microsoft.Playwright;
using Workbench.Tests.Commands;

namespace Workbench.Tests.Browser;

/// <summary>One server for the tests of the pages, with a completed study and its model in production.</summary>
public sealed class BrowserWorkbench : IAsyncLifetime
{
    public const string Study = "digits";

    private readonly Lazy<Task<IBrowserContext>> _regular;

    public BrowserWorkbench() => _regular = new(() => BrowserFixture.NewVisitorAsync(Served.Url));

    public ServedWorkbench Served { get; } = new();

    /// <summary>One who comes again and again, for tests that open many pages and keep nothing in the browser: a page opens in two thirds of the time.</summary>
    public Task<IBrowserContext> RegularAsync() => _regular.Value;

    public async Task InitializeAsync()
    {
        await Served.InitializeAsync();
        await LaunchAsync(Study, trials: 2, jobs: 2);
        await Served.UntilAsync($"/api/studies/{Study}", study => (string?)study["state"] == "completed");
        (await Served.Client.PostAsync($"/api/studies/{Study}/promote", null)).EnsureSuccessStatusCode();
        await Served.UntilAsync($"/api/models/{Study}", model => (string?)model["versions"]![0]!["state"] == "ready");
    }

    public Task LaunchAsync(string name, int trials = 1, int jobs = 1) => Served.LaunchAsync(name, trials, jobs);

    public async Task DisposeAsync()
    {
        if (_regular.IsValueCreated)
        {
            await (await _regular.Value).CloseAsync();
        }
        await Served.DisposeAsync();
    }
}

[CollectionDefinition(Name)]
public class PageTests : ICollectionFixture<BrowserWorkbench>
{
    public const string Name = "Pages";
}
