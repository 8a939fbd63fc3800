using Microsoft.EntityFrameworkCore;
using Npgsql;

namespace Workbench.Core.Tracking;

/// <summary>
/// The connections to the workbench's PostgreSQL database. All of a process together are bounded; what finds none free waits for one. None
/// keeps anything in its session but those of <see cref="OpenDirectAsync"/>, so the others may go through PgBouncer in transaction mode.
/// </summary>
public sealed class Database : IAsyncDisposable
{
    /// <summary>The lowest PostgreSQL major version that is supported.</summary>
    public const int MinimumMajorVersion = 15;

    private readonly DatabaseOptions _options;
    private readonly Lazy<NpgsqlDataSource> _durable;
    private readonly Lazy<NpgsqlDataSource> _jobs;
    private DatabaseServer _server = new(IsPooled: false, int.MaxValue);

    /// <summary>Prepares connection pools; nothing is connected yet.</summary>
    /// <param name="connectionString">An Npgsql connection string.</param>
    /// <param name="options">The limits, and the way past a pooler; null for the defaults.</param>
    public Database(string connectionString, DatabaseOptions? options = null)
    {
        (ConnectionString, _options) = (connectionString, options ?? new DatabaseOptions { Connection = connectionString });
        _durable = new(() => CreatePool(MostConnections - MostJobConnections - 1));
        _jobs = new(() => CreatePool(MostJobConnections));
    }

    /// <summary>The connection string given.</summary>
    public string ConnectionString { get; }

    /// <summary>Is told, in a line, what the start waits for.</summary>
    public Action<string> Say { get; init; } = static _ => { };

    /// <summary>The most connections of this process, counting those of the job queue and the one that listens.</summary>
    internal int MostConnections => _options.MostOf(_server.Connections);

    /// <summary>Connections whose commits survive a crash of the server and of the machine, unless the statement says otherwise.</summary>
    internal NpgsqlDataSource Durable => _durable.Value;

    /// <summary>Connections of the job queue: it takes them while those of <see cref="Durable"/> are in a transaction.</summary>
    internal NpgsqlDataSource Jobs => _jobs.Value;

    private int MostJobConnections => Math.Max(3, MostConnections / 3);

    /// <summary>Brings the schema, and that of the job queue, up to date; safe when several processes do it at the same time. A database
    /// that is away, starts or recovers is waited for, as long as <see cref="DatabaseOptions.StartLimit"/> allows.</summary>
    /// <exception cref="DatabaseException">The database can't be reached or refuses the workbench, its version is too old, or its schema is that of a
    /// newer release.</exception>
    public async Task MigrateAsync(CancellationToken cancellationToken = default) =>
        _server = await new DatabaseStart(this, _options).RunAsync(cancellationToken);

    /// <summary>Does a later step of the start. It is done again if the database goes away meanwhile, after a wait as that of
    /// <see cref="MigrateAsync"/>.</summary>
    /// <exception cref="DatabaseException">The database stays away.</exception>
    internal Task StartAsync(Func<CancellationToken, Task> step, CancellationToken cancellationToken) =>
        new DatabaseStart(this, _options).RunAsync(
            async token =>
            {
                await step(token);
                return true;
            },
            cancellationToken);

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

    /// <summary>Opens a connection that no pooler stands in the way of, and that no pool takes back: it may listen and hold locks.</summary>
    internal async Task<NpgsqlConnection> OpenDirectAsync(CancellationToken cancellationToken)
    {
        var settings = Settings(_options.DirectConnectionString ?? ConnectionString);
        settings.Pooling = false;
        var connection = new NpgsqlConnection(settings.ConnectionString);
        try
        {
            await connection.OpenAsync(cancellationToken);
            return connection;
        }
        catch
        {
            await connection.DisposeAsync();
            throw;
        }
    }

    /// <summary>Waits for an advisory lock, which is held until what is returned is disposed of, or the process ends.</summary>
    /// <param name="number">A number that nothing else in the database uses.</param>
    /// <param name="cancellationToken">Gives up.</param>
    internal async Task<NpgsqlConnection> LockAsync(long number, CancellationToken cancellationToken) =>
        (await LockAsync($"SELECT true FROM pg_advisory_lock({number})", cancellationToken))!;

    /// <summary>As <see cref="LockAsync(long, CancellationToken)"/>, but without waiting: null while another holds the lock.</summary>
    internal Task<NpgsqlConnection?> TryLockAsync(long number, CancellationToken cancellationToken) =>
        LockAsync($"SELECT pg_try_advisory_lock({number})", cancellationToken);

    private async Task<NpgsqlConnection?> LockAsync(string sql, CancellationToken cancellationToken)
    {
        var connection = await OpenDirectAsync(cancellationToken);
        try
        {
            await using var command = new NpgsqlCommand(sql, connection) { CommandTimeout = 0 };
            if (await command.ExecuteScalarAsync(cancellationToken) is true)
            {
                return connection;
            }
            await connection.DisposeAsync();
            return null;
        }
        catch
        {
            await connection.DisposeAsync();
            throw;
        }
    }

    /// <summary>Closes the connections that nothing uses at the moment.</summary>
    internal void CloseIdle()
    {
        foreach (var pool in new[] { _durable, _jobs }.Where(pool => pool.IsValueCreated))
        {
            pool.Value.Clear();
        }
    }

    /// <summary>A context outside of any container.</summary>
    internal WorkbenchDb CreateContext()
    {
        var context = new DbContextOptionsBuilder<WorkbenchDb>();
        Configure(context);
        return new WorkbenchDb(context.Options);
    }

    internal void Configure(DbContextOptionsBuilder options) => options.UseNpgsql(Durable).UseSnakeCaseNamingConvention()
        .AddInterceptors(new Refusals.Interceptor(Durable));

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        foreach (var pool in new[] { _durable, _jobs }.Where(pool => pool.IsValueCreated))
        {
            await pool.Value.DisposeAsync();
        }
    }

    internal static NpgsqlConnectionStringBuilder Settings(string connectionString)
    {
        var settings = new NpgsqlConnectionStringBuilder(connectionString)
        {
            // A connection whose command was cancelled, because its page was left, is given up at once: used again it can be out of step
            // with the server (https://github.com/npgsql/npgsql/issues/5803).
            CancellationTimeout = -1,
        };
        settings.ApplicationName ??= "Workbench";
        return settings;
    }

    private NpgsqlDataSource CreatePool(int most)
    {
        var settings = Settings(ConnectionString);
        settings.MaxPoolSize = Math.Min(most, settings.MaxPoolSize);
        settings.MinPoolSize = Math.Min(settings.MinPoolSize, settings.MaxPoolSize);
        // Sessions keep nothing that would have to be reset. A pooler gives each transaction another one: it would not find what was prepared.
        settings.NoResetOnClose = true;
        if (!settings.ShouldSerialize("Max Auto Prepare"))
        {
            settings.MaxAutoPrepare = _server.IsPooled ? 0 : 50;
            settings.AutoPrepareMinUsages = 2;
        }
        return NpgsqlDataSource.Create(settings);
    }
}

/// <summary>The database can't be used; the message says why and what to do, in a sentence for a person.</summary>
public sealed class DatabaseException(string message, Exception? innerException = null) : Exception(message, innerException);
