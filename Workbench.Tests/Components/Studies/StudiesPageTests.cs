using Bunit;
using Microsoft.Extensions.DependencyInjection;
using Workbench.Components.Launch;
using Workbench.Components.Parts;
using Workbench.Components.Studies;
using Workbench.Core.Studies;
using Workbench.Core.Tracking;

namespace Workbench.Tests.Components.Studies;

public sealed class StudiesPageTests : PageTests
{
    [SkippableFact]
    public void An_empty_workbench_explains_itself_in_three_steps()
    {
        var page = this.OpenPage<StudiesPage>("studies");

        page.WaitForAssertion(() => Assert.Equal(3, page.FindAll("ol.steps > li").Count));
        Assert.Contains("Launch a sample study", page.Find("button.primary").TextContent, StringComparison.Ordinal);
    }

    [SkippableFact]
    public async Task One_click_launches_a_sample_study_and_leads_to_it()
    {
        var page = this.OpenPage<StudiesPage>("studies");

        page.WaitForElement("button.primary");
        await page.InvokeAsync(() => page.Find("button.primary").ClickAsync(new()));

        page.WaitForAssertion(() => Assert.Equal("studies/mnist-transfer-1", Address));
        var study = (await Store.Queries.GetAsync("mnist-transfer-1")).Study;
        Assert.Equal(("transfer", 20, StudyState.Running), (study.Pipeline, study.TrialsRequested, study.State));
    }

    [SkippableFact]
    public async Task A_study_that_somebody_launches_shows_by_itself()
    {
        var page = this.OpenPage<StudiesPage>("studies");
        page.WaitForElement("ol.steps");

        await Store.StudyAsync(trials: 7, name: "from elsewhere");

        var row = page.WaitForElement("tbody tr");
        Assert.Equal("studies/from%20elsewhere", row.QuerySelector("a")!.GetAttribute("href"));
        Assert.Equal("7", row.QuerySelector("[role=progressbar]")!.GetAttribute("aria-valuemax"));
    }

    [SkippableFact]
    public async Task A_trial_that_ends_moves_its_study_on_and_no_other()
    {
        var (first, second) = (await Store.StudyAsync(trials: 4, name: "first"), await Store.StudyAsync(trials: 4, name: "second"));
        Finish(second, 0, 0.25);
        var page = this.OpenPage<StudiesPage>("studies");
        page.WaitForAssertion(() => Assert.Equal(["second", "first"], Names(page)));

        Finish(first, 0, 0.5);

        page.WaitForAssertion(() => Assert.Equal(["0.2500", "0.5000"], page.FindAll("td.best").Select(cell => cell.TextContent)));
        Assert.Equal(2, page.FindAll(".spark .line").Count);
    }

    [SkippableFact]
    public async Task A_deleted_study_leaves_the_list_and_the_selection()
    {
        await Store.StudyAsync(trials: 4, name: "stays");
        var study = await Store.StudyAsync(trials: 4, name: "goes");
        var page = this.OpenPage<StudiesPage>("studies");
        await SelectAsync(page, "goes");

        await Store.Deleted.DeleteAsync(study.Id);

        page.WaitForAssertion(() => Assert.Equal(["stays"], Names(page)));
        Assert.DoesNotContain("selected", page.Find(".page-head").TextContent, StringComparison.Ordinal);
    }

    [SkippableFact]
    public async Task A_study_that_was_deleted_while_nothing_was_heard_leaves_the_list_and_the_selection()
    {
        await Store.StudyAsync(trials: 4, name: "stays");
        await Store.StudyAsync(trials: 4, name: "goes");
        var page = this.OpenPage<StudiesPage>("studies");
        await SelectAsync(page, "goes");

        await using (var delete = Store.Database.Durable.CreateCommand("UPDATE experiments SET deleted_at = now() WHERE name = 'goes'"))
        {
            await delete.ExecuteNonQueryAsync();
        }
        await Store.BreakFeedAsync();

        page.WaitForAssertion(() => Assert.Equal(["stays"], Names(page)));
        Assert.DoesNotContain("selected", page.Find(".page-head").TextContent, StringComparison.Ordinal);
    }

