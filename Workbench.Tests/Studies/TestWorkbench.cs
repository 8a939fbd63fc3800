using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Workbench.Core;
using Workbench.Core.Artifacts;
using Workbench.Core.Datasets;
using Workbench.Core.Platform;
using Workbench.Core.Search;
using Workbench.Core.Studies;
using Workbench.Core.Tracking;
using Workbench.Core.Training;
using Workbench.Tests.Training;

namespace Workbench.Tests.Studies;

/// <summary>A whole workbench without a face, on a database and a data folder of its own, with workers in this process.</summary>
internal sealed class TestWorkbench : IAsyncDisposable
{
    /// <summary>Of it a trial ends only when it is told to.</summary>
    public static readonly SearchSpace Endless = new(
        new FixedParameter("learning_rate", 1e-3),
        new FixedParameter("l1", 0.0),
        new FixedParameter("l2", 0.0),
        new FixedParameter("num_hidden", 8),
        new FixedParameter("epochs", 1_000_000));

    public static readonly TimeSpan Limit = TimeSpan.FromMinutes(1);

    // Features are the same for every test: computed once for the whole run.
    private static readonly Lazy<string> Features = new(PrepareFeatures);

    private readonly TestDatabase? _ownDatabase;
    private readonly TemporaryFolder _folder = new();
    private readonly Database _database;
    private readonly IHost _host;

    private TestWorkbench(string connectionString, TestDatabase? ownDatabase, int workers, IArtifactStore? artifacts, Action<IServiceCollection>? more)
    {
        _ownDatabase = ownDatabase;
        LinkFeatures(_folder.Path);
        var data = DataDirectory.Open(_folder.Path);
        _database = new Database(connectionString);
        var builder = Host.CreateApplicationBuilder();
        // Hangfire keeps the logger factory of one host for all: it has to outlive them.
        builder.Services.AddSingleton<ILoggerFactory>(NullLoggerFactory.Instance);
        builder.Services.AddWorkbench(_database, artifacts ?? new LocalArtifactStore(data.Artifacts), data);
        builder.Services.AddSingleton<Pipeline, PacedPipeline>();
        if (workers > 0)
        {
            builder.Services.AddWorkers(workers);
        }
        more?.Invoke(builder.Services);
        _host = builder.Build();
    }

    public StudyService Studies => Get<StudyService>();

    public StudyQueries Queries => Get<StudyQueries>();

    public string ConnectionString => _database.ConnectionString;

    /// <summary>A workbench on a new database, or as one more process on an existing one.</summary>
    /// <param name="workers">How many trials it runs at the same time; 0 for one that only queues.</param>
    /// <param name="connectionString">The existing database.</param>
    /// <param name="artifacts">The artifact store; null for a folder of its own.</param>
    /// <param name="more">Services of the test's own, in place of the usual ones.</param>
    public static async Task<TestWorkbench> StartAsync(
        int workers = 2, string? connectionString = null, IArtifactStore? artifacts = null, Action<IServiceCollection>? more = null)
    {
        var own = connectionString is null ? await PostgresFixture.CreateDatabaseAsync() : null;
        var workbench = new TestWorkbench(connectionString ?? own!.ConnectionString, own, workers, artifacts, more);
        await workbench._host.StartAsync();
        await workbench.Get<ChangeFeed>().Listening.WaitAsync(Limit);
        return workbench;
    }

    /// <summary>Gives a data folder the features that were computed for this test run.</summary>
    public static void LinkFeatures(string data) =>
        Directory.CreateSymbolicLink(Path.Combine(data, "features"), Features.Value);

    public T Get<T>()
        where T : notnull => _host.Services.GetRequiredService<T>();

    /// <summary>Waits, by the change feed, until a study stands as wanted.</summary>
    public async Task<StudySummary> UntilAsync(string study, Func<StudySummary, bool> reached)
    {
        using var limit = new CancellationTokenSource(Limit);
        try
        {
            return await Get<ChangeFeed>().UntilAsync(_ => true, () => Queries.GetAsync(study), reached, TimeSpan.Zero, limit.Token);
        }
        catch (OperationCanceledException)
        {
            var (at, counts, _) = await Queries.GetAsync(study);
            throw new TimeoutException($"{study} is {at.State} with {counts} of {at.TrialsRequested}.");
        }
    }

    public Task<StudySummary> CompletedAsync(string study) => UntilAsync(study, summary => summary.Study.State == StudyState.Completed);

    public async ValueTask DisposeAsync()
    {
        await _host.StopAsync();
        await ((IAsyncDisposable)_host).DisposeAsync();
        await _database.DisposeAsync();
        if (_ownDatabase is not null)
        {
            await _ownDatabase.DisposeAsync();
        }
        _folder.Dispose();
    }

    private static void Remove(string folder)
    {
        try
        {
            Directory.Delete(folder, recursive: true);
        }
        catch (IOException)
        {
            // Thrown here it would look like a crash of the test run.
        }
    }

    /// <summary>Fills a folder with the features of MNIST.</summary>
    public static void ComputeFeatures(string folder)
    {
        using var cache = Samples.CacheIn(folder);
        var dataset = Mnist.Load();
        var parameters = new ParameterSet(("learning_rate", 1e-3), ("l1", 0.0), ("l2", 0.0), ("num_hidden", 8), ("epochs", 1));
        Samples.Of(cache).Get("transfer").Train(
            new TrainingRequest(dataset, SplitSettings.Default.Apply(dataset), parameters, 0, Threads: 1), _ => true, CancellationToken.None);
    }

    // In a process of its own, which gives all memory back when it ends.
    private static string PrepareFeatures()
    {
        var folder = Directory.CreateTempSubdirectory("workbench-features-").FullName;
        AppDomain.CurrentDomain.ProcessExit += (_, _) => Remove(folder);
        var process = OtherProcess.OfTests("compute-features", folder);
        Assert.Equal("done", process.ReadLineAsync().GetAwaiter().GetResult());
        return folder;
    }
}
