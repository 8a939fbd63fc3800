using Bunit;
using Workbench.Components.Compare;
using Workbench.Core.Tracking;

namespace Workbench.Tests.Components.Compare;

public sealed class ComparePageTests : PageTests
{
    [SkippableFact]
    public async Task Studies_stand_side_by_side_in_the_order_of_the_address_and_the_best_is_marked()
    {
        await StudyAsync("one", 0.5, 0.9);
        await StudyAsync("two", 0.7);

        var page = Open("two,one");

        Assert.Equal(["two", "one"], page.FindAll("thead a").Select(link => link.TextContent));
        Assert.Equal("0.9000", page.Find("td.best b").TextContent);
        Assert.Equal("studies/one?trial=1", page.Find("td.best a").GetAttribute("href"));
        Assert.Contains("two: 0.7000 after 1 trials; one: 0.9000 after 2 trials", page.Find("[role=figure]").GetAttribute("aria-label")!, StringComparison.Ordinal);
    }

    [SkippableFact]
    public async Task A_trial_that_ends_shows_by_itself()
    {
        var study = await StudyAsync("one", 0.5);
        await StudyAsync("two", 0.7);
        var page = Open("one,two");

        Finish(study, 1, 0.8);

        page.WaitForAssertion(() => Assert.Equal("0.8000", page.Find("td.best b").TextContent));
        Assert.Contains("one: 0.8000 after 2 trials", page.Find("[role=figure]").GetAttribute("aria-label")!, StringComparison.Ordinal);
    }

    [SkippableFact]
    public async Task Only_the_settings_that_differ_can_be_shown()
    {
        await Store.StudyAsync(trials: 5, jobs: 1, name: "one");
        await Store.StudyAsync(trials: 5, jobs: 2, name: "two");
        var page = Open("one,two");
        Assert.Equal("Jobs", page.Find("tr.differs th").FirstChild!.TextContent);

        await page.InvokeAsync(() => page.FindAll("[role=radio]").First(choice => choice.TextContent == "Differences").ClickAsync(new()));

        page.WaitForAssertion(() => Assert.Single(page.FindAll("tr.setting")));
        Assert.Equal("compare?studies=one,two&show=differences", Address);
    }

    [SkippableFact]
    public async Task Studies_can_be_added_and_taken_out()
    {
        await Store.StudyAsync(trials: 5, name: "one");
        await Store.StudyAsync(trials: 5, name: "two");
        var page = Open("one");

        await page.InvokeAsync(() => page.Find("#add").ChangeAsync("two"));
        page.WaitForAssertion(() => Assert.Equal(["one", "two"], page.FindAll("thead a").Select(link => link.TextContent)));
        await page.InvokeAsync(() => page.Find("button[aria-label='Take one out']").ClickAsync(new()));

        page.WaitForAssertion(() => Assert.Equal(["two"], page.FindAll("thead a").Select(link => link.TextContent)));
    }

    [SkippableFact]
    public async Task A_study_that_is_deleted_leaves_and_is_said_to_be_gone()
    {
        var study = await StudyAsync("one", 0.5);
        await StudyAsync("two", 0.7);
        var page = Open("one,two");

        await Store.Deleted.DeleteAsync(study.Id);

        page.WaitForAssertion(() => Assert.Contains("There is no study “one”", page.Find(".notice").TextContent, StringComparison.Ordinal));
        Assert.Equal(["two"], page.FindAll("thead a").Select(link => link.TextContent));
    }

    [SkippableFact]
    public async Task Studies_with_different_objectives_say_nothing_about_each_other()
    {
        await Store.StudyAsync(trials: 5, name: "one");
        await Store.StudyAsync(trials: 5, name: "two", direction: Core.Search.Direction.Minimize);

        var page = Open("one,two");

        Assert.Contains("different objectives", page.Find(".notice").TextContent, StringComparison.Ordinal);
    }

    [SkippableFact]
    public void Without_studies_the_page_says_where_to_get_them()
    {
        var page = this.OpenPage<ComparePage>("compare");

        Assert.Equal("studies", page.WaitForElement(".empty a").GetAttribute("href"));
    }

    private async Task<Study> StudyAsync(string name, params double[] values)
    {
        var study = await Store.StudyAsync(trials: 5, name: name);
        for (var i = 0; i < values.Length; i++)
        {
            Finish(study, i, values[i]);
        }
        return study;
    }

    private IRenderedComponent<ComparePage> Open(string studies)
    {
        var page = this.OpenPage<ComparePage>($"compare?studies={studies}");
        page.WaitForElement("tbody");
        return page;
    }
}
