using Bunit;
using Microsoft.AspNetCore.Components;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using MudBlazor.Services;
using Workbench.Components;
using Workbench.Components.Layout;
using Workbench.Core;
using Workbench.Core.Artifacts;
using Workbench.Core.Platform;
using Workbench.Core.Search;
using Workbench.Core.Tracking;
using Workbench.Tests.Tracking;

namespace Workbench.Tests.Components;

/// <summary>Components of the shell with the services they really have, on a database of the test's own.</summary>
public abstract class ShellContext : BunitContext, IAsyncLifetime
{
    protected static readonly TimeSpan Limit = TimeSpan.FromSeconds(20);

    private readonly TemporaryFolder _folder = new();

    internal TrackingFixture Store { get; private set; } = default!;

    internal Catalog Catalog => Services.GetRequiredService<Catalog>();

    public async Task InitializeAsync()
    {
        Store = await TrackingFixture.CreateAsync();
        var data = DataDirectory.Open(_folder.Path);
        Services.AddSingleton<ILoggerFactory>(NullLoggerFactory.Instance);
        Services.AddWorkbench(Store.Database, new LocalArtifactStore(data.Artifacts), data).AddShell().AddMudServices();
        SetRendererInfo(new RendererInfo("Server", isInteractive: true));
        JSInterop.Mode = JSRuntimeMode.Loose;
        var feed = Services.GetRequiredService<ChangeFeed>();
        await feed.StartAsync(default);
        await feed.Listening.WaitAsync(Limit);
    }

    public new async Task DisposeAsync()
    {
        await Services.GetRequiredService<ChangeFeed>().StopAsync(default);
        await base.DisposeAsync();
        await Store.DisposeAsync();
        _folder.Dispose();
    }

    /// <summary>Goes where a link would lead.</summary>
    protected void GoTo(string address) => Services.GetRequiredService<NavigationManager>().NavigateTo(address);

    /// <summary>Runs one trial of a study to its end.</summary>
    internal void RunTrial(Study study)
    {
        var lease = Store.Claim(study, study.Name).Lease;
        Store.Runs.SetParams(lease, TrackingFixture.X(0.5));
        Store.Runs.Finish(lease, TrialState.Complete, 0.9);
    }
}
