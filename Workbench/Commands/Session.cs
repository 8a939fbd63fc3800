using System.CommandLine;
using Microsoft.Extensions.Configuration;
using Workbench.Core;
using Workbench.Core.Artifacts;
using Workbench.Core.Datasets;
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
        Recursive = true,
    };

    private readonly PrivatePostgres? _postgres;

    private Session(DataDirectory data, PrivatePostgres? postgres, Database database, IArtifactStore artifacts) =>
        (Data, _postgres, Database, Artifacts) = (data, postgres, database, artifacts);

    public DataDirectory Data { get; }

    public Database Database { get; }

    public IArtifactStore Artifacts { get; }

    /// <summary>Opens everything; the database is migrated when it returns.</summary>
    /// <param name="arguments">Holds the data folder, if one is given.</param>
    /// <param name="configuration">Where <c>ConnectionStrings:Workbench</c> and <c>Minio:*</c> are looked up.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="StartupException">The data folder or the private database can't be used.</exception>
    /// <exception cref="DatabaseException">The configured database can't be used.</exception>
    /// <exception cref="DatasetException">The files of a data set are missing or damaged.</exception>
    /// <exception cref="ArtifactStoreException">The configured object store can't be used.</exception>
    public static async Task<Session> OpenAsync(ParseResult arguments, IConfiguration configuration, CancellationToken cancellationToken)
    {
        var data = DataDirectory.Open(arguments.GetValue(DataOption) ?? configuration["Workbench:Data"]);
        // Reads and checks them while the database starts: damaged files are told now, not by the first trial.
        var datasets = Task.Run(() => DatasetCatalog.Names.Select(DatasetCatalog.Get).ToList(), cancellationToken);
        var artifacts = await ArtifactStore.OpenAsync(configuration, data.Artifacts, cancellationToken);
        var given = configuration.GetConnectionString("Workbench");
        var postgres = string.IsNullOrWhiteSpace(given) ? await PrivatePostgres.StartAsync(data.Path, cancellationToken) : null;
        Database? database = null;
        try
        {
            database = new Database(postgres?.ConnectionString ?? given!);
            await database.MigrateAsync(cancellationToken);
            await datasets;
            return new Session(data, postgres, database, artifacts);
        }
        catch
        {
            await CloseAsync(database, postgres);
            throw;
        }
    }

    public async ValueTask DisposeAsync() => await CloseAsync(Database, _postgres);

    private static async Task CloseAsync(Database? database, PrivatePostgres? postgres)
    {
        if (database is not null)
        {
            await database.DisposeAsync();
        }
        if (postgres is not null)
        {
            await postgres.DisposeAsync();
        }
    }
}
