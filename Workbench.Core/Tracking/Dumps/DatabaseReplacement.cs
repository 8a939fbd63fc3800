using System.Text;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;
using Npgsql;

namespace Workbench.Core.Tracking.Dumps;

/// <summary>
/// Puts the tables of a dump in place of a database's own, as one transaction: until it is committed everything is as it was, and when it
/// is not, everything stays so. The schema is made as the release of the dump made it, filled, and then brought up to date.
/// </summary>
public sealed class DatabaseReplacement : IAsyncDisposable
{
    private static readonly TimeSpan LeaveLimit = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan LeaveInterval = TimeSpan.FromMilliseconds(200);

    private readonly NpgsqlConnection _connection;
    private readonly NpgsqlTransaction _transaction;
    private readonly Database _database;
    private readonly string _schema;
    private bool _keepsStore;

    private DatabaseReplacement(Database database, string schema, NpgsqlConnection connection, NpgsqlTransaction transaction) =>
        (_database, _schema, _connection, _transaction) = (database, schema, connection, transaction);

    /// <summary>Whether this program knows a schema, and so can bring it up to date.</summary>
    /// <param name="database">Any database; it is not asked.</param>
    /// <param name="schema">The last migration that made it.</param>
    public static bool Knows(Database database, string schema)
    {
        using var db = database.CreateContext();
        return db.Database.GetMigrations().Contains(schema);
    }

    /// <summary>Removes all tables and makes those of a schema, empty.</summary>
    /// <param name="database">The database.</param>
    /// <param name="schema">The last migration that makes them; see <see cref="Knows"/>.</param>
    /// <param name="mayReplace">Whether there may be something in the tables that are removed.</param>
    /// <param name="cancellationToken">Gives up; everything stays as it was.</param>
    /// <exception cref="DatabaseException">Other processes use it, it isn't empty and may not be replaced, or isn't Workbench's.</exception>
    public static async Task<DatabaseReplacement> BeginAsync(
        Database database, string schema, bool mayReplace, CancellationToken cancellationToken = default)
    {
        database.CloseIdle();
        var connection = await database.OpenDirectAsync(cancellationToken);
        try
        {
            var replacement = new DatabaseReplacement(database, schema, connection, await connection.BeginTransactionAsync(cancellationToken));
            // A process that starts now waits until this is over.
            await replacement.ExecuteAsync($"SELECT pg_advisory_xact_lock({DatabaseStart.MigrationLock})", cancellationToken);
            await replacement.RefuseOthersAsync(cancellationToken);
            await replacement.ClearAsync(mayReplace, cancellationToken);
            return replacement;
        }
        catch
        {
            await connection.DisposeAsync();
            throw;
        }
    }

    /// <summary>Fills a table with rows in PostgreSQL's text format. Those that it refers to have been filled before.</summary>
    public async Task LoadAsync(DumpedTable table, Stream rows, CancellationToken cancellationToken = default)
    {
        await using var writer = await _connection.BeginTextImportAsync($"COPY {table.Sql} FROM STDIN", cancellationToken);
        using var reader = new StreamReader(rows, Encoding.UTF8, false, 64 << 10, leaveOpen: true);
        var buffer = new char[32 << 10];
        while (await reader.ReadAsync(buffer, cancellationToken) is > 0 and var read)
        {
            await writer.WriteAsync(buffer.AsMemory(0, read), cancellationToken);
        }
    }

    /// <summary>Brings the schema up to date, and parts what was under way at the moment of the dump from the jobs that ran it.</summary>
    /// <param name="sequences">The last number that each sequence has given out.</param>
    /// <param name="artifactFolder">What the keys of artifacts begin with from now on, if anything.</param>
    /// <param name="cancellationToken">Gives up; everything stays as it was.</param>
    public async Task FinishAsync(IReadOnlyDictionary<string, long> sequences, string artifactFolder, CancellationToken cancellationToken = default)
    {
        foreach (var (name, value) in sequences)
        {
            await using var command = new NpgsqlCommand("SELECT setval($1::regclass, $2)", _connection, _transaction)
            {
                Parameters = { new() { Value = DumpedTable.Quoted(name) }, new() { Value = value } },
            };
            await command.ExecuteNonQueryAsync(cancellationToken);
        }
        await MigrateAsync(null, cancellationToken);
        if (_keepsStore)
        {
            await ExecuteAsync($"INSERT INTO {Stores} SELECT * FROM kept_stores", cancellationToken);
        }
        // The jobs that ran trials and builds are gone; what has no job gets one as soon as a process with workers starts.
        await ExecuteAsync("UPDATE runs SET job_id = NULL, activity = 'waiting for a worker' WHERE state = 'running' AND kind <> 'tracked'", cancellationToken);
        // Another server may have more of it than the dump knows of: that is looked for there before it is sent.
        await ExecuteAsync("UPDATE mirrored_experiments SET is_adopted = true", cancellationToken);
        if (artifactFolder.Length > 0)
        {
            foreach (var (table, column) in ((string, string)[])[("experiments", "artifact_folder"), ("runs", "artifact_prefix"), ("versions", "artifact_prefix"), ("dataset_packs", "key")])
            {
                await using var command = new NpgsqlCommand($"UPDATE {table} SET {column} = $1 || {column}", _connection, _transaction)
                {
                    Parameters = { new() { Value = artifactFolder } },
                };
                await command.ExecuteNonQueryAsync(cancellationToken);
            }
        }
    }

