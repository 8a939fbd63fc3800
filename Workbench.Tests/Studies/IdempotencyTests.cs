using Hangfire;
using Workbench.Core.Audit;
using Workbench.Core.Search;
using Workbench.Core.Studies;
using Workbench.Core.Tracking;

namespace Workbench.Tests.Studies;

public sealed class IdempotencyTests : IAsyncLifetime
{
    private static readonly StudyRequest Request = new("study", Trials: 5, Jobs: 2, Seed: 1);

    private TestWorkbench _workbench = default!;

    public async Task InitializeAsync() => _workbench = await TestWorkbench.StartAsync(workers: 0);

    public Task DisposeAsync() => _workbench.DisposeAsync().AsTask();

    [Fact]
    public async Task A_request_repeated_under_its_key_is_carried_out_once_and_answered_as_the_first_time()
    {
        var first = await LaunchAsync(_workbench, "a");
        await _workbench.Studies.StopAsync("study");
        var again = await LaunchAsync(_workbench, "a");

        Assert.True(again.Created);
        Assert.Equal((StudyState.Running, 5), (again.Summary.Study.State, again.Summary.Study.TrialsRequested));
        Assert.Equal(first.Summary.Study.SearchSpace, again.Summary.Study.SearchSpace);
        Assert.Equal(first.Summary.Counts, again.Summary.Counts);
        var more = await LaunchAsync(_workbench, "b");
        Assert.Equal((false, 10), (more.Created, more.Summary.Study.TrialsRequested));
        Assert.Equal(10, (await _workbench.Queries.GetAsync("study")).Study.TrialsRequested);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Requests_that_come_at_the_same_moment_in_two_processes_are_carried_out_once(bool exists)
    {
        await using var other = await TestWorkbench.StartAsync(workers: 0, _workbench.ConnectionString);
        if (exists)
        {
            await _workbench.Studies.LaunchAsync(Request);
        }

        var answers = await Task.WhenAll(Enumerable.Range(0, 8).Select(i => LaunchAsync(i % 2 == 0 ? _workbench : other, "a")));

        Assert.All(answers, answer => Assert.Equal((!exists, exists ? 10 : 5), (answer.Created, answer.Summary.Study.TrialsRequested)));
        Assert.Equal(exists ? 10 : 5, (await _workbench.Queries.GetAsync("study")).Study.TrialsRequested);
    }

    [Fact]
    public async Task A_process_that_dies_between_the_commit_and_the_answer_leaves_the_answer_for_the_repetition()
    {
        await Assert.ThrowsAsync<IOException>(() => OnceAsync(_workbench, "a", async () =>
        {
            await _workbench.Studies.LaunchAsync(Request);
            throw new IOException("dead");
        }));

        Assert.True((await LaunchAsync(_workbench, "a")).Created);
        Assert.Equal(5, (await _workbench.Queries.GetAsync("study")).Study.TrialsRequested);
    }

    [Fact]
    public async Task Another_request_under_the_same_key_is_refused_and_one_that_failed_leaves_its_key_free()
    {
        await Assert.ThrowsAsync<NotFoundException>(() => EnqueueAsync("none", "a"));
        await LaunchAsync(_workbench, "a");

        var exception = await Assert.ThrowsAsync<KeyReusedException>(() => EnqueueAsync("study", "a"));

        Assert.Contains("'a'", exception.Message);
        Assert.Equal(1, await EnqueueAsync("study", "b"));
        Assert.Equal(1, await EnqueueAsync("study", "b"));
        Assert.Equal(2, await EnqueueAsync("study", "c"));
    }

    [Fact]
    public async Task A_key_of_another_actor_is_another_key()
    {
        Actor.Current = new Actor("ana", Way.Api);
        await LaunchAsync(_workbench, "a");
        Actor.Current = new Actor("ben", Way.Api);

        var launched = await LaunchAsync(_workbench, "a");

        Assert.Equal((false, 10), (launched.Created, launched.Summary.Study.TrialsRequested));
        Assert.Equal(1, await EnqueueAsync("study", "b"));
        Actor.Current = new Actor("ana", Way.Api);
        Assert.True((await LaunchAsync(_workbench, "a")).Created);
    }

    [Theory]
    [InlineData("")]
    [InlineData("with space")]
    [InlineData("Schlüssel")]
    [InlineData("\0")]
    public async Task A_key_that_is_none_is_named(string key) =>
        Assert.Equal(IdempotentRequests.Field, (await Assert.ThrowsAsync<FieldException>(() => LaunchAsync(_workbench, key))).Field);

    [Fact]
    public async Task A_key_is_kept_for_a_day()
    {
        await LaunchAsync(_workbench, "a");
        await PassAsync("23 hours 55 minutes");
        Assert.True((await LaunchAsync(_workbench, "a")).Created);
        await PassAsync("10 minutes");
        Assert.False((await LaunchAsync(_workbench, "a")).Created);

        async Task PassAsync(string time)
        {
            await ExecuteAsync($"UPDATE idempotent_requests SET created_at = created_at - interval '{time}'");
            await _workbench.Get<IdempotentRequests>().ForgetAsync();
        }
    }

    [Fact]
    public async Task What_is_written_down_and_could_not_be_queued_is_queued_later()
    {
        await ExecuteAsync("ALTER TABLE hangfire.jobqueue RENAME TO away");
        await _workbench.Studies.LaunchAsync(Request);
        await ExecuteAsync("ALTER TABLE hangfire.away RENAME TO jobqueue");
        var queue = _workbench.Get<JobStorage>().GetMonitoringApi();
        Assert.Equal(0, queue.EnqueuedCount(TrialQueue.Name));

        await _workbench.Studies.WakeAllAsync();

        Assert.Equal(2, queue.EnqueuedCount(TrialQueue.Name));
    }

    private static Task<Launched> LaunchAsync(TestWorkbench workbench, string key) =>
        OnceAsync(workbench, key, () => workbench.Studies.LaunchAsync(Request));

    private static Task<Launched> OnceAsync(TestWorkbench workbench, string key, Func<Task<Launched>> act) =>
        workbench.Get<IdempotentRequests>().OnceAsync(key, new { launch = Request }, act);

    private Task<int> EnqueueAsync(string study, string key) => _workbench.Get<IdempotentRequests>().OnceAsync(
        key, new { enqueue = study }, () => _workbench.Studies.EnqueueAsync(study, [new ParameterSet(("epochs", 5))]));

    private async Task ExecuteAsync(string sql)
    {
        await using var command = _workbench.Get<Database>().Durable.CreateCommand(sql);
        await command.ExecuteNonQueryAsync();
    }
}
