using Npgsql;
using Workbench.Core.Artifacts;
using Workbench.Core.Registry;
using Workbench.Core.Search;
using Workbench.Core.Studies;
using Workbench.Core.Tracking;
using Workbench.Tests.Studies;

namespace Workbench.Tests.Registry;

/// <summary>Builds between the moment in which their model is stored and that in which it is registered.</summary>
public class BuildOutageTests
{
    private static readonly SearchSpace Space = new(
        new FixedParameter("learning_rate", 1e-2),
        new FixedParameter("l1", 0.0),
        new FixedParameter("l2", 0.0),
        new FixedParameter("num_hidden", 8),
        new FixedParameter("epochs", 1));

    [Fact]
    public async Task A_build_survives_that_its_connections_are_closed_while_it_stores_the_model()
    {
        using var folder = new TemporaryFolder();
        var artifacts = new ArtifactsWithHook(folder.Path);
        await using var workbench = await StartAsync(artifacts);
        artifacts.OnFirstPut = () => ExecuteAsync(workbench, "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()");

        var version = await BuiltAsync(workbench);

        Assert.Null(artifacts.OnFirstPut);
        Assert.Equal(VersionState.Ready, version.State);
    }

    [Fact]
    public async Task A_build_that_fails_for_good_leaves_no_files()
    {
        using var folder = new TemporaryFolder();
        var artifacts = new ArtifactsWithHook(folder.Path);
        await using var workbench = await StartAsync(artifacts);
        await ExecuteAsync(workbench, "ALTER TABLE versions ADD CONSTRAINT nothing_is_good_enough CHECK (state <> 'ready')");

        var version = await BuiltAsync(workbench);

        Assert.Equal(VersionState.Failed, version.State);
        Assert.Contains("nothing_is_good_enough", version.Run!.Error);
        Assert.Empty(await artifacts.ListAsync(version.ArtifactPrefix!));
    }

    /// <summary>With a study whose only trial is complete.</summary>
    private static async Task<TestWorkbench> StartAsync(IArtifactStore artifacts)
    {
        var workbench = await TestWorkbench.StartAsync(artifacts: artifacts);
        await workbench.Studies.LaunchAsync(new StudyRequest("digits", Trials: 1, SearchSpace: Space));
        await workbench.CompletedAsync("digits");
        return workbench;
    }

    private static async Task<ModelVersion> BuiltAsync(TestWorkbench workbench)
    {
        using var limit = new CancellationTokenSource(TestWorkbench.Limit);
        await workbench.Get<ModelRegistry>().PromoteAsync("digits");
        return await workbench.Get<ChangeFeed>().UntilAsync(
            _ => true,
            async () => (await workbench.Get<ModelRegistry>().GetAsync("digits")).Versions.Single(),
            version => version.State != VersionState.Pending,
            TimeSpan.Zero,
            limit.Token);
    }

    private static async Task ExecuteAsync(TestWorkbench workbench, string sql)
    {
        await using var connection = new NpgsqlConnection($"{workbench.ConnectionString};Pooling=false");
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync();
    }

    private sealed class ArtifactsWithHook(string folder) : IArtifactStore
    {
        private readonly LocalArtifactStore _store = new(folder);

        public Func<Task>? OnFirstPut { get; set; }

        public string Description => _store.Description;

        public Uri Locate(string key) => _store.Locate(key);

        public async Task PutAsync(string key, Stream content, long length, string contentType, CancellationToken cancellationToken = default)
        {
            if (OnFirstPut is { } hook)
            {
                OnFirstPut = null;
                await hook();
            }
            await _store.PutAsync(key, content, length, contentType, cancellationToken);
        }

        public Task<Stream> OpenReadAsync(string key, CancellationToken cancellationToken = default) => _store.OpenReadAsync(key, cancellationToken);

        public Task<bool> ExistsAsync(string key, CancellationToken cancellationToken = default) => _store.ExistsAsync(key, cancellationToken);

        public Task<IReadOnlyList<ArtifactInfo>> ListAsync(string prefix, CancellationToken cancellationToken = default) =>
            _store.ListAsync(prefix, cancellationToken);

        public Task DeleteAsync(string key, CancellationToken cancellationToken = default) =>
            _store.DeleteAsync(key, cancellationToken);

        public Task CheckAsync(CancellationToken cancellationToken = default) => _store.CheckAsync(cancellationToken);
    }
}
