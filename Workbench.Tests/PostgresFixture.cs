using System.Globalization;
using Npgsql;
using Workbench.Core.Tracking;

namespace Workbench.Tests;

/// <summary>One real PostgreSQL server for the whole test run, started by the first test that needs it and stopped and removed when the
/// run ends, however it ends; and on it a database for each test that asks.</summary>
static class PostgresFixture
{
    const string Template = "test_template";

    static readonly Lazy<Task<string>> Server = new(StartAsync);
    // Ends when this process and with it the pipe to it is gone; held here, since the garbage collector would close the pipe.
    static OtherProcess? _holder;
    static int _databases;

    /// <summary>A migrated database of the test's own, or an empty one. Takes about 50 ms.</summary>
    public static async Task<TestDatabase> CreateDatabaseAsync(bool migrated = true)
    {
        var server = await Server.Value;
        var name = "test_" + Interlocked.Increment(ref _databases).ToString(CultureInfo.InvariantCulture);
        await ExecuteAsync(server, $"CREATE DATABASE {name} TEMPLATE {(migrated ? Template : "template0")}");
        return new TestDatabase(server, name);
    }

    static async Task<string> StartAsync()
    {
        _holder = OtherProcess.OfTests("lend-postgres", TemporaryFolder.Create());
        var server = await _holder.ReadLineAsync();
        Requirement.Need("PostgreSQL", server.StartsWith("Host=", StringComparison.Ordinal), server);

        // What a crash would lose is of no use to anybody here.
        foreach (var setting in new[] { "fsync", "synchronous_commit", "full_page_writes" })
            await ExecuteAsync(server, $"ALTER SYSTEM SET {setting} = off");
        await ExecuteAsync(server, "SELECT pg_reload_conf()");

        await ExecuteAsync(server, $"CREATE DATABASE {Template}");
        await MigrateAsync(new NpgsqlConnectionStringBuilder(server) { Database = Template, Pooling = false }.ConnectionString);
        return server;
    }

    // Every test's database is a copy of this one.
    static async Task MigrateAsync(string connectionString)
    {
        await using var database = new Database(connectionString);
        await database.MigrateAsync();
    }

    internal static async Task ExecuteAsync(string connectionString, string sql)
    {
        await using var connection = new NpgsqlConnection(connectionString);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync();
    }
}

/// <summary>A database of one test, dropped with the test.</summary>
sealed class TestDatabase(string server, string name) : IAsyncDisposable
{
    public string ConnectionString { get; } = new NpgsqlConnectionStringBuilder(server) { Database = name }.ConnectionString;

    public async ValueTask DisposeAsync()
    {
        await using (var pooled = new NpgsqlConnection(ConnectionString))
            NpgsqlConnection.ClearPool(pooled);
        await PostgresFixture.ExecuteAsync(server, $"DROP DATABASE {name} WITH (FORCE)");
    }
}
