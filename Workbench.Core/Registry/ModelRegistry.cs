using Hangfire;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;
using Workbench.Core.Audit;
using Workbench.Core.Search;
using Workbench.Core.Studies;
using Workbench.Core.Telemetry;
using Workbench.Core.Text;
using Workbench.Core.Tracking;

namespace Workbench.Core.Registry;

/// <summary>What a promotion has set going.</summary>
/// <param name="Run">The production build.</param>
/// <param name="Model">The registered model.</param>
/// <param name="Version">The version it will become.</param>
public sealed record Promotion(long Run, string Model, int Version);

/// <summary>Registered models: promotion of a study's best trial, aliases, and what there is.</summary>
public sealed partial class ModelRegistry(
    IDbContextFactory<WorkbenchDb> databases, StudyQueries studies, JobStorage storage, TimeProvider clock, ILogger<ModelRegistry> logger)
{
    /// <summary>The Hangfire queue on which builds wait for a worker.</summary>
    public const string Queue = "builds";

    private const string OfClients = "Its clients train its trials, and so its model: train that with the best parameters, and add it with POST /api/models.";

    /// <summary>Says why a trial can't be promoted, in a sentence; null when it can.</summary>
    public static string? Hindrance(Study study, TrialState state) =>
        study.IsExternal ? OfClients : state == TrialState.Complete ? null : "Only a complete trial can be promoted.";

    /// <summary>Starts the build of a production model: a new pending version, its run, and the job that makes it.</summary>
    /// <param name="studyName">The study.</param>
    /// <param name="trial">Whose parameters to use; null for the best trial.</param>
    /// <param name="production">Whether the version goes into production once it is ready; otherwise it is only built.</param>
    /// <param name="cancellationToken">Gives up before anything is written.</param>
    /// <exception cref="NotFoundException">There is no such study or trial.</exception>
    /// <exception cref="ConflictException">The study or the trial is not complete.</exception>
    public async Task<Promotion> PromoteAsync(string studyName, int? trial = null, bool production = true, CancellationToken cancellationToken = default)
    {
        using var span = Spans.Source.StartActivity("promote")?.SetTag("workbench.study", studyName);
        var summary = await studies.GetAsync(studyName, cancellationToken);
        if (summary.Study.IsExternal)
        {
            throw new ConflictException($"'{studyName}' can't be promoted. {OfClients}");
        }
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        var (number, parameters) = await ChooseAsync(db, summary, trial, cancellationToken);
        var now = clock.GetUtcNow();
        await using var transaction = await db.Database.BeginTransactionAsync(cancellationToken);
        // The row lock that the update takes makes version numbers unique and gapless, whatever else is promoted at this moment.
        var (modelId, model, version) = await NextVersionAsync(db, summary.Study, cancellationToken);
        var run = new Run
        {
            ExperimentId = summary.Study.Id,
            StudyId = summary.Study.Id,
            Kind = RunKind.Production,
            Name = FormattableString.Invariant($"production-{now:yyyyMMdd-HHmmss}"),
            State = TrialState.Running,
            Params = parameters,
            Activity = "waiting for a worker",
            ArtifactPrefix = FormattableString.Invariant($"models/{modelId}/{version}"),
            Tags = new() { ["trial"] = FormattableString.Invariant($"{number}"), ["version"] = FormattableString.Invariant($"{version}") },
            StartedAt = now,
            HeartbeatAt = now,
        };
        db.Runs.Add(run);
        await db.SaveChangesAsync(cancellationToken);
        db.Versions.Add(new ModelVersion
        {
            ModelId = modelId,
            Version = version,
            RunId = run.Id,
            Trial = number,
            ToProduction = production,
            State = VersionState.Pending,
            ArtifactPrefix = run.ArtifactPrefix,
            CreatedAt = now,
        });
        db.AuditEvents.Add(AuditEvent.Of(
            AuditAction.TrialPromoted, VersionSubject(model, version), [("trial", number)], summary.Study.Id, modelId));
        await db.SaveChangesAsync(cancellationToken);
        var promotion = new Promotion(run.Id, model, version);
        await IdempotentRequests.AnswerAsync(db, promotion, cancellationToken);
        await db.NotifyAsync(new Change(ChangeKind.Model, summary.Study.Id, run.Id), cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        TryEnqueue(run.Id, summary.Study.Command is not null);
        return promotion;
    }

    /// <summary>Sets an alias, or moves it, to a ready version: <c>production</c> to an older one is a rollback.</summary>
    /// <exception cref="FieldException">The alias' name is wrong.</exception>
    /// <exception cref="NotFoundException">There is no such model or version.</exception>
    /// <exception cref="ConflictException">The version is not ready.</exception>
    public async Task MoveAliasAsync(string model, string alias, int version, CancellationToken cancellationToken = default)
    {
        if (ModelAlias.Fault(alias) is { } fault)
        {
            throw new FieldException("alias", fault);
        }
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        var registered = await FindAsync(db.Models, model, cancellationToken);
        var target = await db.Versions.SingleOrDefaultAsync(v => v.ModelId == registered.Id && v.Version == version, cancellationToken)
            ?? throw new NotFoundException($"The model '{model}' has no version {version}.");
        if (target.State != VersionState.Ready)
        {
            throw new ConflictException(
                $"Version {version} of '{model}' is {target.State.ToString().ToLowerInvariant()}; an alias can only name a ready version.");
        }
        await using var transaction = await db.Database.BeginTransactionAsync(cancellationToken);
        await SetAliasAsync(db, registered.Id, alias, version, Actor.Current, cancellationToken);
        await transaction.CommitAsync(cancellationToken);
    }

    /// <summary>Removes an alias; its version stays. Without <c>production</c>, a model answers only when one of its versions is asked for.</summary>
    /// <exception cref="NotFoundException">There is no such model or alias.</exception>
    public async Task RemoveAliasAsync(string model, string alias, CancellationToken cancellationToken = default)
    {
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        var registered = await FindAsync(db.Models, model, cancellationToken);
        await using var transaction = await db.Database.BeginTransactionAsync(cancellationToken);
        var from = (TextRule.IsStorable(alias) ? await LockAliasAsync(db, registered.Id, alias, cancellationToken) : null)
            ?? throw new NotFoundException($"The model '{model}' has no alias '{alias}'.");
        await db.Aliases.Where(a => a.ModelId == registered.Id && a.Alias == alias).ExecuteDeleteAsync(cancellationToken);
        db.AuditEvents.Add(AuditEvent.Of(AuditAction.AliasRemoved, AliasSubject(model, alias), [("from", from)], modelId: registered.Id));
        await db.SaveChangesAsync(cancellationToken);
        await db.NotifyAsync(new Change(ChangeKind.Model), cancellationToken);
        await transaction.CommitAsync(cancellationToken);
    }

    /// <summary>All models with their versions and aliases, the latest first.</summary>
    public async Task<IReadOnlyList<RegisteredModel>> ListAsync(CancellationToken cancellationToken = default)
    {
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        return await Models(db).OrderByDescending(m => m.Id).ToListAsync(cancellationToken);
    }

    /// <summary>A model with its versions and aliases.</summary>
    /// <exception cref="NotFoundException">There is none of that name.</exception>
    public async Task<RegisteredModel> GetAsync(string name, CancellationToken cancellationToken = default)
    {
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        return await FindAsync(Models(db), name, cancellationToken);
    }

    /// <summary>Queues the builds of pending versions that have no job, because a process died between the two.</summary>
    public async Task WakeAllAsync(CancellationToken cancellationToken = default)
    {
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        // A build that a worker has begun knows its job: Hangfire runs that again by itself, or, if it is lost, the build is parted from it.
        var pending = await db.Versions
            .Where(v => v.State == VersionState.Pending && v.RunId != null && v.Run!.JobId == null)
            .Select(v => new { Run = v.RunId!.Value, IsCommand = db.Studies.IgnoreQueryFilters().Any(s => s.Id == v.Run!.StudyId && s.Command != null) })
            .ToListAsync(cancellationToken);
        if (pending.Count == 0)
        {
            return;
        }
        var monitor = storage.GetMonitoringApi();
        var queued = monitor.EnqueuedJobs(Queue, 0, 1000).Concat(monitor.EnqueuedJobs(TrialQueue.Commands, 0, 1000))
            .Where(job => job.Value?.Job?.Type == typeof(BuildJob)).Select(job => (long)job.Value.Job.Args[0]).ToHashSet();
        pending.Where(build => !queued.Contains(build.Run)).ToList().ForEach(build => Enqueue(build.Run, build.IsCommand));
    }

    /// <summary>Points an alias at a version, within the caller's transaction; nothing happens when it points there.</summary>
    internal static async Task SetAliasAsync(
        WorkbenchDb db, long modelId, string alias, int version, Actor actor, CancellationToken cancellationToken)
    {
        var from = await LockAliasAsync(db, modelId, alias, cancellationToken);
        if (from == version)
        {
            return;
        }
        var model = await db.Models.Where(m => m.Id == modelId).Select(m => m.Name).SingleAsync(cancellationToken);
        await db.Database.ExecuteSqlAsync(
            $"""
            INSERT INTO aliases (model_id, alias, version, moved_at) VALUES ({modelId}, {alias}, {version}, clock_timestamp())
            ON CONFLICT (model_id, alias) DO UPDATE SET version = excluded.version, moved_at = excluded.moved_at;
            SELECT pg_notify({Change.Channel}, {new Change(ChangeKind.Model).Payload})
            """,
            cancellationToken);
        db.AuditEvents.Add(AuditEvent.Of(
            AuditAction.AliasMoved, AliasSubject(model, alias), [("from", from), ("to", version)], modelId: modelId, actor: actor));
        await db.SaveChangesAsync(cancellationToken);
    }

    /// <summary>What the audit trail calls a version.</summary>
    public static string VersionSubject(string model, int version) => FormattableString.Invariant($"{model}/{version}");

    /// <summary>What the audit trail calls an alias.</summary>
    public static string AliasSubject(string model, string alias) => $"{model}@{alias}";

    // Of two moves at the same moment the second sees the first: the row of the model is locked until the transaction ends.
    private static async Task<int?> LockAliasAsync(WorkbenchDb db, long modelId, string alias, CancellationToken cancellationToken)
    {
        await db.Database.ExecuteSqlAsync($"SELECT id FROM models WHERE id = {modelId} FOR UPDATE", cancellationToken);
        return await db.Aliases.Where(a => a.ModelId == modelId && a.Alias == alias).Select(a => (int?)a.Version).SingleOrDefaultAsync(cancellationToken);
    }

    private static async Task<RegisteredModel> FindAsync(IQueryable<RegisteredModel> models, string name, CancellationToken cancellationToken) =>
        (TextRule.IsStorable(name) ? await models.SingleOrDefaultAsync(m => m.Name == name, cancellationToken) : null)
            ?? throw new NotFoundException($"There is no model named '{name}'.");

    private static IQueryable<RegisteredModel> Models(WorkbenchDb db) => db.Models.AsNoTracking().AsSplitQuery()
        .Include(m => m.Versions.OrderByDescending(v => v.Version)).ThenInclude(v => v.Run).Include(m => m.Aliases);

    private static async Task<(int Number, ParameterSet Params)> ChooseAsync(
        WorkbenchDb db, StudySummary summary, int? trial, CancellationToken cancellationToken)
    {
        if (trial is null)
        {
            return summary.Best is { } best
                ? (best.Number, best.Params)
                : throw new ConflictException($"The study '{summary.Study.Name}' has no complete trial yet; there is nothing to promote.");
        }
        var run = await db.Runs.AsNoTracking()
            .SingleOrDefaultAsync(r => r.StudyId == summary.Study.Id && r.Number == trial, cancellationToken)
            ?? throw new NotFoundException($"The study '{summary.Study.Name}' has no trial {trial}.");
        return run is { State: TrialState.Complete, Params: { } parameters }
            ? (run.Number!.Value, parameters)
            : throw new ConflictException(
                $"Trial {trial} is {run.State.ToString().ToLowerInvariant()}; only a complete trial can be promoted.");
    }

    /// <summary>Gives out the next version number of a model, which is registered if it is not; within the caller's transaction.</summary>
    internal static async Task<(long ModelId, int Version)> NextVersionAsync(
        WorkbenchDb db, string name, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var model = (await db.Models.FromSql(
            $"""
            INSERT INTO models (name, last_version, created_at) VALUES ({name}, 1, {now})
            ON CONFLICT (name) WHERE deleted_at IS NULL DO UPDATE SET last_version = models.last_version + 1, updated_at = now()
            RETURNING *
            """).IgnoreQueryFilters().AsNoTracking().ToListAsync(cancellationToken)).Single();
        return (model.Id, model.LastVersion);
    }

    // A model that a study's builds became versions of stays the study's when either of them gets another name.
    private async Task<(long ModelId, string Model, int Version)> NextVersionAsync(WorkbenchDb db, Study study, CancellationToken cancellationToken)
    {
        var linked = (await db.Models.FromSql(
            $"UPDATE models SET last_version = last_version + 1, updated_at = now() WHERE id = {study.ModelId} AND deleted_at IS NULL RETURNING *")
            .IgnoreQueryFilters().AsNoTracking().ToListAsync(cancellationToken)).SingleOrDefault();
        if (linked is not null)
        {
            return (linked.Id, linked.Name, linked.LastVersion);
        }
        var (id, version) = await NextVersionAsync(db, study.Name, clock.GetUtcNow(), cancellationToken);
        await db.Database.ExecuteSqlAsync($"UPDATE studies SET model_id = {id} WHERE id = {study.Id}", cancellationToken);
        return (id, study.Name, version);
    }

    // What is written down is done: every process with workers queues it, should this one fail to.
    private void TryEnqueue(long runId, bool isCommand)
    {
        try
        {
            Enqueue(runId, isCommand);
        }
        catch (Exception exception)
        {
            LogNotQueued(exception, runId);
        }
    }

    [LoggerMessage(LogLevel.Warning, "The build {Run} could not be queued at once; it will be within some seconds.")]
    private partial void LogNotQueued(Exception exception, long run);

    private void Enqueue(long runId, bool isCommand)
    {
        var client = new BackgroundJobClient(storage);
        _ = isCommand
            ? client.Enqueue<BuildJob>(job => job.RunCommand(runId, null!, CancellationToken.None))
            : client.Enqueue<BuildJob>(job => job.Run(runId, null!, CancellationToken.None));
    }
}
