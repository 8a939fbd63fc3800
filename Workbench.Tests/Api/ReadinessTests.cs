using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Hangfire;
using Npgsql;
using Workbench.Core.Studies;
using Workbench.Core.Tracking;
using Workbench.Tests.Security;

namespace Workbench.Tests.Api;

public sealed class ReadinessTests
{
    [Fact]
    public async Task What_is_away_or_stands_still_is_told_with_503()
    {
        var workbench = new LockedWorkbench();
        await workbench.InitializeAsync();
        using var client = workbench.Caller(workbench.Home);
        var connection = new NpgsqlConnectionStringBuilder(workbench.Get<Database>().ConnectionString);

        // It runs no jobs, and one has waited for long.
        new BackgroundJobClient(workbench.Get<JobStorage>()).Enqueue<TrialJob>(job => job.Run(1, 0, null!, default));
        await PostgresFixture.ExecuteAsync(connection.ConnectionString, "UPDATE hangfire.state SET createdat = createdat - interval '90 seconds'");
        var standing = await ReadAsync(client);
        Assert.Equal(("ready", "ready"), (standing["database"], standing["artifacts"]));
        Assert.StartsWith("No worker", standing["workers"]);
        Assert.StartsWith("1 job waits on the queue 'trials', the first for 9", standing["queue"]);

        await PostgresFixture.ExecuteAsync(
            new NpgsqlConnectionStringBuilder(connection.ConnectionString) { Database = "postgres" }.ConnectionString,
            $"ALTER DATABASE {connection.Database} ALLOW_CONNECTIONS false; SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{connection.Database}'");
        var without = await ReadAsync(client);
        Assert.Equal(("The database does not answer.", "ready"), (without["database"], without["artifacts"]));
        Assert.DoesNotContain("Exception", without["queue"]);
        await workbench.DisposeAsync();
    }

    private static async Task<Dictionary<string, string>> ReadAsync(HttpClient client)
    {
        using var answer = await client.GetAsync("/health/ready");
        Assert.Equal(HttpStatusCode.ServiceUnavailable, answer.StatusCode);
        var health = await answer.Content.ReadFromJsonAsync<JsonNode>();
        Assert.Equal("not ready", (string?)health!["status"]);
        return health["parts"]!.AsObject().ToDictionary(part => part.Key, part => (string)part.Value!);
    }
}
