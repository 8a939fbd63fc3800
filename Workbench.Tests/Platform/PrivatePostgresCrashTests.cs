using System.Collections.Concurrent;
using System.Globalization;
using Workbench.Core.Platform;

namespace Workbench.Tests.Platform;

public sealed class PrivatePostgresCrashTests : IDisposable
{
    readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    string PidFile => _folder["postgres", "postmaster.pid"];

    [Fact]
    public async Task A_server_whose_user_was_killed_is_joined_and_stopped_by_the_next()
    {
        await using var killed = OtherProcess.OfTests("hold-postgres", _folder.Path);
        var connectionString = await killed.ReadLineAsync();
        await killed.KillAsync();

        var next = await PrivatePostgres.StartAsync(_folder.Path, default);
        Assert.Equal(connectionString, next.ConnectionString);
        await next.DisposeAsync();
        Assert.Null(PostgresProbes.ServerPid(_folder.Path));
    }

    [Fact]
    public async Task A_killed_server_comes_back_at_the_same_address_with_all_it_acknowledged()
    {
        await using var before = await PrivatePostgres.StartAsync(_folder.Path, default);
        await before.ExecuteAsync("CREATE TABLE kept AS SELECT 42 AS answer");
        await PostgresProbes.KillServerAsync(_folder.Path);

        await using var after = await PrivatePostgres.StartAsync(_folder.Path, default);
        Assert.Equal(42, await before.QueryAsync<int>("SELECT answer FROM kept"));
        Assert.Equal(42, await after.QueryAsync<int>("SELECT answer FROM kept"));
    }

    [Fact]
    public async Task A_session_that_outlives_the_killed_server_is_waited_for()
    {
        await using var before = await PrivatePostgres.StartAsync(_folder.Path, default);
        // Looks for the server's death only when it is done.
        var busy = Task.Run(() => before.ExecuteAsync("SELECT count(*) FROM generate_series(1, 4000000)"));
        const string Running = "SELECT count(*) FROM pg_stat_activity WHERE query LIKE 'SELECT count(*) FROM gen%'";
        while (await before.QueryAsync<long>(Running) == 0 && !busy.IsCompleted)
            await Task.Yield();
        await PostgresProbes.KillServerAsync(_folder.Path);
        await using var after = await PrivatePostgres.StartAsync(_folder.Path, default);
        Assert.Equal(1, await after.QueryAsync<int>("SELECT 1"));
        await Record.ExceptionAsync(() => busy);
    }

    [Fact]
    public async Task A_dead_servers_number_that_went_to_another_process_does_not_hinder()
    {
        await using var before = await PrivatePostgres.StartAsync(_folder.Path, default);
        await PostgresProbes.KillServerAsync(_folder.Path);
        var lines = await File.ReadAllLinesAsync(PidFile);
        lines[0] = Environment.ProcessId.ToString(CultureInfo.InvariantCulture);
        await File.WriteAllLinesAsync(PidFile, lines);

        await using var after = await PrivatePostgres.StartAsync(_folder.Path, default);
        Assert.Equal(1, await after.QueryAsync<int>("SELECT 1"));
    }

    [Fact]
    public async Task A_killed_server_is_started_again_by_its_users_once_and_at_the_same_address()
    {
        var said = new ConcurrentQueue<string>();
        var revived = new TaskCompletionSource();
        void Say(string line)
        {
            said.Enqueue(line);
            revived.TrySetResult();
        }
        await using var one = await PrivatePostgres.StartAsync(_folder.Path, Say, default);
        await using var other = await PrivatePostgres.StartAsync(_folder.Path, Say, default);
        await PostgresProbes.KillServerAsync(_folder.Path);

        await revived.Task.WaitAsync(TimeSpan.FromMinutes(1));

        // Both have seen it when both have left.
        Assert.Equal(1, await one.QueryAsync<int>("SELECT 1"));
        await one.DisposeAsync();
        Assert.Equal(1, await other.QueryAsync<int>("SELECT 1"));
        await other.DisposeAsync();
        Assert.Contains("runs again", Assert.Single(said));
    }

    [Fact]
    public async Task A_damaged_file_of_the_servers_number_does_not_hinder()
    {
        await using (await PrivatePostgres.StartAsync(_folder.Path, default))
        {
        }
        foreach (var damaged in new[] { "", "0\n", "4711" + new string('1', 20), "\0\0\0\0" })
        {
            await File.WriteAllTextAsync(PidFile, damaged);
            await using var postgres = await PrivatePostgres.StartAsync(_folder.Path, default);
            Assert.Equal(1, await postgres.QueryAsync<int>("SELECT 1"));
        }
    }

    [Fact]
    public async Task Any_name_will_do_for_the_data_folder()
    {
        var data = _folder["a \"b\" 'c' $HOME $(id) `id` ;& \\ % é 数据", new string('x', 200)];
        Directory.CreateDirectory(data);
        await using var postgres = await PrivatePostgres.StartAsync(data, default);
        Assert.Equal(1, await postgres.QueryAsync<int>("SELECT 1"));
        Assert.True(File.Exists(Path.Combine(data, "postgres", "server.log")));
    }

    [Fact]
    public async Task A_half_made_cluster_is_made_anew()
    {
        Directory.CreateDirectory(_folder["postgres.new", "base"]);
        await File.WriteAllTextAsync(_folder["postgres.new", "PG_VERSION"], "15\n");
        await File.WriteAllTextAsync(_folder["postgres.new.password"], "");
        await using var postgres = await PrivatePostgres.StartAsync(_folder.Path, default);
        Assert.Equal(1, await postgres.QueryAsync<int>("SELECT 1"));
        Assert.Empty(Directory.EnumerateFileSystemEntries(_folder.Path, "postgres.new*"));
    }
}
