using Hangfire;
using Hangfire.PostgreSql;
using Hangfire.PostgreSql.Factories;
using Hangfire.Storage;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;
using Workbench.Core.Jobs;
using Workbench.Core.Studies;
using Workbench.Core.Tracking;
using Workbench.Tests.Tracking;

namespace Workbench.Tests.Jobs;

public class AnnouncedQueueTests
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(20);

    [Fact]
    public async Task A_job_that_another_process_queues_wakes_a_worker_that_waits()
    {
        await using var store = await TrackingFixture.CreateAsync();
        // Never polled within the time of the test.
        var options = new PostgreSqlStorageOptions { PrepareSchemaIfNecessary = false, QueuePollInterval = TimeSpan.FromHours(1) };
        var storage = new PostgreSqlStorage(new NpgsqlConnectionFactory(store.Database.ConnectionString, options), options);
        var queue = new AnnouncedQueue(storage, options);
        using var feed = new ChangeFeed(store.Database, TimeProvider.System, NullLogger<ChangeFeed>.Instance);
        await feed.StartAsync(CancellationToken.None);
        await feed.Listening.WaitAsync(Limit);
        using var announcements = feed.Subscribe(
            change => change.Kind == ChangeKind.Job,
            _ =>
            {
                queue.Wake(workers: 1);
                return Task.CompletedTask;
            });
        using var limit = new CancellationTokenSource(Limit);
        var fetched = Task.Factory.StartNew(
            () => queue.Dequeue([TrialQueue.Name], limit.Token), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        var job = new BackgroundJobClient(storage).Schedule<TrialJob>(trial => trial.Run(1, 0, null!, default), TimeSpan.FromDays(1));

        // Without Hangfire's own signal, which does not leave its process.
        await using (var other = new NpgsqlConnection(store.Database.ConnectionString))
        {
            await other.OpenAsync();
            queue.Enqueue(other, TrialQueue.Name, job);
        }

        using var woken = await fetched;
        Assert.Equal(job, woken.JobId);
        woken.RemoveFromQueue();
        await feed.StopAsync(CancellationToken.None);
    }
}
