using Hangfire;
using Workbench.Core.Studies;
using Workbench.Core.Tracking;

namespace Workbench.Tests.Studies;

public class TrialQueueTests
{
    [Fact]
    public async Task Waking_gives_a_job_to_each_place_that_has_no_waiting_one()
    {
        await using var workbench = await TestWorkbench.StartAsync(workers: 0);
        var queue = workbench.Get<TrialQueue>();

        queue.Wake([new(1, 0, false), new(1, 2, false)]);
        Assert.Equal([0, 2], Waiting());
        queue.Wake([new(1, 0, false), new(1, 1, false), new(1, 2, false)]);
        Assert.Equal([0, 1, 2], Waiting());
        queue.Wake([new(1, 0, false), new(1, 1, false), new(1, 2, false)]);
        Assert.Equal([0, 1, 2], Waiting());

        IEnumerable<int> Waiting() => workbench.Get<JobStorage>().GetMonitoringApi().EnqueuedJobs(TrialQueue.Name, 0, 100)
            .Select(pair => (int)pair.Value.Job.Args[1]).Order();
    }

    [Fact]
    public async Task A_job_that_is_about_to_end_does_not_keep_its_place_from_waking()
    {
        await using var workbench = await TestWorkbench.StartAsync(workers: 0);
        var queue = workbench.Get<TrialQueue>();
        queue.Enqueue(new Place(1, 0, IsCommand: false));
        // As a worker has it that has found nothing to run.
        using var connection = workbench.Get<JobStorage>().GetConnection();
        using var fetched = connection.FetchNextJob([TrialQueue.Name], CancellationToken.None);

        queue.Wake([new(1, 0, false)]);

        Assert.Equal(1, workbench.Get<JobStorage>().GetMonitoringApi().EnqueuedCount(TrialQueue.Name));
        fetched.RemoveFromQueue();
    }
}
