using Hangfire;
using Hangfire.PostgreSql;
using Microsoft.Extensions.DependencyInjection;
using Workbench.Core.Artifacts;
using Workbench.Core.Commands;
using Workbench.Core.Configuration;
using Workbench.Core.Datasets;
using Workbench.Core.Datasets.Formats;
using Workbench.Core.Encoders;
using Workbench.Core.Jobs;
using Workbench.Core.Mirroring;
using Workbench.Core.Platform;
using Workbench.Core.Preparations;
using Workbench.Core.Registry;
using Workbench.Core.Serving;
using Workbench.Core.Studies;
using Workbench.Core.Tracking;
using Workbench.Core.Tracking.Mirrors;
using Workbench.Core.Tracking.Tables;
using Workbench.Core.Training;

namespace Workbench.Core;

/// <summary>Puts the parts of the workbench together.</summary>
public static class WorkbenchServices
{
    /// <summary>Adds the settings of all parts; they are checked when the host starts.</summary>
    public static IServiceCollection AddWorkbenchSettings(this IServiceCollection services) => services
        .AddSettings<DataOptions>()
        .AddSettings<DatabaseOptions>()
        .AddSettings<S3Options>()
        .AddSettings<RetentionOptions>()
        .AddSettings<JobOptions>()
        .AddSettings<CommandOptions>()
        .AddSettings<PictureOptions>()
        .AddSettings<DatasetOptions>()
        .AddSettings<MirrorOptions>();

    /// <summary>Adds every service of the workbench, and the change feed as a hosted service. Jobs are queued but not run.</summary>
    /// <param name="services">The container.</param>
    /// <param name="database">A migrated database; it stays the caller's to dispose of.</param>
    /// <param name="artifacts">Where models are kept.</param>
    /// <param name="data">Where features are cached.</param>
    public static IServiceCollection AddWorkbench(
        this IServiceCollection services, Database database, IArtifactStore artifacts, DataDirectory data)
    {
        services.AddWorkbenchSettings();
        services.AddSingleton(TimeProvider.System);
        services.AddSingleton(database);
        services.AddSingleton(artifacts);
        services.AddSingleton(data);
        services.AddPooledDbContextFactory<WorkbenchDb>(options => database.Configure(options));
        services.AddSingleton<ChangeFeed>();
        services.AddHostedService(provider => provider.GetRequiredService<ChangeFeed>());
        services.AddSingleton<JobLocks>();
        services.AddSingleton<WaitingWork>();
        services.AddSingleton<IdempotentRequests>();
        services.AddSingleton<RunStore>();
        services.AddSingleton<StudyHistory>();
        services.AddSingleton<StudyStore>();
        services.AddSingleton<StudyQueries>();
        services.AddSingleton<StudyOverview>();
        services.AddSingleton<DeletedStudies>();
        services.AddSingleton<Purge>();
        services.AddSingleton<NoteStore>();
        services.AddSingleton<TokenStore>();
        services.AddSingleton<RunQueries>();
        services.AddSingleton<RunOutputs>();
        services.AddSingleton<ExperimentStore>();
        services.AddSingleton<ExperimentQueries>();
        services.AddSingleton<ExperimentOverview>();
        services.AddSingleton<RunExport>();
        services.AddSingleton<TrackedRuns>();
        services.AddSingleton<TrackedRunQueries>();
        services.AddSingleton<MetricHistories>();
        services.AddSingleton<RunLinks>();
        services.AddSingleton<LoggedModels>();
        services.AddSingleton<ModelStore>();
        services.AddSingleton<ModelQueries>();
        services.AddSingleton<RunArtifacts>();
        services.AddSingleton<Evaluations>();
        services.AddSingleton<AuditQueries>();
        services.AddSingleton<IDatasetSource>(new Mnist());
        services.AddSingleton<DatasetCatalog>();
        services.AddSingleton<IFeatureExchange, FeatureExchange>();
        services.AddSingleton<FeatureExtraction>();
        services.AddSingleton(provider => new FeatureCache(data.Features, provider.GetRequiredService<FeatureExtraction>()));
        services.AddSingleton(_ => new PictureCache(data.Pictures));
        services.AddSingleton<DerivedFiles>();
        services.AddSingleton<Pipeline, TransferPipeline>();
        services.AddSingleton<Pipeline, CnnPipeline>();
        services.AddSingleton<Pipelines>();
        services.AddSingleton<StudyConfigurations>();
        services.AddSingleton<TrialQueue>();
        services.AddSingleton<StudyService>();
        services.AddSingleton<TrialSearch>();
        services.AddSingleton<AskedStudies>();
        services.AddSingleton<AskTurn>();
        services.AddSingleton<TellTurn>();
        services.AddSingleton<AskedTrials>();
        services.AddSingleton<TrackingAddress>();
        services.AddSingleton(provider => new CommandFolders(provider.GetRequiredService<DataDirectory>().Commands));
        services.AddSingleton<CommandRuns>();
        services.AddTransient<TrialJob>();
        services.AddSingleton<QueueMeter>();
        services.AddTransient<PurgeJob>();
        services.AddSingleton<ModelRegistry>();
        services.AddSingleton<DefaultModel>();
        services.AddSingleton<CommandBuilds>();
        services.AddTransient<BuildJob>();
        services.AddSingleton<Encoder>(_ => new GlyphEncoder());
        foreach (var encoder in ResNet18Encoder.All())
        {
            services.AddSingleton<Encoder>(_ => encoder);
        }
        services.AddSingleton<EncoderCatalog>();
        services.AddSingleton(DigitPreparation.Kind);
        services.AddSingleton(ImageNetPreparation.Kind);
        services.AddSingleton(ScaledPreparation.Kind);
        services.AddSingleton<PreparationCatalog>();
        services.AddSingleton<ModelPackages>();
        services.AddSingleton<ModelImport>();
        services.AddSingleton<Predictor>();
        services.AddSingleton<ImagePreparer>();
        services.AddSingleton<MirrorStore>();
        services.AddSingleton<MirrorReport>();
        AddDatasets(services);
        // Registered, not left to Hangfire's static JobStorage.Current: several workbenches may live in one process.
        services.AddSingleton(provider => CreateStorage(database, provider.Settings<JobOptions>()));
        services.AddSingleton<JobStorage>(provider => provider.GetRequiredService<PostgreSqlStorage>());
        services.AddSingleton(provider => provider.GetRequiredService<PostgreSqlStorage>().QueueProviders.OfType<AnnouncedQueue>().Single());
        services.AddHangfire(configuration => configuration
            .SetDataCompatibilityLevel(CompatibilityLevel.Version_180)
            .UseSimpleAssemblyNameTypeSerializer()
            .UseRecommendedSerializerSettings());
        return services;
    }

