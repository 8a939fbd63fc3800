using Npgsql;
using Workbench.Core.Platform;

namespace Workbench.Tests.Platform;

public sealed class PrivatePostgresTests : IDisposable
{
    readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task What_was_written_is_there_at_the_next_start()
    {
        // As on macOS, in ~/Library/Application Support.
        var data = Directory.CreateDirectory(_folder["Größe & more (1)"]).FullName;
        await using (var first = await PrivatePostgres.StartAsync(data, default))
            await first.ExecuteAsync("CREATE TABLE kept AS SELECT 42 AS answer");
        await using var second = await PrivatePostgres.StartAsync(data, default);
        Assert.Equal(42, await second.QueryAsync<int>("SELECT answer FROM kept"));
    }

    [Fact]
    public async Task Nothing_runs_after_the_last_user_left()
    {
        var postgres = await PrivatePostgres.StartAsync(_folder.Path, default);
        await postgres.DisposeAsync();
        await postgres.DisposeAsync();
        Assert.Null(PostgresProbes.ServerPid(_folder.Path));
        await Assert.ThrowsAnyAsync<NpgsqlException>(() => postgres.ExecuteAsync("SELECT 1"));
    }

    [Fact]
    public async Task The_cluster_speaks_utf8_sorts_by_bytes_and_syncs_what_it_acknowledges()
    {
        await using var postgres = await PrivatePostgres.StartAsync(_folder.Path, default);
        Assert.Equal("UTF8", await postgres.QueryAsync<string>("SHOW server_encoding"));
        Assert.Equal("C", await postgres.QueryAsync<string>("SELECT datcollate FROM pg_database WHERE datname = current_database()"));
        Assert.Equal("on", await postgres.QueryAsync<string>("SHOW synchronous_commit"));
        Assert.Equal("on", await postgres.QueryAsync<string>("SHOW fsync"));
        Assert.Equal("on", await postgres.QueryAsync<string>("SHOW data_checksums"));
    }

    [Fact]
    public async Task Only_this_machine_reaches_it_and_only_with_the_password()
    {
        await using var postgres = await PrivatePostgres.StartAsync(_folder.Path, default);
        Assert.Equal("127.0.0.1", await postgres.QueryAsync<string>("SHOW listen_addresses"));
        var guess = new NpgsqlConnectionStringBuilder(postgres.ConnectionString) { Password = "guess", Pooling = false };
        await using var connection = new NpgsqlConnection(guess.ConnectionString);
        var refused = await Assert.ThrowsAsync<PostgresException>(() => connection.OpenAsync());
        Assert.Equal(PostgresErrorCodes.InvalidPassword, refused.SqlState);
        if (!OperatingSystem.IsWindows())
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(_folder["postgres", "workbench.password"]));
    }

    [Fact]
    public async Task A_log_that_has_grown_large_makes_way_for_a_new_one()
    {
        await using (await PrivatePostgres.StartAsync(_folder.Path, default))
        {
        }
        using (var log = new FileStream(_folder["postgres", "server.log"], FileMode.Append))
            log.SetLength(5_000_000);
        await using (await PrivatePostgres.StartAsync(_folder.Path, default))
            Assert.InRange(new FileInfo(_folder["postgres", "server.log"]).Length, 1, 100_000);
        Assert.Equal(5_000_000, new FileInfo(_folder["postgres", "server.log.old"]).Length);
    }

    [SkippableFact]
    public async Task Ctrl_c_in_the_terminal_does_not_reach_the_server()
    {
        Requirement.Need("Linux", OperatingSystem.IsLinux(), "It looks into /proc.");
        await using var postgres = await PrivatePostgres.StartAsync(_folder.Path, default);
        // The terminal signals the processes of its own session only.
        var server = PostgresProbes.ServerPid(_folder.Path)!.Value;
        Assert.Equal(server, PostgresProbes.SessionId(server));
    }

    [SkippableFact]
    public async Task Roots_server_works_beneath_a_folder_that_is_closed_to_others()
    {
        Requirement.Need("root", !OperatingSystem.IsWindows() && Environment.IsPrivilegedProcess, "Run the tests as root.");
        var data = Directory.CreateDirectory(_folder["closed", "data"]).FullName;
        TemporaryFolder.SetMode(_folder["closed"], TemporaryFolder.ClosedToOthers);
        await using (var first = await PrivatePostgres.StartAsync(data, default))
            await first.ExecuteAsync("CREATE TABLE kept AS SELECT 42 AS answer");
        var place = new DirectoryInfo(Path.Combine(data, "postgres")).LinkTarget!;
        try
        {
            Assert.StartsWith("/var/lib/workbench/", place);
            await using var second = await PrivatePostgres.StartAsync(data, default);
            Assert.Equal(42, await second.QueryAsync<int>("SELECT answer FROM kept"));
        }
        finally
        {
            Directory.Delete(place, recursive: true);
        }
    }

    [SkippableFact]
    public async Task An_ordinary_user_runs_it_as_well()
    {
        var setpriv = Requirement.FindProgram("setpriv");
        Requirement.Need("root and setpriv, to become somebody else",
            setpriv is not null && Environment.IsPrivilegedProcess, "Run the tests as root.");
        // Somebody else may not be let in where the tests were built.
        foreach (var file in new[] { "Workbench.Tests.dll", "Workbench.Tests.runtimeconfig.json", "Workbench.Core.dll", "Npgsql.dll" })
            File.Copy(Path.Combine(AppContext.BaseDirectory, file), _folder[file]);
        TemporaryFolder.SetMode(_folder.Path, TemporaryFolder.OpenToAll);

        string[] asNobody = [setpriv, "--reuid=65534", "--regid=65534", "--clear-groups", "env", "HOME=/nonexistent"];
        await using var process = new OtherProcess(OtherProcess.OfTestsIn(_folder.Path, asNobody, "hold-postgres", _folder["data"]));
        var connectionString = await process.ReadLineAsync();
        Assert.StartsWith("Host=", connectionString);
        await PostgresFixture.ExecuteAsync(connectionString, "SELECT 1");
        Assert.Equal(0, await process.EndAsync());
    }
}
