using System.Net;
using System.Net.Sockets;
using System.Text.Json.Nodes;
using Microsoft.Extensions.Configuration;
using Workbench.Core.Artifacts;
using Workbench.Core.Registry;
using Workbench.Core.Tracking;
using Workbench.Doctor;

namespace Workbench.Tests.Commands;

public sealed class DoctorTests(ServedWorkbench workbench) : IClassFixture<ServedWorkbench>
{
    [Fact]
    public async Task Where_nothing_was_started_everything_is_well_and_stays_as_it_is()
    {
        using var parent = new TemporaryFolder();
        var data = Path.Combine(parent.Path, "data");

        var (code, output, errors) = await WorkbenchProcess.RunAsync(null, "doctor", "--data", data, "--port", "0");

        Assert.True(code == 0, output + errors);
        var lines = output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.All(lines, line => Assert.Matches("^(ok|warn) +[a-z]+", line));
        foreach (var what in new[] { "settings", "libtorch", "skia", "data folder", "port", "artifacts", "postgresql", "database" })
        {
            Assert.Contains(lines, line => line.StartsWith($"ok    {what}", StringComparison.Ordinal));
        }
        Assert.Empty(Directory.EnumerateFileSystemEntries(parent.Path));
    }

    [Fact]
    public async Task Beside_a_server_it_finds_its_database_its_workers_and_its_port()
    {
        var (code, output, errors) = await WorkbenchProcess.RunAsync(
            workbench.ConnectionString, "doctor", "--json", "--data", workbench.Data, "--port", $"{workbench.Url.Port}");

        Assert.True(code == 0, output + errors);
        var findings = JsonNode.Parse(output)!.AsArray().ToDictionary(finding => (string)finding!["what"]!, finding => (string)finding!["detail"]!);
        Assert.EndsWith("a workbench answers", findings["port"]);
        Assert.Contains("PostgreSQL", findings["database"]);
        Assert.Equal("is up to date", findings["schema"]);
        Assert.Equal("agree", findings["clocks"]);
        Assert.Equal("1 process runs jobs", findings["workers"]);
        Assert.Equal("0 jobs wait", findings["queue"]);
        Assert.Equal($"the models of the database lie in the folder {workbench.Data}/artifacts", findings["store"]);
        Assert.EndsWith("are in use; 1 process may open 20", findings["connections"]);
        Assert.DoesNotContain(Password(workbench.ConnectionString), output);
    }

    [Fact]
    public async Task What_is_broken_is_a_line_each_and_exit_code_1()
    {
        using var data = new TemporaryFolder();
        using var other = new TcpListener(IPAddress.Loopback, 0);
        other.Start();
        var port = ((IPEndPoint)other.LocalEndpoint).Port;

        var (code, output, _) = await WorkbenchProcess.RunAsync(
            "Host=127.0.0.1;Port=1;Username=nobody;Password=hunter2;Database=nowhere", "doctor", "--data", data.Path, "--port", $"{port}");

        Assert.Equal(1, code);
        var failed = output.Split('\n').Where(line => line.StartsWith("fail", StringComparison.Ordinal)).ToList();
        Assert.Equal(2, failed.Count);
        Assert.Contains($"{port} on 127.0.0.1 is taken by another program", failed[0]);
        Assert.Contains("127.0.0.1:1", failed[1]);
        Assert.DoesNotContain("hunter2", output);
    }

    [Fact]
    public async Task A_database_of_a_newer_release_is_told()
    {
        await using var database = await PostgresFixture.CreateDatabaseAsync();
        await PostgresFixture.ExecuteAsync(
            database.ConnectionString, "INSERT INTO \"__EFMigrationsHistory\" VALUES ('99991231235959_FromTheFuture', '99.0.0')");

        var schema = await FindAsync("schema", database.ConnectionString);

        Assert.Equal(Verdict.Fail, schema.Verdict);
        Assert.Contains("99991231235959_FromTheFuture", schema.Detail);
    }

    [Fact]
    public async Task Pools_that_want_more_than_the_server_has_are_told()
    {
        await using var database = await PostgresFixture.CreateDatabaseAsync();
        await PostgresFixture.ExecuteAsync(database.ConnectionString, "ALTER DATABASE " + Name(database) + " CONNECTION LIMIT 40");
        await PostgresFixture.ExecuteAsync(
            database.ConnectionString,
            """
            INSERT INTO hangfire.server (id, data, lastheartbeat)
            SELECT 'host:' || process || ':trials:' || gen_random_uuid(), '{}', now() FROM generate_series(1, 3) AS process
            """);

        var fits = await FindAsync("connections", database.ConnectionString);
        var exceeds = await FindAsync("connections", database.ConnectionString, ("Workbench:Database:MaxConnections", "14"));

        Assert.Equal(Verdict.Ok, fits.Verdict);
        Assert.EndsWith("of 40 are in use; 3 processes may open 10 each", fits.Detail);
        Assert.Equal(Verdict.Warn, exceeds.Verdict);
        Assert.StartsWith("3 processes may open 14 each, and the server has 40; ", exceeds.Detail);
    }

    [Fact]
    public async Task A_store_that_is_not_the_databases_is_told()
    {
        await using var database = await PostgresFixture.CreateDatabaseAsync();
        using var elsewhere = new TemporaryFolder();
        Assert.Equal(Verdict.Ok, (await FindAsync("store", database.ConnectionString)).Verdict);
        await using (var tracking = new Database(database.ConnectionString))
        {
            await StoreIdentity.EnsureAsync(tracking, new LocalArtifactStore(elsewhere.Path));
        }

        var store = await FindAsync("store", database.ConnectionString);

        Assert.Equal(Verdict.Fail, store.Verdict);
        Assert.Contains(elsewhere.Path, store.Detail);
    }

    private static async Task<Finding> FindAsync(string what, string connectionString, params (string Name, string Value)[] settings)
    {
        using var data = new TemporaryFolder();
        var configuration = new ConfigurationBuilder().AddInMemoryCollection(
            [
                new(DatabaseOptions.ConnectionKey, connectionString), new("Workbench:Data", data.Path), new("Workbench:Port", "0"),
                .. settings.Select(setting => KeyValuePair.Create(setting.Name, (string?)setting.Value)),
            ]).Build();
        return await new Examination(configuration).RunAsync(default).SingleAsync(finding => finding.What == what);
    }

    private static string Name(TestDatabase database) => new Npgsql.NpgsqlConnectionStringBuilder(database.ConnectionString).Database!;

    private static string Password(string connectionString) => new Npgsql.NpgsqlConnectionStringBuilder(connectionString).Password!;
}