    /// <summary>Makes the process run jobs, too, from the moment its host starts.</summary>
    /// <param name="services">The container.</param>
    /// <param name="workers">How many trials run at the same time in this process, at least 1; null for <see cref="JobOptions.Workers"/>.</param>
    public static IServiceCollection AddWorkers(this IServiceCollection services, int? workers = null)
    {
        services.AddHostedService<Reconciler>();
        services.AddMirroring();
        services.AddHostedService(provider => ActivatorUtilities.CreateInstance<JobServer>(
            provider, workers ?? provider.Settings<JobOptions>().Workers, provider.Settings<CommandOptions>().Allow, provider.Settings<JobOptions>().TakeOverAfter));
        return services;
    }

    /// <summary>Makes the process mirror studies to the tracking server that is set, if one is.</summary>
    internal static IServiceCollection AddMirroring(this IServiceCollection services)
    {
        services.AddKeyedSingleton<HttpMessageHandler>(typeof(ServerClient), (provider, _) => ServerClient.Way(provider.Settings<MirrorOptions>()));
        services.AddSingleton<ServerClient>();
        services.AddSingleton<ExperimentSender>();
        services.AddSingleton<RunSender>();
        services.AddSingleton<VersionSender>();
        services.AddSingleton<Pass>();
        return services.AddHostedService<StudyMirror>();
    }

    /// <summary>Adds the layouts in which datasets are imported. The first that knows a layout reads it.</summary>
    internal static IServiceCollection AddDatasetFormats(this IServiceCollection services) => services
        .AddSingleton<IDatasetFormat, IdxPairs>()
        .AddSingleton<IDatasetFormat, LabelTable>()
        .AddSingleton<IDatasetFormat, PartFolders>()
        .AddSingleton<IDatasetFormat, ClassFolders>();

    private static void AddDatasets(IServiceCollection services)
    {
        services.AddSingleton<DatasetStore>();
        services.AddSingleton<DatasetQueries>();
        services.AddSingleton<DatasetPacks>();
        services.AddSingleton<PackCache>();
        services.AddSingleton<IDatasetSource, ImportedDatasets>();
        services.AddDatasetFormats();
        services.AddSingleton<ImportsUnderWay>();
        services.AddSingleton<DatasetImporter>();
        services.AddSingleton<DatasetEditor>();
        services.AddSingleton<DatasetRemover>();
        services.AddSingleton<DatasetBrowser>();
    }

    private static PostgreSqlStorage CreateStorage(Database database, JobOptions jobs)
    {
        var options = new PostgreSqlStorageOptions
        {
            PrepareSchemaIfNecessary = false,
            // With it each worker that waits holds a connection of its own; they are woken by the change feed.
            EnableLongPolling = false,
            // While the feed is lost.
            QueuePollInterval = TimeSpan.FromSeconds(1),
            UseSlidingInvisibilityTimeout = true,
            // A worker renews its hold on a job five times as often.
            InvisibilityTimeout = jobs.TakeOverAfter,
        };
        var storage = new PostgreSqlStorage(new JobConnections(database), options);
        storage.QueueProviders.Add(new AnnouncedQueue(storage, options), [TrialQueue.Name, TrialQueue.Commands, ModelRegistry.Queue]);
        return storage;
    }
}
