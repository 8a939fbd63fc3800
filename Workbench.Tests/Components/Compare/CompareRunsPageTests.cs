using Bunit;
using Workbench.Components.Compare;
using Workbench.Tests.Tracking;

namespace Workbench.Tests.Components.Compare;

public sealed class CompareRunsPageTests : LiveFixture
{
    [SkippableFact]
    public async Task The_address_says_which_runs_are_compared()
    {
        var ids = await TrialsAsync();

        var page = this.OpenPage<CompareRunsPage>($"compare/runs?ids={ids[2]},{ids[0]},999999");

        Assert.Equal(["Trial 2", "Trial 0"], page.WaitForElements("thead a").Select(link => link.TextContent));
        Assert.Contains("1 of the runs asked for does not exist", page.Markup, StringComparison.Ordinal);
        Assert.Contains(page.FindAll("tr.differs > th"), th => th.TextContent == "learning_rate");
        Assert.DoesNotContain(page.FindAll("tr.differs > th"), th => th.TextContent == "optimizer");
        Assert.Equal("true", page.Find("button[role=radio]").GetAttribute("aria-checked"));
    }

    [SkippableFact]
    public async Task A_run_can_be_left_out()
    {
        var ids = await TrialsAsync();
        var page = this.OpenPage<CompareRunsPage>($"compare/runs?ids={ids[0]},{ids[1]},{ids[2]}");
        page.WaitForElement("thead a");

        await page.InvokeAsync(() => page.Find("button[aria-label='Leave out Trial 1']").ClickAsync(new()));

        await page.WaitForAssertionAsync(() => Assert.Equal(["Trial 0", "Trial 2"], page.FindAll("thead a").Select(link => link.TextContent)));
        Assert.EndsWith($"?ids={ids[0]}%2C{ids[2]}", Navigation.Uri, StringComparison.Ordinal);
    }

    [SkippableTheory]
    [InlineData("")]
    [InlineData("?ids=")]
    [InlineData("?ids=a,-1,1e9")]
    [InlineData("?ids=999999")]
    public void Without_runs_it_says_how_to_get_here(string query)
    {
        Assert.Equal("Nothing to compare", this.OpenPage<CompareRunsPage>($"compare/runs{query}").WaitForElement("h1").TextContent);
    }

    private async Task<long[]> TrialsAsync()
    {
        await using var db = Store.CreateDbContext();
        var study = await SeededStudy.InsertAsync(db, trials: 3);
        return [.. (await Store.Queries.TrialsAsync(study.Id)).Select(trial => trial.Id)];
    }
}