    /// <summary>From now on the database is that of the dump. Its job queue is empty.</summary>
    public async Task CommitAsync(CancellationToken cancellationToken = default)
    {
        await _transaction.CommitAsync(cancellationToken);
        await _database.MigrateAsync(CancellationToken.None);
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _connection.DisposeAsync();

    // Of a process that goes on working, what it holds in memory would not be true any more, and it might write what belongs to the past.
    private async Task RefuseOthersAsync(CancellationToken cancellationToken)
    {
        using var limit = new CancellationTokenSource(LeaveLimit);
        while (true)
        {
            // What a transaction has seen of the others it sees again, until it lets go of that.
            await ExecuteAsync("SELECT pg_stat_clear_snapshot()", cancellationToken);
            var others = (long)(await ScalarAsync(
                """
                SELECT count(*) FROM pg_stat_activity
                WHERE datname = current_database() AND pid <> pg_backend_pid() AND application_name = current_setting('application_name')
                """,
                cancellationToken))!;
            if (others == 0)
            {
                return;
            }
            // Those that this process, or one that has just ended, is closing.
            if (limit.IsCancellationRequested)
            {
                throw new DatabaseException(
                    $"Other Workbench processes use the database ({others} connections). Stop every server and worker, then restore.");
            }
            await Task.Delay(LeaveInterval, cancellationToken);
        }
    }

    private async Task ClearAsync(bool mayReplace, CancellationToken cancellationToken)
    {
        var tables = (string[])(await ScalarAsync(
            "SELECT coalesce(array_agg(tablename::text), '{}') FROM pg_tables WHERE schemaname = current_schema()", cancellationToken))!;
        if (tables.Length > 0 && !tables.Contains(History))
        {
            throw new DatabaseException($"The database is not Workbench's: it has the tables {string.Join(", ", tables.Order().Take(5))}. Use another one.");
        }
        // The store that the database works with is a fact of this place and not of the dump.
        _keepsStore = tables.Contains(Stores);
        if (_keepsStore)
        {
            await ExecuteAsync($"CREATE TEMPORARY TABLE kept_stores ON COMMIT DROP AS SELECT * FROM {Stores}", cancellationToken);
        }
        foreach (var table in mayReplace ? [] : tables.Except([History, Stores, Mirrors]))
        {
            // One experiment is always there.
            var own = table == "experiments" ? FormattableString.Invariant($"WHERE id <> {Experiment.Default}") : "";
            if (await ScalarAsync($"SELECT 1 FROM {DumpedTable.Quoted(table)} {own} LIMIT 1", cancellationToken) is not null)
            {
                throw new DatabaseException($"The database is not empty: there is something in {table}. With --replace all of it is removed first.");
            }
        }
        foreach (var table in tables.Except([History]))
        {
            await ExecuteAsync($"DROP TABLE {DumpedTable.Quoted(table)} CASCADE", cancellationToken);
        }
        await ExecuteAsync("DROP SCHEMA IF EXISTS hangfire CASCADE", cancellationToken);
        // EF Core's migrator tells a database without this table by an error, which would end the transaction.
        await using (var db = Db())
        {
            await ExecuteAsync(db.GetService<IHistoryRepository>().GetCreateIfNotExistsScript(), cancellationToken);
        }
        await ExecuteAsync($"DELETE FROM {DumpedTable.Quoted(History)}", cancellationToken);
        await MigrateAsync(_schema, cancellationToken);
        // A migration may have written rows, which the dump has, too.
        var made = (string[])(await ScalarAsync(
            "SELECT array_agg(tablename::text) FROM pg_tables WHERE schemaname = current_schema() AND tablename <> '__EFMigrationsHistory'", cancellationToken))!;
        await ExecuteAsync($"TRUNCATE {string.Join(", ", made.Select(DumpedTable.Quoted))}", cancellationToken);
    }

    private const string History = "__EFMigrationsHistory";
    private const string Stores = "artifact_stores";
    private const string Mirrors = "mirrors";

    private async Task MigrateAsync(string? to, CancellationToken cancellationToken)
    {
        await using var db = Db();
        db.Database.SetCommandTimeout(0);
        await db.Database.UseTransactionAsync(_transaction, cancellationToken);
        await db.GetService<IMigrator>().MigrateAsync(to, cancellationToken);
    }

    private WorkbenchDb Db()
    {
        var options = new DbContextOptionsBuilder<WorkbenchDb>().UseNpgsql(_connection).UseSnakeCaseNamingConvention();
        // EF Core warns of migrations within a transaction of another's.
        options.ConfigureWarnings(warnings => warnings.Ignore(RelationalEventId.MigrationsUserTransactionWarning));
        return new WorkbenchDb((DbContextOptions<WorkbenchDb>)options.Options);
    }

    private async Task ExecuteAsync(string sql, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(sql, _connection, _transaction) { CommandTimeout = 0 };
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    private async Task<object?> ScalarAsync(string sql, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(sql, _connection, _transaction) { CommandTimeout = 0 };
        return await command.ExecuteScalarAsync(cancellationToken);
    }
}
