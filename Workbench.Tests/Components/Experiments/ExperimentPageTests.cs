using System.Text;
using Bunit;
using Microsoft.Extensions.DependencyInjection;
using Workbench.Components.Compare;
using Workbench.Components.Experiments;
using Workbench.Components.Runs;
using Workbench.Core.Registry;
using Workbench.Core.Tracking;

namespace Workbench.Tests.Components.Experiments;

public sealed class ExperimentPageTests : PageTests
{
    private static readonly Dictionary<string, string> NoTags = [];

    private TrackedRuns Runs => Services.GetRequiredService<TrackedRuns>();

    private TrackedRunQueries Queries => Services.GetRequiredService<TrackedRunQueries>();

    [SkippableFact]
    public async Task Experiments_that_are_no_studies_are_listed_and_a_new_run_shows_by_itself()
    {
        await Store.StudyAsync(trials: 1);
        var id = await AddExperimentAsync("mine");
        var page = Render<ExperimentsPage>();
        await page.WaitForAssertionAsync(() => Assert.Equal(["mine", "Default"], page.FindAll("tbody .name b").Select(name => name.TextContent)), Limit);
        Assert.Contains("MLFLOW_TRACKING_URI=http://localhost", page.Find("pre").TextContent, StringComparison.Ordinal);

        await AddAsync(id, "a");

        await page.WaitForAssertionAsync(() => Assert.Equal(["1", "0"], page.FindAll("tbody .runs").Select(count => count.TextContent)), Limit);
        Assert.Empty(page.FindAll("pre"));
    }

    [SkippableFact]
    public async Task Only_the_page_that_shows_is_read()
    {
        var id = await AddExperimentAsync("many");
        await using (var command = Store.Database.Durable.CreateCommand(
            $"""
            INSERT INTO runs (experiment_id, kind, name, state, started_at, heartbeat_at, tags, attempt)
            SELECT {id}, 'tracked', 'run-' || n, 'complete', now() - n * interval '1 s', now(), '{"{}"}', 1 FROM generate_series(1, 120) AS n
            """))
        {
            await command.ExecuteNonQueryAsync();
        }

        var page = this.OpenPage<ExperimentPage>(ExperimentPage.Address(id));

        await page.WaitForAssertionAsync(() => Assert.Equal(ExperimentPage.PageSize, Names(page).Count), Limit);
        Assert.Equal("120", page.Find("h2 .muted").TextContent);
        await page.InvokeAsync(() => page.FindAll(".pages button")[1].Click());
        await page.WaitForAssertionAsync(() => Assert.Equal("run-51", Names(page)[0]), Limit);
        await page.InvokeAsync(() => page.FindAll(".pages button")[1].Click());
        await page.WaitForAssertionAsync(() => Assert.Equal(20, Names(page).Count), Limit);
        Assert.True(page.FindAll(".pages button")[1].HasAttribute("disabled"));
        await page.InvokeAsync(() => page.FindAll(".pages button")[0].Click());
        await page.WaitForAssertionAsync(() => Assert.Equal("run-51", Names(page)[0]), Limit);
    }

    [SkippableFact]
    public async Task Runs_are_filtered_and_sorted_and_a_wrong_filter_is_told()
    {
        var id = await AddExperimentAsync("mine");
        await AddAsync(id, "a", 0.5);
        await AddAsync(id, "b", double.NaN);
        await AddAsync(id, "c", 0.25);
        var page = this.OpenPage<ExperimentPage>($"{ExperimentPage.Address(id)}?order=metrics.%60loss%60%20ASC");
        await page.WaitForAssertionAsync(() => Assert.Equal(["c", "a", "b"], Names(page)), Limit);
        Assert.Contains(page.FindAll("tbody td.number"), cell => cell.TextContent == "NaN");

        await page.InvokeAsync(() => page.Find("input[type=search]").Input("metrics.loss > 'high'"));
        await page.WaitForAssertionAsync(() => Assert.Contains("is a number", page.Find(".fault").TextContent, StringComparison.Ordinal), Limit);
        Assert.Equal(["c", "a", "b"], Names(page));

        await page.InvokeAsync(() => page.Find("input[type=search]").Input("metrics.loss < 1 and params.lr = '0.1'"));
        await page.WaitForAssertionAsync(() => Assert.Equal(["c", "a"], Names(page)), Limit);
        Assert.Contains("filter=", Address, StringComparison.Ordinal);

        await page.InvokeAsync(() => page.FindAll("tbody input")[0].Change(true));
        await page.InvokeAsync(() => page.FindAll("tbody input")[1].Change(true));
        var compare = this.OpenPage<CompareRunsPage>(page.Find("a.compare, a.button.primary").GetAttribute("href")!);
        await compare.WaitForAssertionAsync(() => Assert.Equal(["a", "c"], compare.FindAll("thead a").Select(link => link.TextContent)), Limit);
        Assert.Contains(compare.FindAll("tr.differs > th"), name => name.TextContent == "loss");
    }

