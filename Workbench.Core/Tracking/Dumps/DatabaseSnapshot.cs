using System.Data;
using System.Text;
using Npgsql;

namespace Workbench.Core.Tracking.Dumps;

/// <summary>All tables as they are at one moment, to be read one after the other while others go on writing. The job queue, which holds
/// nothing that can't be told from the tables, is left out.</summary>
public sealed class DatabaseSnapshot : IAsyncDisposable
{
    private readonly NpgsqlConnection _connection;

    private DatabaseSnapshot(NpgsqlConnection connection) => _connection = connection;

    /// <summary>The last migration that made the schema.</summary>
    public string Schema { get; private set; } = "";

    /// <summary>The tables, each after those that it refers to.</summary>
    public IReadOnlyList<DumpedTable> Tables { get; private set; } = [];

    /// <summary>The last number that each sequence has given out.</summary>
    public IReadOnlyDictionary<string, long> Sequences { get; private set; } = new Dictionary<string, long>();

    /// <summary>Every release's schema can be read, also that of a later one.</summary>
    public static async Task<DatabaseSnapshot> OpenAsync(Database database, CancellationToken cancellationToken = default)
    {
        var snapshot = new DatabaseSnapshot(await database.OpenDirectAsync(cancellationToken));
        try
        {
            await snapshot.ReadAsync(cancellationToken);
            return snapshot;
        }
        catch
        {
            await snapshot.DisposeAsync();
            throw;
        }
    }

    /// <summary>Writes the rows of a table, in PostgreSQL's text format, one a line.</summary>
    /// <returns>How many there are.</returns>
    public async Task<long> CopyAsync(DumpedTable table, Stream destination, CancellationToken cancellationToken = default)
    {
        using var rows = await _connection.BeginTextExportAsync($"COPY {table.Sql} TO STDOUT", cancellationToken);
        await using var writer = new StreamWriter(destination, new UTF8Encoding(false), 64 << 10, leaveOpen: true);
        var buffer = new char[32 << 10];
        var count = 0L;
        while (await rows.ReadAsync(buffer, cancellationToken) is > 0 and var read)
        {
            // A line break within a value is written as \n.
            count += buffer.AsSpan(0, read).Count('\n');
            await writer.WriteAsync(buffer.AsMemory(0, read), cancellationToken);
        }
        return count;
    }

    /// <summary>The versions whose files belong to the snapshot.</summary>
    public Task<List<ReadyVersion>> ReadyVersionsAsync(CancellationToken cancellationToken = default) => QueryAsync(
        "SELECT m.name, v.version, v.sha256, v.artifact_prefix FROM versions v JOIN models m ON m.id = v.model_id WHERE v.state = 'ready' AND v.artifact_prefix IS NOT NULL ORDER BY m.id, v.version",
        row => new ReadyVersion(row.GetString(0), row.GetInt32(1), row.IsDBNull(2) ? null : row.GetString(2), row.GetString(3)),
        cancellationToken);

    /// <summary>The keys of the packs of pictures that belong to the snapshot; none in a release that had no datasets.</summary>
    public async Task<List<string>> DatasetPacksAsync(CancellationToken cancellationToken = default) =>
        Tables.Any(table => table.Name == "dataset_packs")
            ? await QueryAsync(
                "SELECT key FROM dataset_packs p WHERE EXISTS (SELECT FROM dataset_items i WHERE i.pack_id = p.id) ORDER BY id", row => row.GetString(0), cancellationToken)
            : [];

    /// <summary>Where the files of runs lie that belong to the snapshot, as key prefixes; none in a release that had no tracked runs.</summary>
    public async Task<List<string>> RunFoldersAsync(CancellationToken cancellationToken = default) =>
        Tables.Any(table => table.Name == "experiments" && table.Columns.Contains("artifact_folder"))
            ? await QueryAsync("SELECT DISTINCT artifact_folder FROM experiments ORDER BY 1", row => row.GetString(0), cancellationToken)
            : [];

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _connection.DisposeAsync();

    private async Task ReadAsync(CancellationToken cancellationToken)
    {
        // Held until the connection is closed; it reads, and is never committed.
        await _connection.BeginTransactionAsync(IsolationLevel.RepeatableRead, cancellationToken);
        Schema = (await QueryAsync("SELECT max(migration_id) FROM \"__EFMigrationsHistory\"", row => row.GetString(0), cancellationToken)).Single();
        var tables = await QueryAsync(
            """
            SELECT c.relname, array_agg(a.attname::text ORDER BY a.attnum) FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid
            WHERE c.relnamespace = current_schema()::regnamespace AND c.relkind = 'r' AND c.relname NOT IN ('__EFMigrationsHistory', 'artifact_stores')
                AND a.attnum > 0 AND NOT a.attisdropped AND a.attgenerated = ''
            GROUP BY c.relname ORDER BY c.relname
            """,
            row => new DumpedTable(row.GetString(0), row.GetFieldValue<string[]>(1)),
            cancellationToken);
        var references = await QueryAsync(
            """
            SELECT t.relname, r.relname FROM pg_constraint f JOIN pg_class t ON t.oid = f.conrelid JOIN pg_class r ON r.oid = f.confrelid
            WHERE f.contype = 'f' AND f.connamespace = current_schema()::regnamespace AND f.conrelid <> f.confrelid
            """,
            row => (Table: row.GetString(0), To: row.GetString(1)),
            cancellationToken);
        Tables = InOrder(tables, references.ToLookup(reference => reference.Table, reference => reference.To));
        // Sequences are not part of a snapshot, but only rise: what a table of it holds is not above.
        Sequences = (await QueryAsync(
            "SELECT sequencename, last_value FROM pg_sequences WHERE schemaname = current_schema() AND last_value IS NOT NULL",
            row => (Name: row.GetString(0), Value: row.GetInt64(1)),
            cancellationToken)).ToDictionary(sequence => sequence.Name, sequence => sequence.Value);
    }

    private static List<DumpedTable> InOrder(List<DumpedTable> tables, ILookup<string, string> references)
    {
        var (ordered, done) = (new List<DumpedTable>(), new HashSet<string>());
        while (ordered.Count < tables.Count)
        {
            var free = tables.Where(table => !done.Contains(table.Name) && references[table.Name].All(done.Contains)).ToList();
            if (free.Count == 0)
            {
                throw new InvalidOperationException("Tables refer to each other in a circle.");
            }
            ordered.AddRange(free);
            done.UnionWith(free.Select(table => table.Name));
        }
        return ordered;
    }

    private async Task<List<T>> QueryAsync<T>(string sql, Func<NpgsqlDataReader, T> read, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(sql, _connection);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var rows = new List<T>();
        while (await reader.ReadAsync(cancellationToken))
        {
            rows.Add(read(reader));
        }
        return rows;
    }
}
