using System.Security.Cryptography;
using System.Text;
using Workbench.Core.Artifacts;
using Workbench.Core.Tracking;

namespace Workbench.Tests.Backups;

/// <summary>A database with one version, whose file has a content.</summary>
internal sealed record VersionedDatabase(TestDatabase Own, Database Database) : IAsyncDisposable
{
    public static async Task<VersionedDatabase> CreateAsync(LocalArtifactStore store, string weights)
    {
        var own = await PostgresFixture.CreateDatabaseAsync();
        var content = Encoding.UTF8.GetBytes(weights);
        await store.PutAsync("models/1/1/model.safetensors", content, "application/octet-stream");
        await PostgresFixture.ExecuteAsync(own.ConnectionString,
            $"""
            INSERT INTO models (name, last_version, created_at) VALUES ('digits', 1, now());
            INSERT INTO versions (model_id, version, trial, state, artifact_prefix, sha256, created_at)
            SELECT id, 1, 0, 'ready', 'models/1/1', '{Convert.ToHexStringLower(SHA256.HashData(content))}', now() FROM models
            """);
        return new VersionedDatabase(own, new Database(own.ConnectionString));
    }

    public async ValueTask DisposeAsync()
    {
        await Database.DisposeAsync();
        await Own.DisposeAsync();
    }
}
