using Bunit;
using Microsoft.Extensions.DependencyInjection;
using Workbench.Components.Layout;
using Workbench.Components.Parts;

namespace Workbench.Tests.Components.Layout;

public sealed class DocumentTabsTests : ShellContext
{
    [SkippableFact]
    public async Task The_strip_is_told_where_the_person_is_which_studies_run_and_which_are_gone()
    {
        var (done, deleted) = (await Store.StudyAsync(trials: 1, name: "done"), await Store.StudyAsync(trials: 1, name: "to be deleted"));
        await Store.StudyAsync(trials: 1, name: "runs on");
        GoTo("studies/runs%20on?trial=0");
        var tabs = Render<DocumentTabs>();
        tabs.WaitForAssertion(() => Assert.Equal("studies/runs%20on studies/to%20be%20deleted studies/done", Strip(tabs, "running")));

        RunTrial(done);
        await Store.Deleted.DeleteAsync(deleted.Id);

        tabs.WaitForAssertion(() => Assert.Equal(("studies/runs%20on", "studies/to%20be%20deleted"), (Strip(tabs, "running"), Strip(tabs, "gone"))));
        Assert.Equal("studies/runs%20on?trial=0", Strip(tabs, "current"));
    }

    [SkippableFact]
    public void Going_elsewhere_is_told_at_once()
    {
        var tabs = Render<DocumentTabs>();

        GoTo("models/digits");

        tabs.WaitForAssertion(() => Assert.Equal("models/digits", Strip(tabs, "current")));
    }

    [SkippableFact]
    public async Task Nothing_is_told_to_a_page_in_the_background_until_somebody_looks_at_it()
    {
        var seen = Services.GetRequiredService<PageVisibility>();
        var tabs = Render<DocumentTabs>();
        await tabs.InvokeAsync(() => seen.Set(false));
        var told = new TaskCompletionSource();
        using var watch = await Catalog.WatchAsync(() =>
        {
            if (Catalog.Studies.Count > 0)
            {
                told.TrySetResult();
            }
        });

        await Store.StudyAsync(trials: 1, name: "new");
        await told.Task.WaitAsync(Limit);
        await tabs.InvokeAsync(() => { });
        Assert.Equal("", Strip(tabs, "running"));
        await tabs.InvokeAsync(() => seen.Set(true));

        tabs.WaitForAssertion(() => Assert.Equal("studies/new", Strip(tabs, "running")));
    }

    private static string? Strip(IRenderedComponent<DocumentTabs> tabs, string attribute) => tabs.Find("document-tabs").GetAttribute(attribute);
}
