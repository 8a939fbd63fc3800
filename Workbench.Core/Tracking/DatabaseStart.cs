using System.Diagnostics;
using System.Reflection;
using System.Security.Authentication;
using Hangfire.PostgreSql;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Migrations;
using Npgsql;

namespace Workbench.Core.Tracking;

/// <summary>What the start finds out about the server.</summary>
/// <param name="IsPooled">Whether a connection pooler such as PgBouncer stands before it.</param>
/// <param name="Connections">How many connections it has for us and all others.</param>
internal sealed record DatabaseServer(bool IsPooled, int Connections);

/// <summary>The first steps of a process on its database: wait until it answers, look at it, bring its schema up to date.</summary>
internal sealed class DatabaseStart(Database database, DatabaseOptions options)
{
    // Any number that nothing else uses.
    internal const long MigrationLock = 0x576F726B62656E63;

    /// <summary>The least of the limits on the number of connections.</summary>
    internal const string ConnectionsSql =
        """
        SELECT min(connections) FROM (
            SELECT current_setting('max_connections')::int - current_setting('superuser_reserved_connections')::int
            UNION ALL SELECT rolconnlimit FROM pg_roles WHERE rolname = current_user
            UNION ALL SELECT datconnlimit FROM pg_database WHERE datname = current_database()) AS limits (connections)
        WHERE connections >= 0
        """;

    private const string ServerSql = $"SELECT pg_backend_pid(), ({ConnectionsSql})";

    private const string HistoryTable = "\"__EFMigrationsHistory\"";

    // As Entity Framework finds them.
    private static readonly string[] Migrations =
    [
        .. typeof(WorkbenchDb).Assembly.GetTypes().Select(type => type.GetCustomAttribute<MigrationAttribute>()?.Id).OfType<string>().Order(StringComparer.Ordinal),
    ];

    private static readonly TimeSpan RetryInterval = TimeSpan.FromMilliseconds(500);

    private string Name
    {
        get
        {
            var target = new NpgsqlConnectionStringBuilder(database.ConnectionString);
            return options.ConnectionString is null ? "The private database" : $"The database {target.Database} on {target.Host}:{target.Port}";
        }
    }

    /// <exception cref="DatabaseException">It can't be used.</exception>
    public Task<DatabaseServer> RunAsync(CancellationToken cancellationToken) => RunAsync(TryAsync, cancellationToken);

    /// <summary>Does one step, again and again while the database is away.</summary>
    /// <exception cref="DatabaseException">It can't be used.</exception>
    public async Task<T> RunAsync<T>(Func<CancellationToken, Task<T>> step, CancellationToken cancellationToken)
    {
        for (var (start, said) = (Stopwatch.GetTimestamp(), false); ; said = true)
        {
            try
            {
                return await step(cancellationToken);
            }
            catch (Exception exception) when (Passes(exception) && Stopwatch.GetElapsedTime(start) < options.StartLimit)
            {
                if (!said)
                {
                    database.Say($"{Name} does not answer ({Reason(exception)}). Workbench waits for it, {options.StartLimit.TotalSeconds:0} s at most.");
                }
                await Task.Delay(RetryInterval, cancellationToken);
            }
            catch (Exception exception) when (exception is NpgsqlException || DatabaseOutage.Caused(exception))
            {
                throw new DatabaseException($"{Name} can't be used: {Reason(exception)}. {Advice(exception)}", exception);
            }
        }
    }

    private async Task<DatabaseServer> TryAsync(CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenDirectAsync(cancellationToken);
        var server = await LookAsync(connection, cancellationToken);
        if (connection.PostgreSqlVersion.Major < Database.MinimumMajorVersion)
        {
            throw new DatabaseException(
                $"The database server is PostgreSQL {connection.PostgreSqlVersion}; Workbench needs {Database.MinimumMajorVersion} or newer.");
        }
        // Held by this session until it closes: of processes that start together, one migrates and the others find it done.
        await ExecuteAsync(connection, $"SELECT pg_advisory_lock({MigrationLock})", cancellationToken);
        var applied = await AppliedAsync(connection, cancellationToken);
        RefuseNewer(applied);
        // Of a database that is up to date no more is asked: for that alone Entity Framework would take a third of the start.
        if (!applied.Order(StringComparer.Ordinal).SequenceEqual(Migrations))
        {
            var context = new DbContextOptionsBuilder<WorkbenchDb>();
            context.UseNpgsql(connection).UseSnakeCaseNamingConvention();
            await using var db = new WorkbenchDb(context.Options);
            await db.Database.MigrateAsync(cancellationToken);
        }
        PostgreSqlObjectsInstaller.Install(connection);
        await ExecuteAsync(connection, JobLocks.Prepare, cancellationToken);
        return server;
    }

