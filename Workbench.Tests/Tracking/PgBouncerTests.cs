using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;
using Workbench.Core.Search;
using Workbench.Core.Tracking;

namespace Workbench.Tests.Tracking;

/// <summary>A real PgBouncer in transaction mode: of two statements on one connection each may meet another session.</summary>
public sealed class PgBouncerTests : IAsyncLifetime
{
    private readonly TemporaryFolder _folder = new();
    private TestDatabase? _real;
    private OtherProcess? _bouncer;
    private string _pooled = "";

    public async Task InitializeAsync()
    {
        _real = await PostgresFixture.CreateDatabaseAsync(migrated: false);
        if (Requirement.FindProgram("pgbouncer") is { } program)
        {
            var settings = new NpgsqlConnectionStringBuilder(_real.ConnectionString);
            var (target, password, port) = ($"{settings.Host} port={settings.Port}", settings.Password, FreePort());
            await File.WriteAllTextAsync(_folder["pgbouncer.ini"],
                $"""
                [databases]
                * = host={target} user={settings.Username} password={password}
                [pgbouncer]
                listen_addr = 127.0.0.1
                listen_port = {port}
                unix_socket_dir =
                auth_type = any
                pool_mode = transaction
                default_pool_size = 4
                log_connections = 0
                log_disconnections = 0
                log_stats = 0
                """);
            // PgBouncer does not run as root.
            var user = Environment.IsPrivilegedProcess ? "-u nobody" : "";
            _bouncer = new OtherProcess(new ProcessStartInfo("bash",
                ["-c", $"\"$0\" {user} \"$1\" 2>&1 & cat > /dev/null; kill -9 $!", program, _folder["pgbouncer.ini"]]));
            var line = "";
            while (!line.Contains("process up", StringComparison.Ordinal))
            {
                line = await _bouncer.ReadLineAsync();
                Assert.NotEqual("", line);
            }
            (settings.Host, settings.Port) = ("127.0.0.1", port);
            _pooled = settings.ConnectionString;
        }
    }

    [SkippableFact]
    public async Task Without_a_way_past_it_it_is_refused_by_name_and_with_the_setting()
    {
        Need();
        await using var database = new Database(_pooled);

        var refusal = await Assert.ThrowsAsync<DatabaseException>(() => database.MigrateAsync());

        Assert.Contains("PgBouncer", refusal.Message);
        Assert.Contains(DatabaseOptions.DirectKey, refusal.Message);
    }

    [SkippableFact]
    public async Task A_lock_of_the_job_queue_is_released_by_its_age_since_its_session_is_not_its_holders()
    {
        Need();
        await using var database = new Database(_pooled, new DatabaseOptions { Connection = _pooled, Direct = _real!.ConnectionString });
        await database.MigrateAsync();
        await using (var take = database.Jobs.CreateCommand("INSERT INTO hangfire.lock (resource, acquired) VALUES ('job:7:state-lock', now())"))
        {
            await take.ExecuteNonQueryAsync();
        }
        var locks = new JobLocks(database);

        Assert.Equal(0, await locks.ReleaseAsync());
        Assert.Equal(1, await locks.ReleaseAsync(silence: TimeSpan.Zero));
    }

    [SkippableFact]
    public async Task With_one_everything_works_at_once_and_changes_are_told()
    {
        Need();
        await using var database = new Database(_pooled, new DatabaseOptions { Connection = _pooled, Direct = _real!.ConnectionString });
        await database.MigrateAsync();
        using var feed = new ChangeFeed(database, TimeProvider.System, NullLogger<ChangeFeed>.Instance);
        await feed.StartAsync(default);
        await feed.Listening;
        var told = new TaskCompletionSource();
        using var subscription = feed.Subscribe(change => change.Kind == ChangeKind.Run, _ => Task.FromResult(told.TrySetResult()));
        await using var tracking = new TrackingFixture(database);
        var study = await tracking.StudyAsync(trials: 60, jobs: 20);

        await Task.WhenAll(Enumerable.Range(0, 20).Select(slot => Task.Run(async () =>
        {
            for (var i = 0; i < 3; i++)
            {
                var trial = tracking.Claim(study, $"{slot}", slot);
                tracking.Runs.SetParams(trial.Lease, TrackingFixture.X(0.5));
                tracking.Runs.Report(trial.Lease, 1, TrackingFixture.Accuracy(0.9));
                tracking.Runs.Finish(trial.Lease, TrialState.Complete, 0.9);
                await tracking.Queries.GetAsync(study.Name);
            }
        })));

        await told.Task.WaitAsync(TimeSpan.FromMinutes(1));
        Assert.Equal(60, (await tracking.Queries.GetAsync(study.Name)).Counts.Complete);
        await feed.StopAsync(default);
    }

    public async Task DisposeAsync()
    {
        if (_bouncer is not null)
        {
            await _bouncer.DisposeAsync();
        }
        await _real!.DisposeAsync();
        _folder.Dispose();
    }

    private void Need() => Requirement.Need("PgBouncer", _bouncer is not null, "apt-get install -y pgbouncer");

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
