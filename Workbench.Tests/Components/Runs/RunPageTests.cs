using Bunit;
using Workbench.Components.Runs;
using Workbench.Core.Search;
using Workbench.Tests.Tracking;

namespace Workbench.Tests.Components.Runs;

public sealed class RunPageTests : LiveFixture
{
    [SkippableFact]
    public void A_run_that_does_not_exist_is_said_not_to() =>
        Assert.Equal("There is no run 999999", Render<RunPage>(page => page.Add(p => p.Id, 999_999)).WaitForElement("h1").TextContent);

    [SkippableFact]
    public async Task An_epoch_and_the_end_of_a_trial_show_by_themselves()
    {
        var study = await Store.StudyAsync(trials: 1);
        var trial = Store.Claim(study, "job");
        Store.Runs.SetParams(trial.Lease, TrackingFixture.X(0.5));
        var page = Render<RunPage>(page => page.Add(p => p.Id, trial.Lease.RunId));
        page.WaitForAssertion(() => Assert.Equal("Trial 0", page.Find("h1").TextContent));
        Assert.Empty(page.FindAll("details"));
        Assert.Contains("No epoch was reported yet", page.Markup, StringComparison.Ordinal);

        Store.Runs.Report(trial.Lease, 1, TrackingFixture.Accuracy(0.25));
        await page.WaitForAssertionAsync(() => Assert.Equal(["1", "0.7500", "0.2500"], page.FindAll(".epochs tbody td").Select(cell => cell.TextContent)));
        Store.Runs.Finish(trial.Lease, TrialState.Failed, null, "The loss is not a number.", "System.Exception: The loss is not a number.\n   at Workbench.Somewhere()");

        await page.WaitForAssertionAsync(() => Assert.Equal("The loss is not a number.", page.Find(".notice.fault").TextContent));
        await page.WaitForAssertionAsync(() => Assert.EndsWith("at Workbench.Somewhere()", page.Find("details:not([open]) pre").TextContent));
        Assert.Equal(page.Find("details pre").TextContent, page.Find("details button").GetAttribute("data-copy"));
        Assert.Equal("failed", page.Find(".chip").TextContent.Trim());
        Assert.True(page.FindAll("button").Single(button => button.TextContent == "Promote").HasAttribute("disabled"));
    }

    [SkippableFact]
    public async Task Another_trial_than_the_best_can_be_compared_with_it()
    {
        await using var db = Store.CreateDbContext();
        var study = await SeededStudy.InsertAsync(db, trials: 3);
        var trials = await Store.Queries.TrialsAsync(study.Id);

        var page = Render<RunPage>(page => page.Add(p => p.Id, trials[0].Id));
        page.WaitForElement("h1");

        await page.WaitForAssertionAsync(() => Assert.NotNull(page.Find($"a[href='compare/runs?ids={trials[2].Id},{trials[0].Id}']")));
    }
}