    // What a newer release has written may mean what this one does not know.
    private void RefuseNewer(IEnumerable<string> applied)
    {
        if (applied.Except(Migrations).LastOrDefault() is { } unknown)
        {
            throw new DatabaseException(
                $"{Name} was made by a newer release of Workbench: its schema is {unknown}, and the newest that this program knows is "
                + $"{Migrations[^1]}. Start that release, or use another database.");
        }
    }

    private static async Task<IReadOnlyList<string>> AppliedAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        await using var look = new NpgsqlCommand($"SELECT to_regclass('{HistoryTable}') IS NOT NULL", connection);
        if (await look.ExecuteScalarAsync(cancellationToken) is not true)
        {
            return [];
        }
        await using var command = new NpgsqlCommand($"SELECT * FROM {HistoryTable} ORDER BY 1", connection);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        List<string> applied = [];
        while (await reader.ReadAsync(cancellationToken))
        {
            applied.Add(reader.GetString(0));
        }
        return applied;
    }

    // A pooler makes up the number of the server process that it tells its clients.
    private async Task<DatabaseServer> LookAsync(NpgsqlConnection direct, CancellationToken cancellationToken)
    {
        var (process, connections) = await ReadAsync(direct, cancellationToken);
        if (options.DirectConnectionString is null)
        {
            return process == direct.ProcessID
                ? new DatabaseServer(IsPooled: false, connections)
                : throw new DatabaseException(
                    $"{Name} is reached through a connection pooler such as PgBouncer. To listen for changes Workbench needs one connection past "
                    + $"it: set {DatabaseOptions.DirectKey} to the PostgreSQL server itself.");
        }
        if (process != direct.ProcessID)
        {
            throw new DatabaseException($"{DatabaseOptions.DirectKey} leads through a connection pooler; it must lead to the PostgreSQL server itself.");
        }
        var settings = Database.Settings(database.ConnectionString);
        settings.Pooling = false;
        await using var usual = new NpgsqlConnection(settings.ConnectionString);
        await usual.OpenAsync(cancellationToken);
        return new DatabaseServer((await ReadAsync(usual, cancellationToken)).Process != usual.ProcessID, connections);
    }

    private static async Task<(int Process, int Connections)> ReadAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(ServerSql, connection);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        await reader.ReadAsync(cancellationToken);
        return (reader.GetInt32(0), reader.GetInt32(1));
    }

    private static async Task ExecuteAsync(NpgsqlConnection connection, string sql, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    // A wrong password or name of a database, or no agreement on encryption, does not mend itself.
    private static bool Passes(Exception exception) => exception switch
    {
        PostgresException { SqlState: ['2', '8', ..] or PostgresErrorCodes.InvalidCatalogName } => false,
        NpgsqlException { IsTransient: false, InnerException: null or AuthenticationException } and not PostgresException => false,
        _ => DatabaseOutage.Caused(exception),
    };

    private static string Reason(Exception exception) =>
        (exception is PostgresException refusal ? refusal.MessageText : exception.InnerException?.Message ?? exception.Message).TrimEnd('.');

    private string Advice(Exception exception) =>
        options.ConnectionString is null ? "Its log is postgres/server.log in the data folder."
        : exception is PostgresException { SqlState: PostgresErrorCodes.InvalidCatalogName } ? $"Create it, or name another in {DatabaseOptions.ConnectionKey}."
        : $"Check {DatabaseOptions.ConnectionKey}, or leave it out to use a private PostgreSQL.";
}
