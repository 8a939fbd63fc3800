using System.Net;
using System.Net.Sockets;
using Microsoft.EntityFrameworkCore;
using Npgsql;
using Workbench.Core.Artifacts;
using Workbench.Core.Tracking;

namespace Workbench.Tests.Tracking;

public class DatabaseOutageTests
{
    [Fact]
    public async Task A_session_that_the_server_ends_is_an_outage_also_wrapped_by_EF()
    {
        await using var tracking = await TrackingFixture.CreateAsync();
        await using var db = tracking.CreateDbContext();
        await db.Database.OpenConnectionAsync();
        await using (var kill = tracking.Database.Durable.CreateCommand(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"))
        {
            await kill.ExecuteNonQueryAsync();
        }

        var exception = await Assert.ThrowsAsync<InvalidOperationException>(() => db.Studies.ToListAsync());

        Assert.True(DatabaseOutage.Caused(exception));
    }

    [Theory]
    [InlineData("host")]
    [InlineData("port")]
    public async Task A_server_that_cannot_be_reached_is_an_outage(string wrong)
    {
        using var silent = new TcpListener(IPAddress.Loopback, 0);
        silent.Start();
        var port = ((IPEndPoint)silent.LocalEndpoint).Port;
        silent.Stop();
        await using var database = new Database($"Host={(wrong == "host" ? "nowhere.invalid" : "127.0.0.1")};Port={port};Username=x;Timeout=5");

        var exception = await Assert.ThrowsAnyAsync<Exception>(async () => await database.Durable.OpenConnectionAsync());

        Assert.True(DatabaseOutage.Caused(exception), exception.ToString());
        Assert.False(await database.IsReachableAsync());
    }

    [Fact]
    public async Task A_pool_of_which_every_connection_is_in_use_is_an_outage()
    {
        await using var database = await PostgresFixture.CreateDatabaseAsync();
        await using var pool = NpgsqlDataSource.Create($"{database.ConnectionString};Maximum Pool Size=1;Timeout=1");
        await using var held = await pool.OpenConnectionAsync();

        var exception = await Assert.ThrowsAsync<NpgsqlException>(async () => await pool.OpenConnectionAsync());

        Assert.Contains("in use", DatabaseOutage.Explain(exception));
    }

    [Fact]
    public async Task What_the_database_refuses_for_good_is_none()
    {
        await using var tracking = await TrackingFixture.CreateAsync();
        await tracking.StudyAsync(trials: 1);
        await using var db = tracking.CreateDbContext();

        var duplicate = await Assert.ThrowsAsync<PostgresException>(
            () => db.Database.ExecuteSqlRawAsync("INSERT INTO studies SELECT * FROM studies"));
        var nul = await Assert.ThrowsAsync<PostgresException>(() => db.Studies.Where(s => s.Name == "\0").ToListAsync());

        Assert.False(DatabaseOutage.Caused(duplicate));
        Assert.False(DatabaseOutage.Caused(nul));
        Assert.False(DatabaseOutage.Caused(new DbUpdateException("x", duplicate)));
    }

    [Theory]
    [InlineData("FATAL", PostgresErrorCodes.AdminShutdown, true)]
    [InlineData("FATAL", PostgresErrorCodes.CannotConnectNow, true)]
    [InlineData("FATAL", PostgresErrorCodes.TooManyConnections, true)]
    [InlineData("FATAL", PostgresErrorCodes.ProtocolViolation, true)] // PgBouncer's way to say that its server is away
    [InlineData("ERROR", PostgresErrorCodes.DiskFull, true)]
    [InlineData("ERROR", PostgresErrorCodes.ReadOnlySqlTransaction, true)]
    [InlineData("ERROR", PostgresErrorCodes.DeadlockDetected, true)]
    [InlineData("ERROR", PostgresErrorCodes.ProtocolViolation, false)]
    [InlineData("ERROR", PostgresErrorCodes.UntranslatableCharacter, false)]
    [InlineData("ERROR", PostgresErrorCodes.CheckViolation, false)]
    [InlineData("ERROR", PostgresErrorCodes.UndefinedTable, false)]
    public void The_servers_code_decides(string severity, string code, bool outage)
    {
        var refusal = new PostgresException("no", severity, severity, code);

        Assert.Equal(outage, DatabaseOutage.Caused(refusal));
        Assert.Equal(outage, DatabaseOutage.Caused(new AggregateException(new InvalidOperationException("x", refusal))));
    }

    [Fact]
    public void An_answer_out_of_step_is_an_outage_and_trouble_elsewhere_is_none()
    {
        // Npgsql throws the bare type.
        var outOfStep = (Exception)Activator.CreateInstance(typeof(Exception), "Received unexpected backend message DataRow.")!;
        outOfStep.Source = "Npgsql";

        Assert.True(DatabaseOutage.Caused(outOfStep));
        Assert.False(DatabaseOutage.Caused(new ArtifactStoreException("no", new HttpRequestException("no", new SocketException()))));
        Assert.False(DatabaseOutage.Caused(new InvalidOperationException("a defect")));
        Assert.False(DatabaseOutage.Caused(new TimeoutException()));
    }
}
