using AngleSharp.Dom;
using Bunit;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Web;
using Microsoft.Extensions.DependencyInjection;
using Workbench.Components.Palette;
using Workbench.Components.Studies;
using Workbench.Components.Trials;
using Workbench.Core.Search;
using Workbench.Core.Tracking;
using Workbench.Tests.Tracking;
using Workbench.Tests.Training;

namespace Workbench.Tests.Components.Studies;

public sealed class TrialsTableTests : ComponentTests, IAsyncLifetime
{
    private readonly List<(long Run, bool Shown)> _chosen = [];
    private TrackingFixture _store = default!;
    private StudyView _view = default!;

    private NavigationManager Navigation => Services.GetRequiredService<NavigationManager>();

    public async Task InitializeAsync()
    {
        _store = await TrackingFixture.CreateAsync();
        await using (var db = _store.CreateDbContext())
        {
            await SeededStudy.InsertAsync(db, trials: 12);
        }
        _view = (await StudyView.OpenAsync(_store.Queries, "study", default))!;
        Services.AddSingleton(new RunQueries(_store));
        Services.AddSingleton(Samples.Pipelines);
        Services.AddSingleton(TimeProvider.System);
        SetRendererInfo(new RendererInfo("Server", isInteractive: true));
        JSInterop.Mode = JSRuntimeMode.Loose;
    }

    public new async Task DisposeAsync()
    {
        await base.DisposeAsync();
        await _store.DisposeAsync();
    }

    [SkippableFact]
    public void Shows_the_latest_trials_first_with_their_last_metrics()
    {
        var table = Table();

        Assert.Equal(Enumerable.Range(0, 12).Reverse().Select(number => $"{number}"), Column(table, "number"));
        Assert.Equal("0.0923", Column(table, "val_loss")[0]);
    }

    [SkippableFact]
    public async Task A_filter_holds_at_once_and_is_in_the_address()
    {
        var table = Table();

        await table.InvokeAsync(() => table.Find("input[type=search]").InputAsync("state = complete and number < 3"));

        Assert.Equal(["2", "1", "0"], Column(table, "number"));
        Assert.Equal("3 of 12", table.Find("h2 .muted").TextContent);
        Assert.EndsWith("?filter=state%20%3D%20complete%20and%20number%20%3C%203", Navigation.Uri, StringComparison.Ordinal);
    }

    [SkippableFact]
    public async Task A_slip_is_pointed_at_and_mended_by_a_click()
    {
        var table = Table();

        await table.InvokeAsync(() => table.Find("input[type=search]").InputAsync("num_hiden = 10"));

        Assert.Equal("num_hiden", table.Find("mark").TextContent);
        Assert.Contains("Did you mean num_hidden?", table.Find(".fault").TextContent, StringComparison.Ordinal);
        Assert.Equal(12, Column(table, "number").Count);
        await table.InvokeAsync(() => table.Find(".fault button").ClickAsync(new()));
        Assert.Equal(["2"], Column(table, "number"));
        Assert.Empty(table.FindAll(".fault"));
    }

    [SkippableFact]
    public async Task Sorts_by_a_click_the_other_way_by_another()
    {
        var table = Table();

        await table.InvokeAsync(() => Head(table, "num_hidden").QuerySelector("button")!.ClickAsync(new()));
        Assert.Equal("descending", Head(table, "num_hidden").GetAttribute("aria-sort"));
        await table.InvokeAsync(() => Head(table, "num_hidden").QuerySelector("button")!.ClickAsync(new()));

        Assert.Equal("ascending", Head(table, "num_hidden").GetAttribute("aria-sort"));
        Assert.Equal("0", Column(table, "number")[0]);
        Assert.EndsWith("?sort=num_hidden", Navigation.Uri, StringComparison.Ordinal);
    }

    [SkippableFact]
    public void An_address_brings_its_filter_and_order_back()
    {
        var table = Table("number < 3", "number");

        Assert.Equal(["0", "1", "2"], Column(table, "number"));
        Assert.Equal("number < 3", table.Find("input[type=search]").GetAttribute("value"));
        table.Render(t => t.Add(c => c.Filter, "number = 8").Add(c => c.Sort, null));
        Assert.Equal(["8"], Column(table, "number"));
    }

    [SkippableFact]
    public async Task Columns_are_chosen_and_the_browser_remembers_them()
    {
        var table = Table();
        Assert.Contains("worker", Heads(table));

        await table.InvokeAsync(() => table.FindAll(".columns label").Single(label => label.TextContent == "worker").QuerySelector("input")!.ChangeAsync(false));

        Assert.DoesNotContain("worker", Heads(table));
        Assert.Equal([TrialColumns.Key, """{"worker":false}"""], JSInterop.Invocations["localStorage.setItem"].Single().Arguments);
    }

    [SkippableFact]
    public void Remembered_columns_come_back()
    {
        JSInterop.Setup<string?>("localStorage.getItem", TrialColumns.Key).SetResult("""{"loss":false,"attempt":true}""");

        var heads = Heads(Table());

        Assert.Contains("attempt", heads);
        Assert.DoesNotContain("loss", heads);
    }

