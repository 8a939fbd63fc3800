using Bunit;
using Microsoft.AspNetCore.Components;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using MudBlazor.Services;
using Workbench.Components.Parts;
using Workbench.Core.Artifacts;
using Workbench.Core.Mirroring;
using Workbench.Core.Registry;
using Workbench.Core.Tracking;
using Workbench.Core.Tracking.Mirrors;
using Workbench.Tests.Tracking;
using Workbench.Tests.Training;

namespace Workbench.Tests.Components;

/// <summary>What a live page needs, on a database of the test's own.</summary>
public abstract class LiveFixture : ComponentTests, IAsyncLifetime
{
    private readonly TemporaryFolder _artifacts = new();

    protected ChangeFeed Feed { get; private set; } = default!;

    private protected TrackingFixture Store { get; private set; } = default!;

    /// <summary>Moves aliases; it can't promote, for there is no job queue.</summary>
    protected ModelRegistry Registry => Services.GetRequiredService<ModelRegistry>();

    protected NavigationManager Navigation => Services.GetRequiredService<NavigationManager>();

    public virtual async Task InitializeAsync()
    {
        Store = await TrackingFixture.CreateAsync();
        Feed = new ChangeFeed(Store.Database, TimeProvider.System, NullLogger<ChangeFeed>.Instance);
        await Feed.StartAsync(default);
        await Feed.Listening.WaitAsync(Limit);
        Services.AddSingleton(Feed);
        Services.AddSingleton(Samples.Pipelines);
        Services.AddScoped<PageVisibility>();
        Services.AddSingleton(Store.Queries);
        Services.AddSingleton(new RunQueries(Store));
        Services.AddSingleton(new TrackedRunQueries(Store.Database));
        Services.AddSingleton(new MetricHistories(Store.Database));
        Services.AddSingleton(new RunOutputs(Store.Database, Store));
        Services.AddSingleton(Store.Notes);
        Services.AddSingleton(Store.Audit);
        Services.AddSingleton(Store.Requests);
        Services.AddSingleton(new MirrorReport(Options.Create(new MirrorOptions()), new MirrorStore(Store.Database), TimeProvider.System));
        Services.AddSingleton<IConfiguration>(new ConfigurationBuilder().Build());
        Services.AddScoped<SubmissionKeys>();
        Services.AddSingleton(TimeProvider.System);
        Services.AddSingleton<IArtifactStore>(new LocalArtifactStore(_artifacts.Path));
        Services.AddSingleton(new ModelRegistry(Store, Store.Queries, null!, TimeProvider.System, NullLogger<ModelRegistry>.Instance));
        Services.AddMudServices();
        SetRendererInfo(new RendererInfo("Server", isInteractive: true));
        JSInterop.Mode = JSRuntimeMode.Loose;
    }

    public new async Task DisposeAsync()
    {
        await base.DisposeAsync();
        await Feed.StopAsync(default);
        Feed.Dispose();
        await Store.DisposeAsync();
        _artifacts.Dispose();
    }
}
