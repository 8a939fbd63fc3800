using Npgsql;

namespace Workbench.Core.Tracking;

/// <summary>
/// Which packs of pictures there are. A pack's row is written before its object and removed after it, so that no object is ever without a
/// row, whatever dies in between.
/// </summary>
public sealed class DatasetPacks(Database database)
{
    /// <summary>An import that has taken longer has died.</summary>
    public static readonly TimeSpan LongestImport = TimeSpan.FromDays(1);

    /// <summary>Writes down a pack that is about to be put into the store.</summary>
    public async Task<DatasetPack> AddAsync(string sha256, long bytes, CancellationToken cancellationToken = default)
    {
        // Each has a key of its own, also one of the same bytes: else the removal of one could take the object of the other.
        var key = $"datasets/packs/{sha256}.{Guid.NewGuid():N}";
        await using var command = database.Durable.CreateCommand(
            "INSERT INTO dataset_packs (key, sha256, bytes, used, freed, created_at) VALUES (@key, @sha256, @bytes, false, false, clock_timestamp()) RETURNING id");
        command.Parameters.AddWithValue("key", key);
        command.Parameters.AddWithValue("sha256", sha256);
        command.Parameters.AddWithValue("bytes", bytes);
        var id = (long)(await command.ExecuteScalarAsync(cancellationToken))!;
        return new DatasetPack { Id = id, Key = key, Sha256 = sha256, Bytes = bytes };
    }

    /// <summary>The packs of a version.</summary>
    public async Task<IReadOnlyList<DatasetPack>> OfVersionAsync(long versionId, CancellationToken cancellationToken = default)
    {
        await using var command = database.Durable.CreateCommand(
            "SELECT id, key, sha256, bytes FROM dataset_packs WHERE id IN (SELECT pack_id FROM dataset_items WHERE version_id = @version) ORDER BY id");
        command.Parameters.AddWithValue("version", versionId);
        return await ReadAsync(command, cancellationToken);
    }

    /// <summary>The SHA-256 of all packs.</summary>
    public Task<IReadOnlySet<string>> HashesAsync(CancellationToken cancellationToken = default) => TextsAsync("SELECT sha256 FROM dataset_packs", cancellationToken);

    /// <summary>The fingerprints of all versions of all datasets.</summary>
    public Task<IReadOnlySet<string>> FingerprintsAsync(CancellationToken cancellationToken = default) =>
        TextsAsync("SELECT DISTINCT fingerprint FROM dataset_versions", cancellationToken);

    private async Task<IReadOnlySet<string>> TextsAsync(string sql, CancellationToken cancellationToken)
    {
        await using var command = database.Durable.CreateCommand(sql);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var texts = new HashSet<string>();
        while (await reader.ReadAsync(cancellationToken))
        {
            texts.Add(reader.GetString(0));
        }
        return texts;
    }

    /// <summary>Gives up packs that an import has written and does not use.</summary>
    public async Task AbandonAsync(IReadOnlyCollection<long> packs, CancellationToken cancellationToken = default)
    {
        await using var command = database.Durable.CreateCommand("UPDATE dataset_packs SET created_at = '-infinity' WHERE id = ANY(@packs) AND NOT used");
        command.Parameters.AddWithValue("packs", packs.ToArray());
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    /// <summary>Marks the packs that no version has any more, and those that an import left when it died. Their objects can be removed; then
    /// they are to be forgotten.</summary>
    public async Task<IReadOnlyList<DatasetPack>> FreeAsync(CancellationToken cancellationToken = default)
    {
        await using var connection = await database.Durable.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        // In two statements: the second sees what was committed while the first waited for the rows.
        await using var candidates = new NpgsqlCommand(
            """
            SELECT id FROM dataset_packs p
            WHERE (freed OR used OR created_at < clock_timestamp() - @longest) AND NOT EXISTS (SELECT FROM dataset_items i WHERE i.pack_id = p.id)
            FOR UPDATE
            """,
            connection,
            transaction);
        candidates.Parameters.AddWithValue("longest", LongestImport);
        var ids = new List<long>();
        await using (var reader = await candidates.ExecuteReaderAsync(cancellationToken))
        {
            while (await reader.ReadAsync(cancellationToken))
            {
                ids.Add(reader.GetInt64(0));
            }
        }
        if (ids.Count == 0)
        {
            return [];
        }
        await using var mark = new NpgsqlCommand(
            """
            UPDATE dataset_packs p SET freed = true
            WHERE id = ANY(@ids) AND NOT EXISTS (SELECT FROM dataset_items i WHERE i.pack_id = p.id)
            RETURNING id, key, sha256, bytes
            """,
            connection,
            transaction);
        mark.Parameters.AddWithValue("ids", ids.ToArray());
        var freed = await ReadAsync(mark, cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return freed;
    }

    /// <summary>Forgets a pack whose object has been removed.</summary>
    public async Task ForgetAsync(long id, CancellationToken cancellationToken = default)
    {
        await using var command = database.Durable.CreateCommand("DELETE FROM dataset_packs WHERE id = @id AND freed");
        command.Parameters.AddWithValue("id", id);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    private static async Task<IReadOnlyList<DatasetPack>> ReadAsync(NpgsqlCommand command, CancellationToken cancellationToken)
    {
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var packs = new List<DatasetPack>();
        while (await reader.ReadAsync(cancellationToken))
        {
            packs.Add(new DatasetPack { Id = reader.GetInt64(0), Key = reader.GetString(1), Sha256 = reader.GetString(2), Bytes = reader.GetInt64(3) });
        }
        return packs;
    }
}