    [SkippableFact]
    public async Task Shift_chooses_all_from_the_one_clicked_before()
    {
        var table = Table();

        await table.InvokeAsync(() => Box(table, 8).ClickAsync(new()));
        await ChangedAsync(table);
        await table.InvokeAsync(() => Box(table, 5).ClickAsync(new MouseEventArgs { ShiftKey = true }));
        await ChangedAsync(table);

        table.WaitForAssertion(() => Assert.Equal([8, 7, 6, 5], _chosen.Select(choice => _view.Trials.Single(trial => trial.Id == choice.Run).Number!.Value)));
        Assert.Equal($"compare/runs?ids={string.Join(',', _chosen.Select(choice => choice.Run))}", table.Find("a.compare").GetAttribute("href"));
        Assert.Equal("Compare 4", table.Find("a.compare").TextContent);
        await table.InvokeAsync(() => Box(table, 5).ClickAsync(new()));
        Assert.False(_chosen[^1].Shown);
    }

    [SkippableFact]
    public async Task Of_the_rows_only_those_are_drawn_again_that_have_changed()
    {
        var table = Table();
        var before = Drawings();

        await _view.ChooseAsync(_view.Trial(8)!.Id, true, default);
        await ChangedAsync(table);

        table.WaitForAssertion(() => Assert.Equal([8], Drawings().Where(row => row.Value != before[row.Key]).Select(row => row.Key)));

        Dictionary<int, int> Drawings() => table.FindComponents<TrialsTableRow>().ToDictionary(row => row.Instance.Row.Run.Number!.Value, row => row.RenderCount);
    }

    [SkippableFact]
    public void Exports_what_is_shown()
    {
        JSInterop.Setup<string?>("localStorage.getItem", TrialColumns.Key).SetResult("""{"loss":false,"accuracy":false,"worker":false}""");

        var csv = Table("number < 3", "-value").Find("a[download]").GetAttribute("href")!;

        Assert.Equal(
            "api/studies/study/trials.csv?filter=number%20%3C%203&sort=-value&columns=number%2Cstate%2Cvalue%2Cduration%2Clearning_rate%2Cnum_hidden%2Coptimizer%2Cval_loss",
            csv);
    }

    [SkippableFact]
    public async Task The_menu_of_a_row_has_what_can_be_done_with_its_trial()
    {
        var (did, best) = (new List<string>(), _view.Trial(_view.Summary.Best!.Number)!);
        var complete = _view.Trials.First(trial => trial.State == TrialState.Complete && trial.Id != best.Id);
        var failed = _view.Trials.First(trial => trial.State == TrialState.Failed);

        var commands = Commands(complete);
        foreach (var command in commands.Where(command => command.Run is not null))
        {
            await command.Run!();
        }

        Assert.Equal(["open", "choose", "promote"], did);
        Assert.All(commands, command => Assert.Null(command.Unavailable));
        Assert.Equal($"compare/runs?ids={best.Id},{complete.Id}", commands.Single(command => command.Title == "Compare with best").Address);
        Assert.Equal(["Compare with best"], Commands(best).Where(command => command.Unavailable is not null).Select(command => command.Title));
        Assert.Equal(["Promote this trial"], Commands(failed).Where(command => command.Unavailable is not null).Select(command => command.Title));

        IReadOnlyList<Command> Commands(Run trial) => TrialCommands.For(_view, trial, () => Do("open"), () => Do("choose"), () => Do("promote"));

        Task Do(string what)
        {
            did.Add(what);
            return Task.CompletedTask;
        }
    }

    private IRenderedComponent<TrialsTable> Table(string? filter = null, string? sort = null)
    {
        var table = Render<TrialsTable>(t => t
            .Add(c => c.View, _view)
            .Add(c => c.Revision, 1)
            .Add(c => c.Filter, filter)
            .Add(c => c.Sort, sort)
            .Add(c => c.OnChoose, choice => ChooseAsync(choice)));
        table.WaitForAssertion(() => Assert.NotEqual("–", Column(table, "number").Count == 0 ? "–" : Column(table, "state")[0]));
        table.WaitForAssertion(() => Assert.Empty(table.FindAll(".waiting")));
        table.WaitForAssertion(() => Assert.Contains(table.FindAll("td"), cell => cell.TextContent.StartsWith("0.0", StringComparison.Ordinal)));
        return table;
    }

    private async Task ChooseAsync((long Run, bool Shown) choice)
    {
        _chosen.Add(choice);
        await _view.ChooseAsync(choice.Run, choice.Shown, default);
    }

    // The page draws the table again when it has chosen.
    private static Task ChangedAsync(IRenderedComponent<TrialsTable> table)
    {
        table.Render(t => t.Add(c => c.Revision, table.Instance.Revision + 1));
        return Task.CompletedTask;
    }

    private static List<string> Heads(IRenderedComponent<TrialsTable> table) =>
        [.. table.FindAll("thead th button span").Select(head => head.TextContent == "#" ? "number" : head.TextContent)];

    private static IElement Head(IRenderedComponent<TrialsTable> table, string name) => table.FindAll("thead th")[Heads(table).IndexOf(name) + 1];

    private static List<string> Column(IRenderedComponent<TrialsTable> table, string name)
    {
        var at = Heads(table).IndexOf(name) + 1;
        return [.. table.FindAll("tbody tr").Where(row => row.QuerySelector("td.name") is not null).Select(row => row.Children[at].TextContent.Trim())];
    }

    private static IElement Box(IRenderedComponent<TrialsTable> table, int number) => table.Find($"input[aria-label='Choose trial {number}']");
}
