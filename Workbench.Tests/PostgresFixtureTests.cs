using Workbench.Tests.Platform;

namespace Workbench.Tests;

public sealed class PostgresFixtureTests
{
    [SkippableFact]
    public async Task Every_test_has_a_database_of_its_own()
    {
        await using var one = await PostgresFixture.CreateDatabaseAsync();
        await using var other = await PostgresFixture.CreateDatabaseAsync();
        await PostgresFixture.ExecuteAsync(one.ConnectionString, "CREATE TABLE mine AS SELECT 1 AS number");
        Assert.Equal(0, await PostgresProbes.QueryAsync<long>(other.ConnectionString, "SELECT count(*) FROM pg_class WHERE relname = 'mine'"));
    }

    [SkippableFact]
    public async Task Databases_are_made_and_dropped_by_many_at_once() =>
        await Task.WhenAll(Enumerable.Range(0, 8).Select(async _ =>
        {
            await using var database = await PostgresFixture.CreateDatabaseAsync();
            await PostgresFixture.ExecuteAsync(database.ConnectionString, "SELECT 1");
        }));
}