    [SkippableFact]
    public async Task The_columns_that_a_person_chose_are_remembered_by_experiment()
    {
        var id = await AddExperimentAsync("mine");
        await AddAsync(id, "a", 0.5);
        JSInterop.Setup<string?>("localStorage.getItem", $"workbench.experiments.{id}.columns").SetResult("""{"metrics.`loss`":false}""");
        var page = this.OpenPage<ExperimentPage>(ExperimentPage.Address(id));
        await page.WaitForAssertionAsync(() => Assert.Equal(["lr"], page.FindAll("td.value").Select(cell => cell.GetAttribute("data-name"))), Limit);

        await page.InvokeAsync(() => page.FindAll("fieldset input")[0].Change(true));

        Assert.Equal(["loss", "lr"], page.FindAll("td.value").Select(cell => cell.GetAttribute("data-name")));
        var kept = JSInterop.Invocations["localStorage.setItem"].Single();
        Assert.Equal([$"workbench.experiments.{id}.columns", """{"metrics.\u0060loss\u0060":true}"""], kept.Arguments);
    }

    [SkippableFact]
    public async Task A_run_leads_to_those_within_it_and_they_lead_back()
    {
        var id = await AddExperimentAsync("mine");
        var parent = await AddAsync(id, "parent");
        await Runs.CreateAsync(id, "child", null, null, new Dictionary<string, string> { [ExperimentOverview.ParentTag] = $"{parent:N}" });
        var page = this.OpenPage<ExperimentPage>(ExperimentPage.Address(id));
        await page.WaitForAssertionAsync(() => Assert.Equal("1 within", page.Find(".parts").TextContent), Limit);
        Assert.Equal($"runs/{(await Queries.GetAsync(parent)).Id}", page.Find(".part").GetAttribute("href"));

        var within = this.OpenPage<ExperimentPage>(page.Find(".parts").GetAttribute("href")!);

        await within.WaitForAssertionAsync(() => Assert.Equal(["child"], Names(within)), Limit);
    }

    [SkippableFact]
    public async Task A_tracked_run_shows_what_was_logged_and_its_files()
    {
        var run = await Queries.GetAsync(await AddAsync(await AddExperimentAsync("mine"), "a", double.PositiveInfinity));
        var root = RunArtifacts.PathOf(run.ArtifactUri)!;
        await PutAsync($"{root}/plots/page.html", "<script>alert(1)</script>");
        await PutAsync($"{root}/table.csv", "x,y\n1,\"2, 3\"\n");

        var page = Render<RunPage>(p => p.Add(x => x.Id, run.Id));

        await page.WaitForAssertionAsync(() => Assert.Equal("a", page.Find("h1").TextContent), Limit);
        await page.WaitForAssertionAsync(() => Assert.Equal("+∞ at step 1", page.Find(".odd").TextContent), Limit);
        Assert.Contains(page.FindAll("dd"), value => value.TextContent == "0.1");
        await page.WaitForAssertionAsync(() => Assert.Equal(["plots", "table.csv"], page.FindAll(".file > span:nth-of-type(1)").Select(name => name.TextContent)), Limit);
        await page.InvokeAsync(() => page.FindAll(".file")[1].Click());
        await page.WaitForAssertionAsync(() => Assert.Equal(["1", "2, 3"], page.FindAll(".preview td").Select(cell => cell.TextContent)), Limit);
        await page.InvokeAsync(() => page.FindAll(".file")[0].Click());
        await page.WaitForAssertionAsync(() => Assert.Equal(3, page.FindAll(".file").Count), Limit);
        await page.InvokeAsync(() => page.FindAll(".file")[1].Click());
        await page.WaitForAssertionAsync(() => Assert.Equal("<script>alert(1)</script>", page.Find(".preview pre").TextContent), Limit);
    }

    private static List<string> Names(IRenderedComponent<ExperimentPage> page) => [.. page.FindAll("tbody .name b").Select(name => name.TextContent)];

    private Task<long> AddExperimentAsync(string name) => Services.GetRequiredService<ExperimentStore>().CreateAsync(name, null, NoTags);

    private async Task<Guid> AddAsync(long experiment, string name, double? loss = null)
    {
        var run = await Runs.CreateAsync(experiment, name, "ada", null, NoTags);
        if (loss is { } value)
        {
            await Runs.LogAsync(run, new LoggedBatch { Metrics = [new("loss", value, 1, 1)], Params = new Dictionary<string, string> { ["lr"] = "0.1" } });
        }
        return run;
    }

    private async Task PutAsync(string path, string text)
    {
        using var content = new MemoryStream(Encoding.UTF8.GetBytes(text));
        await Services.GetRequiredService<RunArtifacts>().PutAsync(path, content, content.Length);
    }
}
