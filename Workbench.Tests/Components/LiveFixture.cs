using Bunit;
using Microsoft.AspNetCore.Components;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using MudBlazor.Services;
using Workbench.Core.Artifacts;
using Workbench.Core.Registry;
using Workbench.Core.Tracking;
using Workbench.Tests.Tracking;

namespace Workbench.Tests.Components;

/// <summary>What a live page needs, on a database of the test's own.</summary>
public abstract class LiveFixture : BunitContext, IAsyncLifetime
{
    protected static readonly TimeSpan Limit = TimeSpan.FromSeconds(20);

    private readonly TemporaryFolder _artifacts = new();
    private ChangeFeed _feed = default!;

    private protected TrackingFixture Store { get; private set; } = default!;

    /// <summary>Moves aliases; it can't promote, for there is no job queue.</summary>
    protected ModelRegistry Registry => Services.GetRequiredService<ModelRegistry>();

    protected NavigationManager Navigation => Services.GetRequiredService<NavigationManager>();

    public async Task InitializeAsync()
    {
        Store = await TrackingFixture.CreateAsync();
        _feed = new ChangeFeed(Store.Database, TimeProvider.System, NullLogger<ChangeFeed>.Instance);
        await _feed.StartAsync(default);
        await _feed.Listening.WaitAsync(Limit);
        Services.AddSingleton(_feed);
        Services.AddSingleton(Store.Queries);
        Services.AddSingleton(new RunQueries(Store));
        Services.AddSingleton(new NoteStore(Store.Database));
        Services.AddSingleton(TimeProvider.System);
        Services.AddSingleton<IArtifactStore>(new LocalArtifactStore(_artifacts.Path));
        Services.AddSingleton(new ModelRegistry(Store, Store.Queries, null!, TimeProvider.System));
        Services.AddMudServices();
        SetRendererInfo(new RendererInfo("Server", isInteractive: true));
        JSInterop.Mode = JSRuntimeMode.Loose;
    }

    public new async Task DisposeAsync()
    {
        await base.DisposeAsync();
        await _feed.StopAsync(default);
        _feed.Dispose();
        await Store.DisposeAsync();
        _artifacts.Dispose();
    }
}
