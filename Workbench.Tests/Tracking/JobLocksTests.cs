using Hangfire;
using Hangfire.PostgreSql;
using Hangfire.PostgreSql.Factories;
using Hangfire.Storage;
using Npgsql;

namespace Workbench.Tests.Tracking;

public class JobLocksTests
{
    private const string Resource = "job:7:state-lock";

    private static readonly TimeSpan AtOnce = TimeSpan.Zero;

    [Fact]
    public async Task A_lock_whose_holder_was_killed_is_released_and_can_be_taken_at_once()
    {
        await using var store = await TrackingFixture.CreateAsync();
        using var killed = Connect(store);
        killed.AcquireDistributedLock(Resource, AtOnce);
        await KillHolderAsync(store);
        using var other = Connect(store);
        Assert.Throws<PostgreSqlDistributedLockException>(() => other.AcquireDistributedLock(Resource, AtOnce));

        Assert.Equal(1, await store.Locks.ReleaseAsync());

        using var taken = other.AcquireDistributedLock(Resource, AtOnce);
        Assert.Equal(0, await store.Locks.ReleaseAsync());
    }

    [Fact]
    public async Task A_lock_whose_holder_lives_is_left_to_it()
    {
        await using var store = await TrackingFixture.CreateAsync();
        using var holder = Connect(store);
        using var other = Connect(store);

        using (holder.AcquireDistributedLock(Resource, AtOnce))
        {
            Assert.Equal(0, await store.Locks.ReleaseAsync());
            Assert.Throws<PostgreSqlDistributedLockException>(() => other.AcquireDistributedLock(Resource, AtOnce));
        }

        other.AcquireDistributedLock(Resource, AtOnce).Dispose();
    }

    [Fact]
    public async Task A_holder_that_is_slow_keeps_its_lock_and_one_that_is_silent_loses_it()
    {
        await using var store = await TrackingFixture.CreateAsync();
        await using var holder = new NpgsqlConnection($"{store.Database.ConnectionString};Pooling=false");
        await holder.OpenAsync();
        await ExecuteAsync(holder, $"INSERT INTO hangfire.lock (resource, acquired) VALUES ('{Resource}', now())");
        using var enough = new CancellationTokenSource();
        var slow = ExecuteAsync(holder, "SELECT pg_sleep(3600)", enough.Token);
        await UntilAsync(store, $"SELECT state = 'active' FROM pg_stat_activity WHERE pid = {holder.ProcessID}");

        Assert.Equal(0, await store.Locks.ReleaseAsync(silence: AtOnce));
        await enough.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => slow);

        Assert.Equal(0, await store.Locks.ReleaseAsync());
        Assert.Equal(1, await store.Locks.ReleaseAsync(silence: AtOnce));
    }

    [Fact]
    public async Task A_process_number_that_was_given_out_again_is_not_the_holder()
    {
        await using var store = await TrackingFixture.CreateAsync();
        await using var reborn = await store.Database.Durable.OpenConnectionAsync();
        await ExecuteAsync(
            reborn,
            $"INSERT INTO hangfire.lock (resource, acquired, taken_at) SELECT '{Resource}', now(), backend_start - interval '1 second' "
            + "FROM pg_stat_activity WHERE pid = pg_backend_pid()");

        Assert.Equal(1, await store.Locks.ReleaseAsync());
    }

    private static JobStorageConnection Connect(TrackingFixture store)
    {
        var options = new PostgreSqlStorageOptions { PrepareSchemaIfNecessary = false };
        return (JobStorageConnection)new PostgreSqlStorage(new NpgsqlConnectionFactory(store.Database.ConnectionString, options), options).GetConnection();
    }

    private static async Task KillHolderAsync(TrackingFixture store)
    {
        await using var kill = store.Database.Durable.CreateCommand("SELECT pg_terminate_backend(holder, 10000) FROM hangfire.lock");
        Assert.Equal(true, await kill.ExecuteScalarAsync());
    }

    private static async Task ExecuteAsync(NpgsqlConnection connection, string sql, CancellationToken cancellationToken = default)
    {
        await using var command = new NpgsqlCommand(sql, connection) { CommandTimeout = 0 };
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    private static async Task UntilAsync(TrackingFixture store, string sql)
    {
        await using var command = store.Database.Durable.CreateCommand(sql);
        while (await command.ExecuteScalarAsync() is not true)
        {
        }
    }
}
