using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Options;
using Workbench.Api;
using Workbench.Core;
using Workbench.Core.Artifacts;
using Workbench.Core.Configuration;
using Workbench.Core.Datasets;
using Workbench.Core.Platform;
using Workbench.Core.Registry;
using Workbench.Core.Tracking;
using Workbench.Security;
using Workbench.Telemetry;

namespace Workbench.Commands;

/// <summary>What every verb that works on the workbench's data holds open: the data folder, the database, the artifact store.</summary>
internal sealed class Session : IAsyncDisposable
{
    public static readonly SettingOption DataOption = MakeDataOption();

    private readonly ServiceProvider _settings;
    private readonly PrivatePostgres? _postgres;

    private Session(ServiceProvider settings, DataDirectory data, PrivatePostgres? postgres, Database database, IArtifactStore artifacts) =>
        (_settings, Data, _postgres, Database, Artifacts) = (settings, data, postgres, database, artifacts);

    public DataDirectory Data { get; }

    public Database Database { get; }

    public IArtifactStore Artifacts { get; }

    /// <summary>Opens everything; the database is migrated when it returns.</summary>
    /// <param name="configuration">Where all settings are looked up.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="OptionsValidationException">A setting is wrong (several classes of them: an <see cref="AggregateException"/>).</exception>
    /// <exception cref="StartupException">The data folder or the private database can't be used.</exception>
    /// <exception cref="DatabaseException">The configured database can't be used.</exception>
    /// <exception cref="ArtifactStoreException">The configured object store can't be used, or the store is not the database's.</exception>
    public static async Task<Session> OpenAsync(IConfiguration configuration, CancellationToken cancellationToken)
    {
        var settings = ReadSettings(configuration);
        var data = DataDirectory.Open(settings.Settings<DataOptions>().Folder);
        var artifacts = await ArtifactStore.OpenAsync(settings.Settings<S3Options>(), data.Artifacts, cancellationToken);
        var options = settings.Settings<DatabaseOptions>();
        var postgres = options.ConnectionString is null ? await PrivatePostgres.StartAsync(data.Path, Console.Error.WriteLine, cancellationToken) : null;
        Database? database = null;
        try
        {
            database = new Database(postgres?.ConnectionString ?? options.ConnectionString!, options) { Say = Console.Error.WriteLine };
            await database.MigrateAsync(cancellationToken);
            await StoreIdentity.EnsureAsync(database, artifacts, cancellationToken);
            return new Session(settings, data, postgres, database, artifacts);
        }
        catch
        {
            await CloseAsync(database, postgres);
            throw;
        }
    }

    /// <summary>All settings, checked: anything that is wrong is told before anything is opened.</summary>
    public static ServiceProvider ReadSettings(IConfiguration configuration)
    {
        var settings = new ServiceCollection().AddSingleton(configuration)
            .AddWorkbenchSettings().AddSettings<ListenOptions>().AddSettings<AccessOptions>().AddSettings<ProxyOptions>().AddSettings<OpenIdConnectSettings>()
            .AddSettings<TelemetryOptions>().AddSettings<HealthOptions>().BuildServiceProvider();
        settings.GetRequiredService<IStartupValidator>().Validate();
        return settings;
    }

    /// <summary>The values of an options class, for what is decided before there is a host.</summary>
    public TOptions Settings<TOptions>()
        where TOptions : class => _settings.Settings<TOptions>();

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

    private static SettingOption MakeDataOption()
    {
        var option = SettingOption.For<DataOptions>(nameof(DataOptions.Folder), "The folder that holds everything the workbench keeps on this machine.");
        option.HelpName = "DIR";
        option.Recursive = true;
        return option;
    }
}
