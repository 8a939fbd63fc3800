using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Workbench.Core;
using Workbench.Core.Artifacts;
using Workbench.Core.Platform;
using Workbench.Core.Tracking;

namespace Workbench.Benchmarks;

/// <summary>A workbench without a face in an empty folder: a private PostgreSQL with its usual settings, two workers.</summary>
internal sealed class Laboratory : IAsyncDisposable
{
    private readonly DataFolder _folder;
    private readonly PrivatePostgres _postgres;
    private readonly IHost _host;

    private Laboratory(DataFolder folder, PrivatePostgres postgres, Database database, IHost host) =>
        (_folder, _postgres, Database, _host) = (folder, postgres, database, host);

    public Database Database { get; }

    public static async Task<Laboratory> OpenAsync(int workers)
    {
        var folder = new DataFolder();
        var data = DataDirectory.Open(folder.Path);
        var postgres = await PrivatePostgres.StartAsync(data.Path, CancellationToken.None);
        var database = new Database(postgres.ConnectionString);
        await database.MigrateAsync();
        var builder = Host.CreateApplicationBuilder();
        builder.Logging.ClearProviders();
        builder.Services.AddWorkbench(database, new LocalArtifactStore(data.Artifacts), data).AddWorkers(workers);
        var host = builder.Build();
        await host.StartAsync();
        return new Laboratory(folder, postgres, database, host);
    }

    public T Get<T>()
        where T : notnull => _host.Services.GetRequiredService<T>();

    /// <summary>Waits, by the change feed, until a study has completed.</summary>
    public Task<StudySummary> CompletedAsync(string study) => Get<ChangeFeed>().UntilAsync(
        _ => true,
        () => Get<StudyQueries>().GetAsync(study),
        summary => summary.Study.State == StudyState.Completed,
        TimeSpan.FromMilliseconds(20));

    public async ValueTask DisposeAsync()
    {
        await _host.StopAsync();
        await ((IAsyncDisposable)_host).DisposeAsync();
        await Database.DisposeAsync();
        await _postgres.DisposeAsync();
        _folder.Dispose();
    }
}
