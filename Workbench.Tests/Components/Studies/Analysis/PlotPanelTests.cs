using Bunit;
using Microsoft.AspNetCore.Components;
using MudBlazor;
using MudBlazor.Services;
using Workbench.Components.Charts;
using Workbench.Components.Studies;
using Workbench.Components.Studies.Analysis;
using Workbench.Core.Search;
using static Workbench.Tests.Components.StudyData;

namespace Workbench.Tests.Components.Studies.Analysis;

public sealed class PlotPanelTests : ComponentTests, IAsyncLifetime
{
    private int _drawings;

    public PlotPanelTests()
    {
        Services.AddMudServices();
        JSInterop.Mode = JSRuntimeMode.Loose;
    }

    public Task InitializeAsync() => Task.CompletedTask;

    // MudBlazor's services can only be disposed of asynchronously.
    public new async Task DisposeAsync() => await base.DisposeAsync();

    [Fact]
    public async Task A_plot_is_drawn_when_it_comes_into_sight_and_not_before()
    {
        var panel = Panel(At(1));
        Assert.Equal(0, _drawings);

        await SeeAsync(panel, true);

        Assert.Equal(1, _drawings);
    }

    [Fact]
    public async Task A_plot_is_drawn_again_when_what_it_shows_has_changed_and_only_then()
    {
        var panel = Panel(At(1));
        await SeeAsync(panel, true);

        panel.Render(p => p.Add(c => c.Snapshot, At(1, epochs: 9)));
        Assert.Equal(1, _drawings);

        panel.Render(p => p.Add(c => c.Snapshot, At(2, epochs: 9)));
        panel.WaitForAssertion(() => Assert.Equal(2, _drawings));
    }

    [Fact]
    public async Task A_plot_is_not_drawn_again_before_the_browser_can_take_it()
    {
        var sent = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var module = JSInterop.SetupModule("./Components/Charts/PlotlyChart.razor.js");
        var browser = module.SetupModule("create", _ => true);
        browser.Mode = JSRuntimeMode.Loose;
        var drawn = browser.SetupVoid("update", _ => sent.TrySetResult() || true);
        var panel = Panel(At(1));
        // Over when the browser is.
        var seeing = SeeAsync(panel, true);
        await sent.Task.WaitAsync(Limit);

        panel.Render(p => p.Add(c => c.Snapshot, At(2)));
        panel.Render(p => p.Add(c => c.Snapshot, At(3)));
        Assert.Equal(1, _drawings);
        Assert.False(seeing.IsCompleted);

        drawn.SetVoidResult();
        await seeing.WaitAsync(Limit);
        Assert.Equal(2, _drawings);
    }

    [Fact]
    public async Task A_plot_out_of_sight_is_left_alone_and_caught_up_with_when_it_is_seen_again()
    {
        var panel = Panel(At(1));
        await SeeAsync(panel, true);
        await SeeAsync(panel, false);

        panel.Render(p => p.Add(c => c.Snapshot, At(5)));
        Assert.Equal(1, _drawings);

        await SeeAsync(panel, true);
        Assert.Equal(2, _drawings);
    }

    [Fact]
    public async Task What_a_person_chooses_draws_the_plot_again()
    {
        var panel = Panel(At(1));
        await SeeAsync(panel, true);

        panel.Render(p => p.Add(c => c.Options, Options with { Values = new(Log: true) }));

        panel.WaitForAssertion(() => Assert.Equal(2, _drawings));
    }

    [Fact]
    public async Task The_table_is_exported_under_the_name_of_study_and_plot()
    {
        var panel = Panel(At(1));
        await SeeAsync(panel, true);

        await panel.InvokeAsync(() => panel.Find("button[title='Download CSV']").ClickAsync(new()));

        var call = Assert.Single(JSInterop.Invocations, i => i.Identifier == "downloadText");
        Assert.Equal(["mnist-transfer-1-test.csv", "\uFEFFtrial\r\n4\r\n"], call.Arguments);
    }

    [Fact]
    public async Task The_data_can_be_read_as_a_table_whose_trials_can_be_opened()
    {
        var dialogs = Render<MudDialogProvider>();
        int? opened = null;
        var panel = Panel(At(1), number => opened = number);
        await SeeAsync(panel, true);

        var reading = panel.InvokeAsync(() => panel.Find("button[title='Show data']").ClickAsync(new()));
        dialogs.WaitForElement("button[aria-label='Open trial 4']");
        await dialogs.InvokeAsync(() => dialogs.Find("button[aria-label='Open trial 4']").ClickAsync(new()));
        await reading;

        Assert.Equal(4, opened);
    }

    private static PlotOptions Options => PlotOptions.Of(Study().SearchSpace, "val_accuracy", null, null, null, null, null);

    private static StudySnapshot At(int finished, int epochs = 1) => new(Study(), [Trial(4, 0.5)], null, [], new(epochs, finished, finished), Start);

    private static Task SeeAsync(IRenderedComponent<PlotPanel> panel, bool seen) =>
        panel.InvokeAsync(() => panel.FindComponent<PlotlyChart>().Instance.SeenAsync(seen));

    private IRenderedComponent<PlotPanel> Panel(StudySnapshot snapshot, Action<int>? onPointClick = null) => Render<PlotPanel>(p => p
        .Add(c => c.Plot, new Plot("test", "Test", "", PlotControls.None, v => v.Finished, Draw))
        .Add(c => c.Snapshot, snapshot).Add(c => c.Options, Options).Add(c => c.Link, "x")
        .Add(c => c.OnPointClick, onPointClick ?? (_ => { })));

    private Chart Draw(StudySnapshot snapshot, PlotOptions options)
    {
        Interlocked.Increment(ref _drawings);
        return new Chart([], new(), "A test.") { Table = () => new([ChartTable.Trial], [[4]]) };
    }
}
