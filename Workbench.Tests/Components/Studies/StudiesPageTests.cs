using Bunit;
using Microsoft.AspNetCore.Components;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using MudBlazor.Services;
using Workbench.Components.Studies;
using Workbench.Core.Tracking;
using Workbench.Tests.Tracking;

namespace Workbench.Tests.Components.Studies;

public sealed class StudiesPageTests : BunitContext, IAsyncLifetime
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(20);

    private TrackingFixture _store = default!;
    private ChangeFeed _feed = default!;

    public async Task InitializeAsync()
    {
        _store = await TrackingFixture.CreateAsync();
        _feed = new ChangeFeed(_store.Database, TimeProvider.System, NullLogger<ChangeFeed>.Instance);
        await _feed.StartAsync(default);
        await _feed.Listening.WaitAsync(Limit);
        Services.AddSingleton(_feed);
        Services.AddSingleton(_store.Queries);
        Services.AddMudServices();
        SetRendererInfo(new RendererInfo("Server", isInteractive: true));
        JSInterop.Mode = JSRuntimeMode.Loose;
    }

    public new async Task DisposeAsync()
    {
        await base.DisposeAsync();
        await _feed.StopAsync(default);
        _feed.Dispose();
        await _store.DisposeAsync();
    }

    [SkippableFact]
    public void An_empty_workbench_explains_itself_in_three_steps()
    {
        var page = Render<StudiesPage>();

        page.WaitForAssertion(() => Assert.Equal(3, page.FindAll("ol.steps > li").Count), Limit);
        Assert.Contains("Launch your first study", page.Find("button.primary").TextContent, StringComparison.Ordinal);
    }

    [SkippableFact]
    public async Task A_study_that_somebody_launches_shows_by_itself()
    {
        var page = Render<StudiesPage>();
        page.WaitForElement("ol.steps", Limit);

        await _store.StudyAsync(trials: 7, name: "from elsewhere");

        var row = page.WaitForElement("tbody tr", Limit);
        Assert.Equal("studies/from%20elsewhere", row.QuerySelector("a")!.GetAttribute("href"));
        Assert.Equal("7", row.QuerySelector("[role=progressbar]")!.GetAttribute("aria-valuemax"));
    }

    [SkippableFact]
    public async Task A_closed_page_hears_no_more()
    {
        Render<StudiesPage>().WaitForElement("ol.steps", Limit);
        Assert.Equal(1, _feed.SubscriptionCount);

        await DisposeComponentsAsync();

        Assert.Equal(0, _feed.SubscriptionCount);
    }
}
