using Workbench.Tests.Commands;

namespace Workbench.Tests.Browser;

/// <summary>One server for the tests of the pages, with a completed study and its model in production.</summary>
public sealed class BrowserWorkbench : IAsyncLifetime
{
    public const string Study = "digits";

    public ServedWorkbench Served { get; } = new();

    public async Task InitializeAsync()
    {
        await Served.InitializeAsync();
        await LaunchAsync(Study, trials: 2, jobs: 2);
        await Served.UntilAsync($"/api/studies/{Study}", study => (string?)study["state"] == "completed");
        (await Served.Client.PostAsync($"/api/studies/{Study}/promote", null)).EnsureSuccessStatusCode();
        await Served.UntilAsync($"/api/models/{Study}", model => (string?)model["versions"]![0]!["state"] == "ready");
    }

    public Task LaunchAsync(string name, int trials = 1, int jobs = 1) => Served.LaunchAsync(name, trials, jobs);

    public Task DisposeAsync() => Served.DisposeAsync();
}

[CollectionDefinition(Name)]
public class PageTests : ICollectionFixture<BrowserWorkbench>
{
    public const string Name = "Pages";
}
