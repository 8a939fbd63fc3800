using Workbench.Tests.Studies;

namespace Workbench.Tests.Commands;

/// <summary>One server, with a database and a data folder of its own, for the tests of a class.</summary>
public sealed class ServedWorkbench : IAsyncLifetime
{
    private TemporaryFolder? _data;
    private TestDatabase? _database;
    private WorkbenchProcess? _server;

    public Uri Url => _server!.Url;

    public HttpClient Client { get; private set; } = null!;

    internal string ConnectionString => _database!.ConnectionString;

    internal string Data => _data!.Path;

    public async Task InitializeAsync()
    {
        _data = new TemporaryFolder();
        TestWorkbench.LinkFeatures(_data.Path);
        _database = await PostgresFixture.CreateDatabaseAsync();
        _server = await WorkbenchProcess.ServeAsync(_database.ConnectionString, _data.Path);
        Client = new HttpClient { BaseAddress = _server.Url };
    }

    public async Task DisposeAsync()
    {
        Client.Dispose();
        await _server!.DisposeAsync();
        await _database!.DisposeAsync();
        _data!.Dispose();
        // What nobody foresaw is on the standard error: no test may have caused it.
        Assert.True(_server.Errors.Length == 0, _server.Errors);
    }
}
