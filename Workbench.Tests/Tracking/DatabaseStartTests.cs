using System.Net;
using System.Net.Sockets;
using Npgsql;
using Workbench.Core.Tracking;
using Workbench.Tests.Platform;

namespace Workbench.Tests.Tracking;

public class DatabaseStartTests
{
    [Fact]
    public async Task A_database_that_is_away_is_waited_for_and_that_is_said_once()
    {
        await using var real = await PostgresFixture.CreateDatabaseAsync();
        var target = new NpgsqlConnectionStringBuilder(real.ConnectionString);
        await using var relay = new Relay(target.Host!, target.Port);
        target.Port = relay.Port;
        var said = new List<string>();
        await using var database = new Database(target.ConnectionString)
        {
            Say = line =>
            {
                said.Add(line);
                relay.Start();
            },
        };

        await database.MigrateAsync();

        Assert.Contains($"127.0.0.1:{relay.Port} does not answer", Assert.Single(said));
    }

    [Fact]
    public async Task The_wait_is_bounded_and_ends_in_a_sentence_with_the_remedy()
    {
        const string Nowhere = "Host=127.0.0.1;Port=1;Username=nobody;Database=nowhere";
        await using var given = new Database(Nowhere, new DatabaseOptions { Connection = Nowhere, StartLimit = TimeSpan.Zero });
        await using var own = new Database(Nowhere, new DatabaseOptions { StartLimit = TimeSpan.Zero });

        Assert.Contains(DatabaseOptions.ConnectionKey, (await Assert.ThrowsAsync<DatabaseException>(() => given.MigrateAsync())).Message);
        var message = (await Assert.ThrowsAsync<DatabaseException>(() => own.MigrateAsync())).Message;
        Assert.DoesNotContain(DatabaseOptions.ConnectionKey, message);
        Assert.Contains("postgres/server.log", message);
    }

    [Theory]
    [InlineData("Password=guess", "password")]
    [InlineData("Password=;Passfile=/dev/null", "password")]
    [InlineData("Database=nowhere", "Create it")]
    public async Task What_does_not_mend_itself_is_told_at_once(string wrong, string expected)
    {
        await using var real = await PostgresFixture.CreateDatabaseAsync();
        await using var database = new Database($"{real.ConnectionString};{wrong}") { Say = line => Assert.Fail(line) };

        var refusal = await Assert.ThrowsAsync<DatabaseException>(() => database.MigrateAsync());

        Assert.Contains(expected, refusal.Message);
        Assert.DoesNotContain('\n', refusal.Message);
    }

    [Fact]
    public async Task Work_waits_for_one_of_the_few_connections_of_its_process()
    {
        await using var own = await PostgresFixture.CreateDatabaseAsync();
        await using var database = new Database(own.ConnectionString, new DatabaseOptions { Connection = own.ConnectionString, MaxConnections = 6 });

        var counts = await Task.WhenAll(Enumerable.Range(0, 300).Select(async _ =>
        {
            await using var command = database.Durable.CreateCommand("SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()");
            return (long)(await command.ExecuteScalarAsync())!;
        }));

        Assert.InRange(counts.Max(), 1, 2);
    }

    [Fact]
    public async Task A_server_with_few_connections_is_not_used_up()
    {
        await using var own = await PostgresFixture.CreateDatabaseAsync();
        await using var database = new Database(own.ConnectionString);
        Assert.Equal(20, database.MostConnections);
        await PostgresFixture.ExecuteAsync(
            own.ConnectionString, $"ALTER DATABASE {new NpgsqlConnectionStringBuilder(own.ConnectionString).Database} CONNECTION LIMIT 32");

        await database.MigrateAsync();

        Assert.Equal(8, database.MostConnections);
    }

    [Fact]
    public async Task What_is_reported_while_a_trial_runs_does_not_wait_for_the_disk_and_its_end_does()
    {
        await using var tracking = await TrackingFixture.CreateAsync();
        await using (var connection = new NpgsqlConnection($"{tracking.Database.ConnectionString};Pooling=false"))
        {
            await connection.OpenAsync();
            // The tests' server need not be safe. A deferred trigger runs at the end of the transaction.
            await using var prepare = new NpgsqlCommand(
                """
                DO $$ BEGIN EXECUTE format('ALTER DATABASE %I SET synchronous_commit = on', current_database()); END $$;
                CREATE TABLE commits (mode text);
                CREATE FUNCTION note() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
                    INSERT INTO commits VALUES (current_setting('synchronous_commit')); RETURN NULL; END $$;
                CREATE CONSTRAINT TRIGGER note AFTER UPDATE ON runs DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION note()
                """,
                connection);
            await prepare.ExecuteNonQueryAsync();
        }
        var trial = tracking.Claim(await tracking.StudyAsync(trials: 1), "job");

        tracking.Runs.SetParams(trial.Lease, TrackingFixture.X(0.5));
        tracking.Runs.Report(trial.Lease, 1, TrackingFixture.Accuracy(0.9));
        tracking.Runs.Finish(trial.Lease, Workbench.Core.Search.TrialState.Complete, 0.9);

        Assert.Equal("off,off,on", await PostgresProbes.QueryAsync<string>(
            tracking.Database.ConnectionString, "SELECT string_agg(mode, ',' ORDER BY ctid) FROM commits"));
    }

    /// <summary>A port that leads to a server from the moment it is told to.</summary>
    private sealed class Relay(string host, int port) : IAsyncDisposable
    {
        private readonly TcpListener _listener = new(IPAddress.Loopback, FreePort());
        private readonly CancellationTokenSource _end = new();
        private Task _accepting = Task.CompletedTask;

        public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

        public void Start()
        {
            _listener.Start();
            _accepting = AcceptAsync();
        }

        public async ValueTask DisposeAsync()
        {
            await _end.CancelAsync();
            await _accepting.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            _listener.Dispose();
            _end.Dispose();
        }

        private async Task AcceptAsync()
        {
            while (true)
            {
                var client = await _listener.AcceptTcpClientAsync(_end.Token);
                var server = new TcpClient(host, port);
                _ = client.GetStream().CopyToAsync(server.GetStream(), _end.Token);
                _ = server.GetStream().CopyToAsync(client.GetStream(), _end.Token);
            }
        }

        private static int FreePort()
        {
            using var listener = new TcpListener(IPAddress.Loopback, 0);
            listener.Start();
            return ((IPEndPoint)listener.LocalEndpoint).Port;
        }
    }
}
