using Hangfire;
using Hangfire.Server;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;
using Workbench.Core.Artifacts;
using Workbench.Core.Audit;
using Workbench.Core.Datasets;
using Workbench.Core.Models;
using Workbench.Core.Platform;
using Workbench.Core.Search;
using Workbench.Core.Studies;
using Workbench.Core.Telemetry;
using Workbench.Core.Tracking;
using Workbench.Core.Training;

namespace Workbench.Core.Registry;

/// <summary>
/// Builds a production model: trains a trial's parameters on all the data, stores the model, reads it back, registers the version and
/// moves the alias. Nothing is visible as ready before all of it has happened.
/// </summary>
public sealed partial class BuildJob(
    IDbContextFactory<WorkbenchDb> databases, RunStore runs, Pipelines pipelines, DatasetCatalog datasets, ModelPackages packages, CommandBuilds commands, TimeProvider clock,
    ILogger<BuildJob> logger)
{
    // Of two ways to compute the same probability.
    private const double LargestDifference = 1e-4;

    /// <summary>Runs, or runs again, one build.</summary>
    /// <param name="runId">The production run.</param>
    /// <param name="context">Filled in by Hangfire.</param>
    /// <param name="cancellationToken">Filled in by Hangfire; cancelled when the process ends, and the job is queued again.</param>
    // On the method, not where it is enqueued: a retry would go to the default queue, which no worker serves.
    [Queue(ModelRegistry.Queue)]
    [JobDisplayName("Production build {0}")]
    [Traced]
    [Retried(typeof(ArtifactStoreException))]
    [AutomaticRetry(Attempts = 0)]
    public void Run(long runId, PerformContext context, CancellationToken cancellationToken) => Build(runId, context, cancellationToken);

    /// <summary>As <see cref="Run"/>, on the queue of those that may run commands.</summary>
    /// <param name="runId">The production run.</param>
    /// <param name="context">Filled in by Hangfire.</param>
    /// <param name="cancellationToken">Filled in by Hangfire; cancelled when the process ends, and the job is queued again.</param>
    [Queue(TrialQueue.Commands)]
    [JobDisplayName("Production build {0}, by a command")]
    [Traced]
    [Retried(typeof(ArtifactStoreException))]
    [AutomaticRetry(Attempts = 0)]
    public void RunCommand(long runId, PerformContext context, CancellationToken cancellationToken) => Build(runId, context, cancellationToken);

    private void Build(long runId, PerformContext context, CancellationToken cancellationToken)
    {
        if (runs.TakeUp(runId, context.BackgroundJob.Id, Machine.WorkerName) is not { } lease)
        {
            return;
        }
        var (version, study) = Read(runId, lease);
        using var span = Spans.Source.StartActivity("build")
            ?.SetTag("workbench.study", study.Name).SetTag("workbench.version", version.Version).SetTag("workbench.run", runId)
            .SetTag("workbench.attempt", lease.Attempt);
        if (lease.Attempt > 1)
        {
            Instruments.TakeOvers.Add(1);
        }
        try
        {
            if (study.Command is not null)
            {
                RunCommand(study, version, lease, cancellationToken);
            }
            else if (Train(study, version, lease, cancellationToken) is { } model)
            {
                var package = model.Package(clock.GetUtcNow());
                runs.SetActivity(lease, "checking the model");
                CheckAsync(package, model).GetAwaiter().GetResult();
                runs.SetActivity(lease, "storing the model");
                packages.StoreAsync(version.ArtifactPrefix!, package, cancellationToken).GetAwaiter().GetResult();
                Publish(version, lease, package);
            }
            // Run by a later attempt of this very job, whose end must not be told to the queue by this one.
            if (runs.IsSuperseded(lease))
            {
                throw new JobAbortedException();
            }
        }
        catch (ArtifactStoreException exception)
        {
            // The store may come back: the job is run again until it does, and the page says what it waits for.
            LogInterrupted(exception, version.Version, study.Name, runId);
            runs.SetActivity(lease, $"waiting for the artifact store: {exception.Message}");
            throw;
        }
        catch (Exception exception) when (exception is not OperationCanceledException && !DatabaseOutage.Caused(exception))
        {
            LogFailed(exception, version.Version, study.Name, runId);
            Spans.Fail(span, exception);
            Fail(version, lease, exception);
        }
        catch (Exception exception) when (exception is not OperationCanceledException)
        {
            LogInterrupted(exception, version.Version, study.Name, runId);
            Spans.Fail(span, exception);
            throw;
        }
    }

    private (ModelVersion Version, Study Study) Read(long runId, Lease lease)
    {
        using var db = databases.CreateDbContext();
        var version = db.Versions.AsNoTracking().Include(v => v.Run).Single(v => v.RunId == runId);
        // A build goes on when its study is deleted: the study may be restored, and the model stays in any case.
        return (version, db.Studies.AsNoTracking().IgnoreQueryFilters().Single(s => s.Id == lease.StudyId));
    }

    /// <returns>Null when another process has taken the build up, or the study is gone for good.</returns>
    private TrainedModel? Train(Study study, ModelVersion version, Lease lease, CancellationToken cancellationToken)
    {
        var held = true;
        var request = new TrainingRequest(
            datasets.GetAsync(study.Dataset!, study.DatasetVersion, cancellationToken).GetAwaiter().GetResult(), null, version.Run!.Params!, study.TrainingSeed(version.Trial!.Value), Environment.ProcessorCount)
        {
            Encoder = study.Encoder,
            Preparation = new ActivityReport(runs, lease),
        };
        var model = pipelines.Get(study.Pipeline).Train(
            request,
            step => held = DatabaseOutage.Outlast(() => runs.Report(lease, step.Step, step.Values), cancellationToken) is not null,
            cancellationToken);
        return held ? model : null;
    }

    private void RunCommand(Study study, ModelVersion version, Lease lease, CancellationToken cancellationToken)
    {
        var run = new CommandRun(study, lease, version.Run!.Params!, version.Trial!.Value, IsBuild: true);
        if (commands.Make(run, version, cancellationToken) is not { } folder)
        {
            return;
        }
        runs.SetActivity(lease, "storing the model");
        var prefix = version.ArtifactPrefix!;
        var size = commands.StoreAsync(prefix, folder, cancellationToken).GetAwaiter().GetResult();
        commands.StoreOutputAsync(prefix, folder, cancellationToken).GetAwaiter().GetResult();
        if (commands.PackageAsync(run, folder, clock.GetUtcNow(), cancellationToken).GetAwaiter().GetResult() is { } package)
        {
            packages.StoreAsync(prefix, package, cancellationToken).GetAwaiter().GetResult();
            Publish(version, lease, package);
            return;
        }
        // Nothing here can answer with it: it goes to no alias.
        End(version, lease, TrialState.Complete, null, (_, built) => built.ExecuteUpdate(set => set
            .SetProperty(v => v.State, VersionState.Ready)
            .SetProperty(v => v.SizeBytes, size)));
    }

    /// <summary>Compares what the package answers with what the training framework does.</summary>
    /// <exception cref="TrainingException">They differ.</exception>
    private async Task CheckAsync(ModelPackage package, TrainedModel model)
    {
        using var network = new OnnxModel(package.Model);
        var encoder = package.Manifest.Encoder is { } reference ? await packages.EncoderAsync(reference) : null;
        var (inputs, expected, count) = (model.Examples, model.Answers, model.Answers.Length / package.Manifest.Classes.Count);
        var answers = network.Run(encoder is null ? inputs : encoder.Run(inputs, count), count);
        var difference = answers.Zip(expected, (one, other) => Math.Abs(one - other)).Max();
        if (!(difference <= LargestDifference))
        {
            throw new TrainingException(FormattableString.Invariant(
                $"The model that was written answers otherwise than the one that was trained: its probabilities differ by {difference:g2}, {LargestDifference:g1} is allowed."));
        }
    }

    private void Publish(ModelVersion version, Lease lease, ModelPackage package)
    {
        var described = package.Manifest.ToJson();
        End(version, lease, TrialState.Complete, null, (db, built) =>
        {
            built.ExecuteUpdate(set => set
                .SetProperty(v => v.State, VersionState.Ready)
                .SetProperty(v => v.Sha256, package.Manifest.Sha256[ModelPackage.ModelFile])
                .SetProperty(v => v.Manifest, described)
                .SetProperty(v => v.SizeBytes, package.Model.LongLength));
            if (version.ToProduction)
            {
                ModelRegistry.SetAliasAsync(db, version.ModelId, ModelAlias.Production, version.Version, Promoter(db, version), default).GetAwaiter().GetResult();
            }
        });
    }

    private void Fail(ModelVersion version, Lease lease, Exception exception) =>
        End(version, lease, TrialState.Failed, exception.Message, (db, failed) =>
        {
            db.Failures.Add(new Failure { RunId = lease.RunId, Detail = Failure.Describe(exception) });
            db.SaveChanges();
            failed.ExecuteUpdate(set => set.SetProperty(v => v.State, VersionState.Failed));
            // Within the transaction: while the store can't delete its files the version is not failed, and the job is run again.
            packages.DeleteAsync(version.ArtifactPrefix!).GetAwaiter().GetResult();
        });

    /// <summary>Ends the run and the version in one transaction; does nothing when another process has taken the build up.</summary>
    private void End(
        ModelVersion version, Lease lease, TrialState state, string? error, Action<WorkbenchDb, IQueryable<ModelVersion>> endVersion)
    {
        using var db = databases.CreateDbContext();
        using var transaction = db.Database.BeginTransaction();
        var run = db.Runs.Where(r => r.Id == lease.RunId && r.Attempt == lease.Attempt && r.State == TrialState.Running);
        if (run.ExecuteUpdate(set => set
            .SetProperty(r => r.State, state)
            .SetProperty(r => r.Error, error)
            .SetProperty(r => r.Activity, (string?)null)
            .SetProperty(r => r.FinishedAt, DateTimeOffset.UtcNow)) == 1)
        {
            endVersion(db, db.Versions.Where(v => v.ModelId == version.ModelId && v.Version == version.Version));
            db.NotifyAsync(new Change(ChangeKind.Model, lease.StudyId, lease.RunId), default).GetAwaiter().GetResult();
            transaction.Commit();
            Instruments.Builds.Add(1, new KeyValuePair<string, object?>(Instruments.State, state.ToString().ToLowerInvariant()));
        }
    }

    // The workbench itself moves the alias, for the person or program that promoted.
    private static Actor Promoter(WorkbenchDb db, ModelVersion version)
    {
        var model = db.Models.Where(m => m.Id == version.ModelId).Select(m => m.Name).Single();
        var promotion = db.AuditEvents.Where(e => e.ModelId == version.ModelId && e.Action == AuditAction.TrialPromoted
            && e.Subject == ModelRegistry.VersionSubject(model, version.Version)).Select(e => e.Actor).SingleOrDefault();
        return promotion is null ? Actor.System : new Actor(promotion, Way.System);
    }

    [LoggerMessage(LogLevel.Error, "The build of version {Version} of study {Study} failed (run {Run}).")]
    private partial void LogFailed(Exception exception, int version, string study, long run);

    [LoggerMessage(LogLevel.Warning, "The build of version {Version} of study {Study} was interrupted and will be run again (run {Run}).")]
    private partial void LogInterrupted(Exception exception, int version, string study, long run);
}
