using Microsoft.EntityFrameworkCore;
using Npgsql;
using Workbench.Core.Search;
using Workbench.Core.Tracking;

namespace Workbench.Tests.Tracking;

public class RefusalTests
{
    private static readonly ParameterSet Unstorable = new(("x", "o\0pt"));

    [Fact]
    public async Task Nothing_to_execute_has_no_answers()
    {
        await using var store = await TrackingFixture.CreateAsync();

        Assert.Empty(store.Runs.SetParams([]));
    }

    [Fact]
    public async Task A_value_that_the_server_refuses_spoils_no_connection_for_others()
    {
        await using var store = await TrackingFixture.CreateAsync();
        var study = await store.StudyAsync(trials: 2, jobs: 2);
        var (bad, good) = (store.Claim(study, "bad"), store.Claim(study, "good", slot: 1));

        // The statement is prepared when it is executed for the second time on a connection, the third takes it for prepared.
        for (var i = 0; i < 4; i++)
        {
            Assert.Equal(StudyState.Running, store.Runs.SetParams(good.Lease, TrackingFixture.X(i)));
            Assert.Throws<PostgresException>(() => store.Runs.SetParams(bad.Lease, Unstorable));
        }
    }

    [Fact]
    public async Task Nor_does_one_that_EF_gives()
    {
        await using var store = await TrackingFixture.CreateAsync();

        for (var i = 0; i < 4; i++)
        {
            Assert.Equal("\"x\"", await ReadAsync("\"x\""));
            await Assert.ThrowsAsync<PostgresException>(() => ReadAsync("\"\\u0000\""));
        }

        async Task<string> ReadAsync(string json)
        {
            await using var db = store.CreateDbContext();
            return await db.Database.SqlQuery<string>($"SELECT ({json}::jsonb)::text AS \"Value\"").SingleAsync();
        }
    }

    [Fact]
    public async Task A_reason_that_cannot_be_stored_as_it_is_ends_the_trial_all_the_same()
    {
        await using var store = await TrackingFixture.CreateAsync();
        var study = await store.StudyAsync(trials: 1);

        Assert.False(store.Runs.Finish(store.Claim(study, "job").Lease, TrialState.Failed, null, "zero \0, half \ud83d."));

        await using var db = store.CreateDbContext();
        Assert.Equal("zero \uFFFD, half \uFFFD.", (await db.Runs.SingleAsync()).Error);
    }
}
