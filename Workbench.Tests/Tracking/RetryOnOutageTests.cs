using Hangfire;
using Hangfire.Common;
using Hangfire.PostgreSql;
using Hangfire.PostgreSql.Factories;
using Hangfire.States;
using Npgsql;
using Workbench.Core.Studies;

namespace Workbench.Tests.Tracking;

public class RetryOnOutageTests
{
    [Fact]
    public async Task A_job_that_met_many_outages_is_tried_again_soon_after_the_last()
    {
        await using var store = await TrackingFixture.CreateAsync();
        var options = new PostgreSqlStorageOptions { PrepareSchemaIfNecessary = false };
        var jobs = new PostgreSqlStorage(new NpgsqlConnectionFactory(store.Database.ConnectionString, options), options);
        var client = new BackgroundJobClient(jobs);
        var job = client.Enqueue<TrialJob>(trial => trial.Run(1, 0, null!, default));
        using var connection = jobs.GetConnection();
        connection.SetJobParameter(job, "RetryCount", "9");
        var failed = DateTime.UtcNow;

        client.ChangeState(job, new FailedState(new NpgsqlException("away")));

        var state = connection.GetStateData(job);
        Assert.Equal(ScheduledState.StateName, state.Name);
        Assert.InRange(JobHelper.DeserializeDateTime(state.Data["EnqueueAt"]) - failed, TimeSpan.Zero, TimeSpan.FromSeconds(15));
    }
}
