using AngleSharp.Dom;
using Bunit;
using Workbench.Components.Audit;
using Workbench.Core.Audit;

namespace Workbench.Tests.Components.Audit;

public sealed class AuditPageTests : LiveFixture
{
    [SkippableFact]
    public async Task What_was_done_last_stands_first_and_shows_by_itself()
    {
        Actor.Current = new Actor("ana", Way.Page);
        await Store.StudyAsync(trials: 3, name: "first");
        var page = this.OpenPage<AuditPage>("audit");
        await page.WaitForAssertionAsync(() => Assert.Equal("ana, Page, launched the study with 3 trials, first", Assert.Single(Rows(page))));

        Actor.Current = new Actor("ci", Way.Api);
        await Store.StudyAsync(trials: 1, name: "second");

        await page.WaitForAssertionAsync(() => Assert.Equal("ci, API, launched the study with 1 trial, second", Rows(page)[0]));
        Assert.Equal("studies/second", page.Find("tbody a").GetAttribute("href"));
    }

    [SkippableFact]
    public async Task It_is_read_page_by_page()
    {
        await RecordAsync(120, "ana");
        var page = this.OpenPage<AuditPage>("audit");
        await page.WaitForAssertionAsync(() => Assert.Equal(("token 119", "token 70"), Ends(page)));
        Assert.DoesNotContain("Latest", page.Find("nav.pages").TextContent);

        Navigation.NavigateTo(Link(page, "Older"));
        await page.WaitForAssertionAsync(() => Assert.Equal(("token 69", "token 20"), Ends(page)));
        Navigation.NavigateTo(Link(page, "Older"));
        await page.WaitForAssertionAsync(() => Assert.Equal(("token 19", "token 0"), Ends(page)));
        Assert.DoesNotContain("Older", page.Find("nav.pages").TextContent);

        Navigation.NavigateTo(Link(page, "Latest"));
        await page.WaitForAssertionAsync(() => Assert.Equal("token 119", Ends(page).First));
    }

    [SkippableFact]
    public async Task A_filter_is_in_the_address_and_holds_for_the_exports()
    {
        await RecordAsync(2, "ana");
        await RecordAsync(2, "ben & co");
        var page = this.OpenPage<AuditPage>("audit?before=1000000");
        await page.WaitForAssertionAsync(() => Assert.Equal(4, Rows(page).Count));

        await page.Find("select[aria-label=Actor]").ChangeAsync(new() { Value = "ben & co" });
        await page.WaitForAssertionAsync(() => Assert.All(Rows(page), row => Assert.StartsWith("ben & co, ", row)));
        await page.Find("input[name=subject]").ChangeAsync(new() { Value = "KEN 1" });

        await page.WaitForAssertionAsync(() => Assert.EndsWith("token 1", Assert.Single(Rows(page))));
        Assert.EndsWith("audit?actor=ben%20%26%20co&subject=KEN%201", Navigation.Uri);
        Assert.Equal(
            ["api/audit.csv?actor=ben%20%26%20co&subject=KEN%201", "api/audit.jsonl?actor=ben%20%26%20co&subject=KEN%201"],
            page.FindAll("a[download]").Select(link => link.GetAttribute("href")));

        await page.Find("select[aria-label=Action]").ChangeAsync(new() { Value = "tokenRevoked" });
        await page.WaitForAssertionAsync(() => Assert.Empty(Rows(page)));
        Assert.Equal("audit", page.Find(".none a").GetAttribute("href"));
    }

    private static List<string> Rows(IRenderedComponent<AuditPage> page) =>
        [.. page.FindAll("tbody tr").Select(row => string.Join(", ", row.Children.Skip(1).Select(cell => cell.TextContent.Trim())))];

    private static (string First, string Last) Ends(IRenderedComponent<AuditPage> page)
    {
        var subjects = page.FindAll("td.about");
        return (subjects[0].TextContent.Trim(), subjects[^1].TextContent.Trim());
    }

    private static string Link(IRenderedComponent<AuditPage> page, string text) =>
        page.FindAll("nav.pages a").Single(link => link.TextContent.Contains(text, StringComparison.Ordinal)).GetAttribute("href")!;

    private async Task RecordAsync(int count, string actor)
    {
        await using var db = Store.CreateDbContext();
        for (var i = 0; i < count; i++)
        {
            // Each with a key larger than the last.
            db.AuditEvents.Add(new AuditEvent { Actor = actor, Way = Way.Api, Action = AuditAction.TokenCreated, Subject = $"token {i}" });
            await db.SaveChangesAsync();
        }
    }
}
