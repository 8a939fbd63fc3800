using Hangfire;
using Hangfire.PostgreSql;
using Hangfire.PostgreSql.Factories;
using Hangfire.States;
using Hangfire.Storage;
using Workbench.Core.Search;
using Workbench.Core.Studies;
using Workbench.Core.Tracking;

namespace Workbench.Tests.Tracking;

public class WaitingWorkTests
{
    [Fact]
    public async Task Places_lack_a_trial_up_to_the_studys_jobs_and_what_is_left_of_its_budget()
    {
        await using var store = await TrackingFixture.CreateAsync();
        var wide = await store.StudyAsync(trials: 2, jobs: 5, name: "wide");
        var deep = await store.StudyAsync(trials: 9, jobs: 3, name: "deep");
        store.Claim(deep, "job", slot: 1);
        var over = await store.StudyAsync(trials: 9, name: "over");
        await store.Studies.StopAsync(over.Id);

        Assert.Equal([new Place(wide.Id, 0, false), new Place(wide.Id, 1, false), new Place(deep.Id, 0, false), new Place(deep.Id, 2, false)], await store.Waiting.PlacesAsync());
        Assert.Equal([new Place(deep.Id, 0, false), new Place(deep.Id, 2, false)], await store.Waiting.PlacesAsync(deep.Id));
    }

    [Fact]
    public async Task A_trial_whose_job_lives_stays_with_it()
    {
        await using var store = await TrackingFixture.CreateAsync();
        var jobs = Jobs(store);
        var study = await store.StudyAsync(trials: 9, jobs: 3);
        store.Claim(study, Enqueue(jobs), slot: 0);
        store.Claim(study, new BackgroundJobClient(jobs).Schedule<TrialJob>(job => job.Run(1, 1, null!, default), TimeSpan.FromHours(1)), slot: 1);
        store.Claim(study, Enqueue(jobs), slot: 2);
        using var worker = jobs.GetConnection();
        using var fetched = worker.FetchNextJob([TrialQueue.Name], default);

        await store.Waiting.ReleaseAbandonedAsync();

        Assert.Empty(await store.Waiting.PlacesAsync());
        fetched.RemoveFromQueue();
    }

    [Fact]
    public async Task A_trial_whose_job_is_gone_is_taken_up_by_another_with_its_number_and_parameters()
    {
        await using var store = await TrackingFixture.CreateAsync();
        var jobs = Jobs(store);
        var study = await store.StudyAsync(trials: 9, jobs: 2);
        var job = Enqueue(jobs);
        var trial = store.Claim(study, job, slot: 1);
        store.Runs.SetParams(trial.Lease, TrackingFixture.X(0.25));
        // As when a worker that was taken for dead reports the end of a job that another runs by now.
        new BackgroundJobClient(jobs).ChangeState(job, new SucceededState(null, 0, 0));
        using (var worker = jobs.GetConnection())
        using (var fetched = worker.FetchNextJob([TrialQueue.Name], default))
        {
            fetched.RemoveFromQueue();
        }

        await store.Waiting.ReleaseAbandonedAsync();

        Assert.Contains(new Place(study.Id, 1, IsCommand: false), await store.Waiting.PlacesAsync());
        var again = store.Claim(study, "another", slot: 1);
        Assert.Equal((trial.Number, trial.Lease.RunId, 2), (again.Number, again.Lease.RunId, again.Lease.Attempt));
        Assert.Equal(TrackingFixture.X(0.25), again.Params);
        Assert.True(store.Runs.IsSuperseded(trial.Lease));
        Assert.False(store.Runs.IsSuperseded(again.Lease));
    }

    [Fact]
    public async Task A_trial_without_a_job_is_ended_also_when_its_study_was_stopped()
    {
        await using var store = await TrackingFixture.CreateAsync();
        var study = await store.StudyAsync(trials: 9);
        store.Claim(study, "lost");
        await store.Studies.StopAsync(study.Id);

        await store.Waiting.ReleaseAbandonedAsync();

        Assert.Equal([new Place(study.Id, 0, false)], await store.Waiting.PlacesAsync());
        Assert.Equal(StudyState.Stopped, store.Claim(study, "another").Study);
    }

    [Fact]
    public async Task The_end_of_a_trial_writes_again_what_a_crash_of_the_server_has_lost()
    {
        await using var store = await TrackingFixture.CreateAsync();
        var study = await store.StudyAsync(trials: 1);
        var trial = store.Claim(study, "job");
        // Of three epochs the second, and the parameters, are not there any more.
        store.Runs.Report(trial.Lease, 1, TrackingFixture.Accuracy(0.1));
        store.Runs.Report(trial.Lease, 3, TrackingFixture.Accuracy(0.3));

        store.Runs.Finish(
            trial.Lease,
            TrialState.Complete,
            0.3,
            record: new TrialRecord(
                TrackingFixture.X(0.5),
                [.. Enumerable.Range(1, 3).Select(step => new ReportedEpoch(step, TrackingFixture.Accuracy(step / 10.0)))]));

        var best = (await store.Queries.GetAsync(study.Name)).Best!;
        Assert.Equal(TrackingFixture.X(0.5), best.Params);
        var metrics = await store.Queries.MetricsAsync([trial.Lease.RunId]);
        Assert.Equal([0.1, 0.2, 0.3], metrics.Where(point => point.Key == "val_accuracy").Select(point => point.Value));
        Assert.Equal(6, metrics.Count);
    }

