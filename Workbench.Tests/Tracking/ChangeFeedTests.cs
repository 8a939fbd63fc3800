using System.Threading.Channels;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging.Abstractions;
using Workbench.Core.Search;
using Workbench.Core.Tracking;

namespace Workbench.Tests.Tracking;

public class ChangeFeedTests
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(20);

    [Fact]
    public async Task What_a_trial_writes_reaches_a_subscriber_in_another_process_of_the_database()
    {
        await using var store = await TrackingFixture.CreateAsync();
        using var feed = await ListenAsync(store);
        var heard = Channel.CreateUnbounded<Change>();
        using var subscription = feed.Subscribe(_ => true, Hear(heard), TimeSpan.Zero);

        // One write at a time: equal changes that come close together are told once.
        var study = await store.StudyAsync(trials: 1);
        await ExpectAsync(heard, new Change(ChangeKind.Study, study.Id));

        var trial = store.Claim(study, "job");
        var run = trial.Lease.RunId;
        await ExpectAsync(heard, new Change(ChangeKind.Run, study.Id, run));

        store.Runs.Report(trial.Lease, 1, TrackingFixture.Accuracy(0.5));
        await ExpectAsync(heard, new Change(ChangeKind.Progress, study.Id, run));

        store.Runs.Finish(trial.Lease, TrialState.Complete, 0.5);
        await ExpectAsync(heard, new Change(ChangeKind.Run, study.Id, run));
    }

    [Fact]
    public async Task A_subscriber_hears_only_of_what_it_asked_for()
    {
        await using var store = await TrackingFixture.CreateAsync();
        var (mine, other) = (await store.StudyAsync(trials: 1, name: "mine"), await store.StudyAsync(trials: 1, name: "other"));
        using var feed = await ListenAsync(store);
        var heard = Channel.CreateUnbounded<Change>();
        using var subscription = feed.Subscribe(change => change.StudyId == mine.Id, Hear(heard), TimeSpan.Zero);

        store.Claim(other, "a");
        var trial = store.Claim(mine, "b");

        await ExpectAsync(heard, new Change(ChangeKind.Run, mine.Id, trial.Lease.RunId));
    }

    [Fact]
    public async Task Changes_that_come_while_a_handler_works_are_gathered_into_one_call()
    {
        await using var store = await TrackingFixture.CreateAsync();
        var study = await store.StudyAsync(trials: 1);
        var lease = store.Claim(study, "job").Lease;
        using var feed = await ListenAsync(store);
        var (calls, proceed) = (Channel.CreateUnbounded<int>(), new SemaphoreSlim(0));
        using var subscription = feed.Subscribe(
            change => change.Kind is ChangeKind.Progress or ChangeKind.Study,
            async changes =>
            {
                await calls.Writer.WriteAsync(changes.Count);
                await proceed.WaitAsync(Limit);
            },
            TimeSpan.Zero);

        store.Runs.SetActivity(lease, "first");
        Assert.Equal(1, await calls.Reader.ReadAsync().AsTask().WaitAsync(Limit));
        for (var i = 0; i < 50; i++)
        {
            store.Runs.SetActivity(lease, $"{i}");
        }
        using var last = new SemaphoreSlim(0);
        using var witness = feed.Subscribe(change => change.Kind == ChangeKind.Study, _ => Task.FromResult(last.Release()), TimeSpan.Zero);
        await store.Studies.StopAsync(study.Id);
        Assert.True(await last.WaitAsync(Limit));
        proceed.Release(2);

        // Fifty writes to one run and one to the study: two different changes, one call.
        Assert.Equal(2, await calls.Reader.ReadAsync().AsTask().WaitAsync(Limit));
    }

    [Fact]
    public async Task After_a_lost_connection_it_listens_again_and_tells_that_anything_may_have_changed()
    {
        await using var store = await TrackingFixture.CreateAsync();
        using var feed = await ListenAsync(store);
        var heard = Channel.CreateUnbounded<Change>();
        using var subscription = feed.Subscribe(change => change.Kind == ChangeKind.Study, Hear(heard), TimeSpan.Zero);

        await store.BreakFeedAsync();

        await ExpectAsync(heard, new Change(ChangeKind.Everything));
        var study = await store.StudyAsync(trials: 1);
        await ExpectAsync(heard, new Change(ChangeKind.Study, study.Id));
    }

    [Fact]
    public async Task A_wait_looks_again_after_every_change_and_ends_when_things_are_as_wanted()
    {
        await using var store = await TrackingFixture.CreateAsync();
        using var feed = await ListenAsync(store);
        var study = await store.StudyAsync(trials: 2, jobs: 2);
        var looks = Channel.CreateUnbounded<int>();

        var wait = feed.UntilAsync(change => change.StudyId == study.Id, CountAsync, count => count == 2, TimeSpan.Zero);
        Assert.Equal(0, await looks.Reader.ReadAsync().AsTask().WaitAsync(Limit));
        store.Claim(study, "a");
        while (await looks.Reader.ReadAsync().AsTask().WaitAsync(Limit) == 0)
        {
            // Of the study itself it may have heard just now.
        }
        Assert.False(wait.IsCompleted);
        store.Claim(study, "b", slot: 1);

        Assert.Equal(2, await wait.WaitAsync(Limit));
        Assert.Equal(0, feed.SubscriptionCount);

        async Task<int> CountAsync()
        {
            var count = (await store.Queries.TrialsAsync(study.Id)).Count;
            await looks.Writer.WriteAsync(count);
            return count;
        }
    }

    [Fact]
    public async Task A_wait_outlives_a_database_that_goes_away_and_ends_with_any_other_fault_or_when_cancelled()
    {
        await using var store = await TrackingFixture.CreateAsync();
        using var feed = await ListenAsync(store);
        var looks = 0;

        Assert.Equal(2, await feed.UntilAsync(_ => true, LookAsync, _ => true).WaitAsync(Limit));
        await Assert.ThrowsAsync<NotFoundException>(() => feed.UntilAsync(_ => true, () => store.Queries.GetAsync("nothing"), _ => true));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() =>
            feed.UntilAsync(_ => true, LookAsync, _ => false, cancellationToken: new CancellationToken(canceled: true)));
        Assert.Equal(0, feed.SubscriptionCount);

        async Task<int> LookAsync()
        {
            if (++looks == 1)
            {
                await using var db = store.CreateDbContext();
                await db.Database.ExecuteSqlAsync($"SELECT pg_terminate_backend(pg_backend_pid())");
            }
            return looks;
        }
    }

    [Fact]
    public async Task A_subscription_that_is_disposed_leaves_nothing_behind()
    {
        await using var store = await TrackingFixture.CreateAsync();
        using var feed = new ChangeFeed(store.Database, TimeProvider.System, NullLogger<ChangeFeed>.Instance);

        var subscription = feed.Subscribe(_ => true, _ => Task.CompletedTask);
        Assert.Equal(1, feed.SubscriptionCount);
        subscription.Dispose();
        subscription.Dispose();

        Assert.Equal(0, feed.SubscriptionCount);
    }

    [Fact]
    public async Task A_feed_that_was_stopped_calls_nobody_any_more()
    {
        await using var store = await TrackingFixture.CreateAsync();
        using var feed = await ListenAsync(store);
        using var subscription = feed.Subscribe(_ => true, _ => Task.CompletedTask);

        await feed.StopAsync(CancellationToken.None);

        Assert.Equal(0, feed.SubscriptionCount);
    }

    private static async Task<ChangeFeed> ListenAsync(TrackingFixture store)
    {
        var feed = new ChangeFeed(store.Database, TimeProvider.System, NullLogger<ChangeFeed>.Instance);
        await feed.StartAsync(CancellationToken.None);
        await feed.Listening.WaitAsync(Limit);
        return feed;
    }

    private static Func<IReadOnlyCollection<Change>, Task> Hear(Channel<Change> heard) => changes =>
    {
        foreach (var change in changes)
        {
            heard.Writer.TryWrite(change);
        }
        return Task.CompletedTask;
    };

    private static async Task ExpectAsync(Channel<Change> heard, Change expected) =>
        Assert.Equal(expected, await heard.Reader.ReadAsync().AsTask().WaitAsync(Limit));
}