    [SkippableFact]
    public async Task What_is_searched_for_filtered_and_sorted_by_is_in_the_address()
    {
        foreach (var name in new[] { "alpha 10", "alpha 2", "beta" })
        {
            await Store.StudyAsync(trials: 4, name: name);
        }
        var page = this.OpenPage<StudiesPage>("studies");
        page.WaitForElement("input[type=search]");
        await page.InvokeAsync(() => page.Find("input[type=search]").InputAsync("ALPHA"));
        page.WaitForAssertion(() => Assert.Equal(["alpha 2", "alpha 10"], Names(page)));

        await page.InvokeAsync(() => page.FindAll("th button").First(button => button.TextContent == "Name").ClickAsync(new()));
        page.WaitForAssertion(() => Assert.Equal(["alpha 2", "alpha 10"], Names(page)));
        await page.InvokeAsync(() => page.FindAll("th button").First(button => button.TextContent == "Name").ClickAsync(new()));
        page.WaitForAssertion(() => Assert.Equal(["alpha 10", "alpha 2"], Names(page)));
        await page.InvokeAsync(() => page.FindAll("[role=radio]").First(state => state.TextContent == "Stopped").ClickAsync(new()));

        page.WaitForAssertion(() => Assert.Empty(Names(page)));
        Assert.Contains("No study fits", page.Markup, StringComparison.Ordinal);
        Assert.Equal("?q=ALPHA&sort=-name&state=stopped", $"?{Address.Split('?')[1]}");
    }

    [SkippableFact]
    public async Task A_tag_shows_beside_its_study_and_leads_to_all_that_have_it()
    {
        var study = await Store.StudyAsync(trials: 4, name: "tagged");
        await Store.StudyAsync(trials: 4, name: "plain");
        var page = this.OpenPage<StudiesPage>("studies");
        page.WaitForAssertion(() => Assert.Equal(["plain", "tagged"], Names(page)));

        await Store.Notes.ChangeTagsAsync(Subject.Study(study.Id), new Dictionary<string, string?> { ["stage"] = "draft" });

        var tag = page.WaitForElement("a.tag");
        Assert.Equal(("stage:draft", "studies?q=stage%3Adraft"), (tag.TextContent, tag.GetAttribute("href")));
        GoTo("studies?q=stage%3Adraft");
        page.WaitForAssertion(() => Assert.Equal(["tagged"], Names(page)));
    }

    [SkippableFact]
    public async Task Two_selected_studies_can_be_compared()
    {
        await Store.StudyAsync(trials: 4, name: "one");
        await Store.StudyAsync(trials: 4, name: "two and a half");
        var page = this.OpenPage<StudiesPage>("studies");
        await SelectAsync(page, "one");
        Assert.True(Button(page, "Compare").HasAttribute("disabled"));

        await SelectAsync(page, "two and a half");
        await page.InvokeAsync(() => Button(page, "Compare").ClickAsync(new()));

        Assert.Equal("compare?studies=two%20and%20a%20half,one", Address);
    }

    [SkippableFact]
    public async Task The_address_opens_the_launch_dialog_and_closing_it_clears_the_address()
    {
        await Services.GetRequiredService<StudyService>().LaunchAsync(new StudyRequest("earlier", 6, 1));
        GoTo("studies?launch=earlier&q=ear");
        Render<LaunchFromAddress>();
        Dialogs.WaitForAssertion(() => Assert.Equal("earlier-2", Dialogs.Find("#name").GetAttribute("value")));

        await Dialogs.InvokeAsync(() => Dialogs.FindAll("button").First(button => button.TextContent == "Cancel").ClickAsync(new()));

        Dialogs.WaitForAssertion(() => Assert.Equal("studies?q=ear", Address));
    }

    [SkippableFact]
    public async Task A_page_that_nobody_sees_waits_until_it_is_seen_again()
    {
        await Store.StudyAsync(trials: 4, name: "before");
        var page = this.OpenPage<StudiesPage>("studies");
        page.WaitForAssertion(() => Assert.Equal(["before"], Names(page)));
        var told = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        using var witness = Feed.Subscribe(change => change.Kind == ChangeKind.Study, _ => Task.FromResult(told.TrySetResult()));
        Visibility.Set(false);

        await Store.StudyAsync(trials: 4, name: "unseen");
        await told.Task.WaitAsync(Limit);
        Assert.Equal(["before"], Names(page));
        Visibility.Set(true);

        page.WaitForAssertion(() => Assert.Equal(["unseen", "before"], Names(page)));
    }

    [SkippableFact]
    public async Task A_closed_page_hears_no_more()
    {
        this.OpenPage<StudiesPage>("studies").WaitForElement("ol.steps");
        Assert.NotEqual(0, Feed.SubscriptionCount);

        await DisposeComponentsAsync();

        Assert.Equal(0, Feed.SubscriptionCount);
    }

    private PageVisibility Visibility => Services.GetRequiredService<PageVisibility>();

    private static async Task SelectAsync(IRenderedComponent<StudiesPage> page, string study)
    {
        page.WaitForElement($"input[aria-label='Select {study}']");
        await page.InvokeAsync(() => page.Find($"input[aria-label='Select {study}']").ChangeAsync(true));
    }

    private static IEnumerable<string> Names(IRenderedComponent<StudiesPage> page) => page.FindAll("td.name b").Select(cell => cell.TextContent);

    private static AngleSharp.Dom.IElement Button(IRenderedComponent<StudiesPage> page, string text) =>
        page.FindAll("button").First(button => button.TextContent.Trim() == text);
}
