using Workbench.Core.Search;
using Workbench.Core.Tracking;

namespace Workbench.Tests.Tracking;

public sealed class FailureTests
{
    [Fact]
    public void What_is_kept_of_an_exception_is_bounded_and_begins_with_its_cause()
    {
        var kept = Failure.Describe(new InvalidOperationException(new string('x', 2 * Failure.MostCharacters)));

        Assert.Equal(Failure.MostCharacters, kept.Length);
        Assert.StartsWith("System.InvalidOperationException: xxx", kept);
    }

    [Fact]
    public async Task It_is_kept_with_the_end_of_the_trial_whatever_stands_in_it_and_once()
    {
        await using var store = await TrackingFixture.CreateAsync();
        var study = await store.StudyAsync(trials: 2);
        var runs = new RunQueries(store);
        var failed = store.Claim(study, "job");

        Assert.True(store.Runs.Finish(failed.Lease, TrialState.Failed, null, "It broke.", Failure.Describe(new IOException("a\0b\uD800"))));

        Assert.StartsWith("System.IO.IOException: a", await runs.FailureAsync(failed.Lease.RunId));
        Assert.Null(await runs.FailureAsync(failed.Lease.RunId + 1));
        Assert.Null(store.Runs.Finish(failed.Lease, TrialState.Failed, null, "Again.", "again"));
    }
}
