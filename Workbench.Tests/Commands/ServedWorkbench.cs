using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Workbench.Tests.Studies;

namespace Workbench.Tests.Commands;

/// <summary>One server, with a database and a data folder of its own, for the tests of a class.</summary>
public sealed class ServedWorkbench : IAsyncLifetime
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(1);

    private readonly SemaphoreSlim _modelGate = new(1);
    private TemporaryFolder? _data;
    private TestDatabase? _database;
    private WorkbenchProcess? _server;

    public Uri Url => _server!.Url;

    public HttpClient Client { get; private set; } = null!;

    internal string ConnectionString => _database!.ConnectionString;

    internal string Data => _data!.Path;

    /// <summary>A search space whose trials take a fraction of a second.</summary>
    public static JsonObject Quick => new()
    {
        ["learning_rate"] = new JsonObject { ["type"] = "float", ["low"] = 1e-3, ["high"] = 1e-2, ["log"] = true },
        ["l1"] = new JsonObject { ["type"] = "fixed", ["value"] = 0.0 },
        ["l2"] = new JsonObject { ["type"] = "fixed", ["value"] = 0.0 },
        ["num_hidden"] = new JsonObject { ["type"] = "fixed", ["value"] = 16 },
        ["epochs"] = new JsonObject { ["type"] = "fixed", ["value"] = 2 },
    };

    /// <summary>Launches a study in the quick search space.</summary>
    public async Task LaunchAsync(string name, int trials = 1, int jobs = 1) => (await Client.PostAsJsonAsync(
        "/api/studies",
        new JsonObject { ["name"] = name, ["trials"] = trials, ["jobs"] = jobs, ["seed"] = 1, ["searchSpace"] = Quick })).EnsureSuccessStatusCode();

    /// <summary>Makes sure that some model is in production.</summary>
    public async Task HasModelAsync()
    {
        await _modelGate.WaitAsync();
        try
        {
            if ((await Client.GetFromJsonAsync<JsonArray>("/api/models"))!.All(model => model!["aliases"]!["production"] is null))
            {
                await LaunchAsync("served");
                await UntilAsync("/api/studies/served", study => (string?)study["state"] == "completed");
                (await Client.PostAsync("/api/studies/served/promote", null)).EnsureSuccessStatusCode();
                await UntilAsync("/api/models/served", model => model["aliases"]!["production"] is not null);
            }
        }
        finally
        {
            _modelGate.Release();
        }
    }

    /// <summary>Asks the API until it answers as wanted.</summary>
    public async Task<JsonNode> UntilAsync(string path, Func<JsonNode, bool> reached)
    {
        using var limit = new CancellationTokenSource(Limit);
        using var pause = new PeriodicTimer(TimeSpan.FromMilliseconds(100));
        while (true)
        {
            using var response = await Client.GetAsync(path, limit.Token);
            var json = JsonNode.Parse(await response.Content.ReadAsStringAsync(limit.Token))!;
            if (response.IsSuccessStatusCode && reached(json))
            {
                return json;
            }
            await pause.WaitForNextTickAsync(limit.Token);
        }
    }

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
        _modelGate.Dispose();
        await _server!.DisposeAsync();
        await _database!.DisposeAsync();
        _data!.Dispose();
        // What nobody foresaw is on the standard error: no test may have caused it.
        Assert.True(_server.Errors.Length == 0, _server.Errors);
    }
}
