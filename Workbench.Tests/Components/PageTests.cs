using Bunit;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Web;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using MudBlazor;
using MudBlazor.Services;
using Workbench.Components;
using Workbench.Core;
using Workbench.Core.Artifacts;
using Workbench.Core.Platform;
using Workbench.Core.Tracking;
using Workbench.Tests.Tracking;

namespace Workbench.Tests.Components;

/// <summary>Pages on a real database of their own, with everything behind them but workers and a browser.</summary>
public abstract class PageTests : ComponentTests, IAsyncLifetime
{
    private readonly TemporaryFolder _folder = new();

    internal TrackingFixture Store { get; private set; } = default!;

    protected ChangeFeed Feed { get; private set; } = default!;

    /// <summary>What the layout would render: where dialogs appear.</summary>
    protected IRenderedComponent<MudDialogProvider> Dialogs { get; private set; } = default!;

    protected string Address => Services.GetRequiredService<NavigationManager>().ToBaseRelativePath(Services.GetRequiredService<NavigationManager>().Uri);

    public async Task InitializeAsync()
    {
        Store = await TrackingFixture.CreateAsync();
        var data = DataDirectory.Open(_folder.Path);
        // Hangfire keeps the logger factory of one host for all: it has to outlive them.
        Services.AddSingleton<ILoggerFactory>(NullLoggerFactory.Instance);
        Services.AddSingleton<IConfiguration>(new ConfigurationManager());
        Services.AddWorkbench(Store.Database, new LocalArtifactStore(data.Artifacts), data).AddShell().AddMudServices();
        SetRendererInfo(new RendererInfo("Server", isInteractive: true));
        JSInterop.Mode = JSRuntimeMode.Loose;
        Feed = Services.GetRequiredService<ChangeFeed>();
        await Feed.StartAsync(default);
        await Feed.Listening.WaitAsync(Limit);
        Render<MudPopoverProvider>();
        Dialogs = Render<MudDialogProvider>();
    }

    public new async Task DisposeAsync()
    {
        await Feed.StopAsync(default);
        await base.DisposeAsync();
        await Store.DisposeAsync();
        _folder.Dispose();
    }

    protected void GoTo(string address) => Services.GetRequiredService<NavigationManager>().NavigateTo(address);

    /// <summary>Finishes a study's next trial.</summary>
    internal void Finish(Study study, int number, double value)
    {
        var trial = Store.Claim(study, $"{study.Id}-{number}");
        Store.Runs.SetParams(trial.Lease, TrackingFixture.X(value));
        Store.Runs.Finish(trial.Lease, Core.Search.TrialState.Complete, value);
    }
}
