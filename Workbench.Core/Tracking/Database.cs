using Hangfire.PostgreSql;
using Microsoft.EntityFrameworkCore;
using Npgsql;

namespace Workbench.Core.Tracking;

/// <summary>The connections to the workbench's PostgreSQL database.</summary>
public sealed class Database : IAsyncDisposable
{
    /// <summary>The lowest PostgreSQL major version that is supported.</summary>
    public const int MinimumMajorVersion = 15;

    // Any number that nobody else uses.
    private const long MigrationLock = 0x576F726B62656E63;

    private readonly NpgsqlDataSource _durable;
    private readonly NpgsqlDataSource _relaxed;

    /// <summary>Prepares connection pools; nothing is connected yet.</summary>
    /// <param name="connectionString">An Npgsql connection string.</param>
    public Database(string connectionString)
    {
        ConnectionString = connectionString;
        var builder = new NpgsqlConnectionStringBuilder(connectionString)
        {
            ApplicationName = "Workbench",
            MaxAutoPrepare = 50,
            AutoPrepareMinUsages = 2,
            // A connection whose command was cancelled, because its page was left, is given up at once: used again it can be out of step
            // with the server (https://github.com/npgsql/npgsql/issues/5803).
            CancellationTimeout = -1,
        };
        _durable = NpgsqlDataSource.Create(builder);
        // What a trial writes before it ends is written again if it is lost: it need not wait for the disk.
        builder.Options = $"{builder.Options} -c synchronous_commit=off".Trim();
        _relaxed = NpgsqlDataSource.Create(builder);
    }

    /// <summary>The connection string given.</summary>
    public string ConnectionString { get; }

    /// <summary>Connections whose commits survive a crash of the server and of the machine.</summary>
    internal NpgsqlDataSource Durable => _durable;

    /// <summary>Connections whose commits survive the end of this process, but of whose last second a crash of the server may lose some.</summary>
    internal NpgsqlDataSource Relaxed => _relaxed;

    /// <summary>Brings the schema, and that of the job queue, up to date; safe when several processes do it at the same time.</summary>
    /// <exception cref="DatabaseException">The database can't be reached, or its version is too old.</exception>
    public async Task MigrateAsync(CancellationToken cancellationToken = default)
    {
        try
        {
            await using var connection = await Durable.OpenConnectionAsync(cancellationToken);
            if (connection.PostgreSqlVersion.Major < MinimumMajorVersion)
            {
                throw new DatabaseException(
                    $"The database server is PostgreSQL {connection.PostgreSqlVersion}; Workbench needs {MinimumMajorVersion} or newer.");
            }
            // Held by this session until it closes: of processes that start together, one migrates and the others find it done.
            await using var turn = new NpgsqlCommand($"SELECT pg_advisory_lock({MigrationLock})", connection);
            await turn.ExecuteNonQueryAsync(cancellationToken);
            var options = new DbContextOptionsBuilder<WorkbenchDb>();
            Configure(options);
            await using var db = new WorkbenchDb(options.Options);
            await db.Database.MigrateAsync(cancellationToken);
            PostgreSqlObjectsInstaller.Install(connection);
            await using var locks = new NpgsqlCommand(JobLocks.Prepare, connection);
            await locks.ExecuteNonQueryAsync(cancellationToken);
            await using var done = new NpgsqlCommand($"SELECT pg_advisory_unlock({MigrationLock})", connection);
            await done.ExecuteNonQueryAsync(cancellationToken);
        }
        catch (NpgsqlException exception)
        {
            var target = new NpgsqlConnectionStringBuilder(ConnectionString);
            throw new DatabaseException(
                $"The database {target.Database} on {target.Host}:{target.Port} can't be used: {exception.InnerException?.Message ?? exception.Message}. "
                + "Check ConnectionStrings:Workbench, or leave it out to use a private PostgreSQL.",
                exception);
        }
    }

    /// <summary>Whether a connection can be had and answers.</summary>
    public async Task<bool> IsReachableAsync(CancellationToken cancellationToken = default)
    {
        try
        {
            await using var command = Durable.CreateCommand("SELECT 1");
            await command.ExecuteScalarAsync(cancellationToken);
            return true;
        }
        catch (Exception exception) when (DatabaseOutage.Caused(exception))
        {
            return false;
        }
    }

    internal void Configure(DbContextOptionsBuilder options) => options.UseNpgsql(Durable).UseSnakeCaseNamingConvention()
        .AddInterceptors(new Refusals.Interceptor(Durable));

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _durable.DisposeAsync();
        await _relaxed.DisposeAsync();
    }
}

/// <summary>The database can't be used; the message says why and what to do, in a sentence for a person.</summary>
public sealed class DatabaseException(string message, Exception? innerException = null) : Exception(message, innerException);