    [Fact]
    public async Task A_job_whose_worker_fell_silent_is_run_before_those_that_were_queued_later()
    {
        await using var store = await TrackingFixture.CreateAsync();
        var takeOverAfter = TimeSpan.FromSeconds(25);
        var jobs = Jobs(store, takeOverAfter);
        var (silent, busy, later) = (Enqueue(jobs), Enqueue(jobs), Enqueue(jobs));
        using var worker = jobs.GetConnection();
        using var dead = worker.FetchNextJob([TrialQueue.Name], default);
        using var alive = worker.FetchNextJob([TrialQueue.Name], default);
        Assert.Equal((silent, busy), (dead.JobId, alive.JobId));
        await PassAsync(store, $"UPDATE hangfire.jobqueue SET fetchedat = fetchedat - interval '26 seconds' WHERE jobid = {silent}");

        await store.Waiting.RequeueAsync(takeOverAfter);

        using var next = worker.FetchNextJob([TrialQueue.Name], default);
        using var last = worker.FetchNextJob([TrialQueue.Name], default);
        Assert.Equal((silent, later), (next.JobId, last.JobId));
    }

    [Fact]
    public async Task A_queue_that_no_worker_empties_is_said_to_stand_still()
    {
        await using var store = await TrackingFixture.CreateAsync();
        var jobs = Jobs(store);
        Enqueue(jobs);
        Assert.Null(await store.Waiting.StandstillAsync());

        await PassAsync(store, "UPDATE hangfire.state SET createdat = createdat - interval '90 seconds'");
        Assert.Matches("^1 job waits on the queue 'trials', the first for 9[0-9] s, and no worker runs any.$", await store.Waiting.StandstillAsync());

        // One that a worker has, and can't begin since a lock is held, does not move either.
        using var worker = jobs.GetConnection();
        using var fetched = worker.FetchNextJob([TrialQueue.Name], default);
        Assert.NotNull(await store.Waiting.StandstillAsync());

        // One that is executed moves, however long it takes.
        new BackgroundJobClient(jobs).ChangeState(fetched.JobId, new SucceededState(null, 0, 0));
        await PassAsync(store, "UPDATE hangfire.job SET statename = 'Processing'; UPDATE hangfire.state SET createdat = createdat - interval '90 seconds'");
        Assert.Null(await store.Waiting.StandstillAsync());
        fetched.RemoveFromQueue();
    }

    [Fact]
    public async Task A_schedule_that_no_process_reads_is_said_to_stand_still()
    {
        await using var store = await TrackingFixture.CreateAsync();
        new BackgroundJobClient(Jobs(store)).Schedule<TrialJob>(job => job.Run(1, 1, null!, default), TimeSpan.FromSeconds(-30));
        Assert.Null(await store.Waiting.StandstillAsync());

        await PassAsync(store, "UPDATE hangfire.set SET score = score - 60");

        Assert.Matches("^1 job waits to be run again for 9[0-9] s, and nothing puts it on the queue.$", await store.Waiting.StandstillAsync());
    }

    [Fact]
    public async Task A_job_that_fails_is_run_again_however_often_it_has_failed()
    {
        await using var store = await TrackingFixture.CreateAsync();
        var jobs = Jobs(store);
        var job = Enqueue(jobs);

        for (var i = 0; i < 10; i++)
        {
            new BackgroundJobClient(jobs).ChangeState(job, new FailedState(new InvalidOperationException("no outage")));
        }

        using var connection = jobs.GetConnection();
        Assert.Equal(ScheduledState.StateName, connection.GetStateData(job).Name);
        Assert.Equal("10", connection.GetJobParameter(job, "RetryCount"));
    }

    private static PostgreSqlStorage Jobs(TrackingFixture store, TimeSpan? takeOverAfter = null)
    {
        var options = new PostgreSqlStorageOptions { PrepareSchemaIfNecessary = false };
        options.InvisibilityTimeout = takeOverAfter ?? options.InvisibilityTimeout;
        return new PostgreSqlStorage(new NpgsqlConnectionFactory(store.Database.ConnectionString, options), options);
    }

    private static string Enqueue(JobStorage jobs) => new BackgroundJobClient(jobs).Enqueue<TrialJob>(job => job.Run(1, 0, null!, default));

    private static async Task PassAsync(TrackingFixture store, string sql)
    {
        await using var command = store.Database.Durable.CreateCommand(sql);
        await command.ExecuteNonQueryAsync();
    }
}
