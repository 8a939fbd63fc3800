using Workbench.Core.Platform;

namespace Workbench.Tests.Platform;

public sealed class PrivatePostgresSharingTests : IDisposable
{
    readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task The_first_process_starts_it_others_join_and_the_last_one_stops_it()
    {
        await using var first = OtherProcess.OfTests("hold-postgres", _folder.Path);
        var connectionString = await first.ReadLineAsync();
        var second = await PrivatePostgres.StartAsync(_folder.Path, default);
        Assert.Equal(connectionString, second.ConnectionString);

        Assert.Equal(0, await first.EndAsync());
        Assert.Equal(1, await second.QueryAsync<int>("SELECT 1"));

        await second.DisposeAsync();
        Assert.Null(PostgresProbes.ServerPid(_folder.Path));
    }

    [Fact]
    public async Task Processes_that_start_at_once_on_a_fresh_folder_get_one_server()
    {
        var processes = Enumerable.Range(0, 4).Select(_ => OtherProcess.OfTests("hold-postgres", _folder.Path)).ToList();
        var connectionStrings = await Task.WhenAll(processes.Select(process => process.ReadLineAsync()));
        Assert.StartsWith("Host=", Assert.Single(connectionStrings.Distinct()));
        Assert.All(await Task.WhenAll(processes.Select(process => process.EndAsync())), code => Assert.Equal(0, code));
        Assert.Null(PostgresProbes.ServerPid(_folder.Path));
    }

    [Fact]
    public async Task A_server_is_never_stopped_under_one_who_joins_while_another_leaves()
    {
        await Task.WhenAll(Enumerable.Range(0, 3).Select(_ => Task.Run(async () =>
        {
            for (var visit = 0; visit < 8; visit++)
            {
                await using var postgres = await PrivatePostgres.StartAsync(_folder.Path, default);
                Assert.Equal(1, await postgres.QueryAsync<int>("SELECT 1"));
            }
        })));
        Assert.Null(PostgresProbes.ServerPid(_folder.Path));
    }

    [Fact]
    public async Task One_who_gives_up_waiting_leaves_nothing_behind()
    {
        using var cancelled = new CancellationTokenSource();
        await cancelled.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => PrivatePostgres.StartAsync(_folder.Path, cancelled.Token));
        await using (await PrivatePostgres.StartAsync(_folder.Path, default))
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => PrivatePostgres.StartAsync(_folder.Path, cancelled.Token));
        Assert.Null(PostgresProbes.ServerPid(_folder.Path));
    }
}
