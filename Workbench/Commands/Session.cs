using System.CommandLine;
using Microsoft.Extensions.Configuration;
using Workbench.Core;
using Workbench.Core.Artifacts;
using Workbench.Core.Platform;
using Workbench.Core.Tracking;

namespace Workbench.Commands;

/// <summary>What every verb that works on the workbench's data holds open: the data folder, the database, the artifact store.</summary>
internal sealed class Session : IAsyncDisposable
{
    public static readonly Option<string?> DataOption = new("--data")
    {
        Description = "The folder that holds everything the workbench keeps on this machine.",
        HelpName = "DIR",
    };

    private readonly PrivatePostgres? _postgres;

    private Session(DataDirectory data, PrivatePostgres? postgres, Database database, IArtifactStore artifacts) =>
        (Data, _postgres, Database, Artifacts) = (data, postgres, database, artifacts);

    public DataDirectory Data { get; }

    public Database Database { get; }

    public IArtifactStore Artifacts { get; }

    /// <summary>Opens everything; the database is migrated when it returns.</summary>
    /// <param name="data">The data folder; null for the default one.</param>
    /// <param name="configuration">Where <c>ConnectionStrings:Workbench</c> and <c>Minio:*</c> are looked up.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="StartupException">The data folder or the private database can't be used.</exception>
    /// <exception cref="DatabaseException">The configured database can't be used.</exception>
    /// <exception cref="ArtifactStoreException">The configured object store can't be used.</exception>
    public static async Task<Session> OpenAsync(string? data, IConfiguration configuration, CancellationToken cancellationToken)
    {
        var folder = DataDirectory.Open(data ?? configuration["Data"]);
        var given = configuration.GetConnectionString("Workbench");
        var postgres = string.IsNullOrWhiteSpace(given) ? await PrivatePostgres.StartAsync(folder.Path, cancellationToken) : null;
        try
        {
            var database = new Database(postgres?.ConnectionString ?? given!);
            await database.MigrateAsync(cancellationToken);
            return new Session(folder, postgres, database, null!);
        }
        catch when (postgres is not null)
        {
            await postgres.DisposeAsync();
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await Database.DisposeAsync();
        if (_postgres is not null)
        {
            await _postgres.DisposeAsync();
        }
    }
}
