using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.ChangeTracking;
using Microsoft.EntityFrameworkCore.Storage.ValueConversion;
using Workbench.Core.Access;
using Workbench.Core.Audit;
using Workbench.Core.Commands;
using Workbench.Core.Evaluation;
using Workbench.Core.Search;
using Workbench.Core.Tracking.Mirrors;

namespace Workbench.Core.Tracking;

/// <summary>The tables of the workbench, as EF Core sees them. Names are snake_case; enums are stored as words in camel case.</summary>
public sealed class WorkbenchDb(DbContextOptions<WorkbenchDb> options) : DbContext(options)
{
    /// <summary>Experiments, studies among them.</summary>
    public DbSet<Experiment> Experiments => Set<Experiment>();

    /// <summary>Experiments with a search.</summary>
    public DbSet<Study> Studies => Set<Study>();

    /// <summary>Trials, production builds and tracked runs.</summary>
    public DbSet<Run> Runs => Set<Run>();

    /// <summary>Metric values, by run, key and step.</summary>
    public DbSet<Metric> Metrics => Set<Metric>();

    /// <summary>The last metric values, by run and key.</summary>
    public DbSet<LatestMetric> LatestMetrics => Set<LatestMetric>();

    /// <summary>What was thrown when runs failed.</summary>
    public DbSet<Failure> Failures => Set<Failure>();

    /// <summary>What commands print.</summary>
    public DbSet<RunOutput> RunOutputs => Set<RunOutput>();

    /// <summary>Parameters given for trials to come.</summary>
    public DbSet<EnqueuedSet> EnqueuedSets => Set<EnqueuedSet>();

    /// <summary>What studies have learnt from others.</summary>
    public DbSet<WarmTrial> WarmTrials => Set<WarmTrial>();

    /// <summary>Registered models.</summary>
    public DbSet<RegisteredModel> Models => Set<RegisteredModel>();

    /// <summary>Versions of registered models.</summary>
    public DbSet<ModelVersion> Versions => Set<ModelVersion>();

    /// <summary>Aliases of registered models.</summary>
    public DbSet<ModelAlias> Aliases => Set<ModelAlias>();

    /// <summary>Where the models' files lie.</summary>
    public DbSet<ArtifactStoreRecord> ArtifactStores => Set<ArtifactStoreRecord>();

    /// <summary>Who did what.</summary>
    public DbSet<AuditEvent> AuditEvents => Set<AuditEvent>();

    /// <summary>What the best trials answered of what they had not seen.</summary>
    public DbSet<HeldOutRecord> HeldOutRecords => Set<HeldOutRecord>();

    /// <summary>Access tokens.</summary>
    public DbSet<AccessToken> AccessTokens => Set<AccessToken>();

    /// <summary>Sign-ins that were ended.</summary>
    public DbSet<EndedSession> EndedSessions => Set<EndedSession>();

    /// <summary>What was carried out under which key of a client's.</summary>
    public DbSet<IdempotentRequest> IdempotentRequests => Set<IdempotentRequest>();

    /// <summary>Imported datasets.</summary>
    public DbSet<DatasetRecord> Datasets => Set<DatasetRecord>();

    /// <summary>Versions of imported datasets.</summary>
    public DbSet<DatasetVersion> DatasetVersions => Set<DatasetVersion>();

    /// <summary>Pictures of versions of datasets.</summary>
    public DbSet<DatasetItem> DatasetItems => Set<DatasetItem>();

    /// <summary>What is wrong with versions of datasets.</summary>
    public DbSet<DatasetProblem> DatasetProblems => Set<DatasetProblem>();

    /// <summary>Where the pictures lie.</summary>
    public DbSet<DatasetPack> DatasetPacks => Set<DatasetPack>();

    /// <summary>Announces a change on the change feed when the transaction is committed, and only then.</summary>
    internal Task NotifyAsync(Change change, CancellationToken cancellationToken) =>
        Database.ExecuteSqlAsync($"SELECT pg_notify({Change.Channel}, {change.Payload})", cancellationToken);

    /// <inheritdoc/>
    protected override void ConfigureConventions(ModelConfigurationBuilder configurationBuilder)
    {
        configurationBuilder.Properties<StudyState>().HaveConversion<Words<StudyState>>();
        configurationBuilder.Properties<TrialState>().HaveConversion<Words<TrialState>>();
        configurationBuilder.Properties<VersionState>().HaveConversion<Words<VersionState>>();
        configurationBuilder.Properties<RunKind>().HaveConversion<Words<RunKind>>();
        configurationBuilder.Properties<Direction>().HaveConversion<Words<Direction>>();
        configurationBuilder.Properties<AuditAction>().HaveConversion<Words<AuditAction>>();
        configurationBuilder.Properties<DatasetProblemKind>().HaveConversion<Words<DatasetProblemKind>>();
        configurationBuilder.Properties<Scope>().HaveConversion<Words<Scope>>();
        configurationBuilder.Properties<Way>().HaveConversion<Words<Way>>();
        // json, not jsonb: jsonb forgets the order of keys, and people chose the order of the parameters.
        configurationBuilder.Properties<SearchSpace>().HaveConversion<Json<SearchSpace>, SameValue<SearchSpace>>().HaveColumnType("json");
        configurationBuilder.Properties<SamplerSettings>().HaveConversion<Json<SamplerSettings>, SameValue<SamplerSettings>>().HaveColumnType("jsonb");
        configurationBuilder.Properties<PrunerSettings>().HaveConversion<Json<PrunerSettings>, SameValue<PrunerSettings>>().HaveColumnType("jsonb");
        configurationBuilder.Properties<StoppingRule>().HaveConversion<Json<StoppingRule>, SameValue<StoppingRule>>().HaveColumnType("jsonb");
        configurationBuilder.Properties<CommandSettings>().HaveConversion<Json<CommandSettings>, SameValue<CommandSettings>>().HaveColumnType("jsonb");
        configurationBuilder.Properties<HeldOut>().HaveConversion<Json<HeldOut>, SameValue<HeldOut>>().HaveColumnType("json");
        configurationBuilder.Properties<Trial>().HaveConversion<Json<Trial>, SameValue<Trial>>().HaveColumnType("json");
        configurationBuilder.Properties<ParameterSet>().HaveConversion<Json<ParameterSet>, SameValue<ParameterSet>>().HaveColumnType("jsonb");
        configurationBuilder.Properties<Dictionary<string, string>>().HaveConversion<Json<Dictionary<string, string>>, SameValue<Dictionary<string, string>>>()
            .HaveColumnType("jsonb");
    }

    /// <inheritdoc/>
    protected override void OnModelCreating(ModelBuilder modelBuilder)
    {
        modelBuilder.ConfigureTracking();
        modelBuilder.ConfigureLoggedModels();
        modelBuilder.Entity<Failure>(failure =>
        {
            failure.HasKey(f => f.RunId);
            failure.Property(f => f.RunId).ValueGeneratedNever();
            failure.HasOne<Run>().WithOne().HasForeignKey<Failure>(f => f.RunId).OnDelete(DeleteBehavior.Cascade);
        });
        modelBuilder.Entity<RunOutput>(output =>
        {
            output.HasKey(o => o.RunId);
            output.Property(o => o.RunId).ValueGeneratedNever();
            output.HasOne<Run>().WithOne().HasForeignKey<RunOutput>(o => o.RunId).OnDelete(DeleteBehavior.Cascade);
        });
        modelBuilder.Entity<HeldOutRecord>(record =>
        {
            record.ToTable("held_out");
            record.HasKey(r => r.RunId);
            record.Property(r => r.RunId).ValueGeneratedNever();
            record.HasOne<Run>().WithOne().HasForeignKey<HeldOutRecord>(r => r.RunId).OnDelete(DeleteBehavior.Cascade);
        });
        modelBuilder.Entity<EnqueuedSet>(set =>
        {
            set.HasOne<Study>().WithMany().HasForeignKey(s => s.StudyId).OnDelete(DeleteBehavior.Cascade);
            set.HasIndex(s => new { s.StudyId, s.Id });
        });
        modelBuilder.Entity<WarmTrial>(trial =>
        {
            trial.HasKey(t => new { t.StudyId, t.Number });
            trial.HasOne<Study>().WithMany().HasForeignKey(t => t.StudyId).OnDelete(DeleteBehavior.Cascade);
        });
        modelBuilder.ConfigureRegistry();
        modelBuilder.ConfigureMirrors();
        modelBuilder.Entity<IdempotentRequest>(request =>
        {
            request.HasKey(r => new { r.Actor, r.Key }).HasName(RequestKey);
            request.HasIndex(r => r.CreatedAt);
            // json, not jsonb: the answer is given again as it was.
            request.Property(r => r.Answer).HasColumnType("json");
        });
        modelBuilder.Entity<DatasetRecord>(dataset => dataset.HasIndex(d => d.Name).IsUnique());
        modelBuilder.Entity<DatasetVersion>(version =>
        {
            version.HasOne(v => v.Dataset).WithMany().HasForeignKey(v => v.DatasetId).OnDelete(DeleteBehavior.Cascade);
            version.HasIndex(v => new { v.DatasetId, v.Version }).IsUnique();
        });
        modelBuilder.Entity<DatasetPack>(pack => pack.HasIndex(p => p.Key).IsUnique());
        modelBuilder.Entity<DatasetItem>(item =>
        {
            item.HasKey(i => new { i.VersionId, i.Index });
            item.HasOne<DatasetVersion>().WithMany().HasForeignKey(i => i.VersionId).OnDelete(DeleteBehavior.Cascade);
            item.HasOne<DatasetPack>().WithMany().HasForeignKey(i => i.PackId).OnDelete(DeleteBehavior.Restrict);
        });
        modelBuilder.Entity<DatasetProblem>(problem =>
        {
            problem.HasKey(p => new { p.VersionId, p.Number });
            problem.HasOne<DatasetVersion>().WithMany().HasForeignKey(p => p.VersionId).OnDelete(DeleteBehavior.Cascade);
        });
        modelBuilder.Entity<AccessToken>(token =>
        {
            token.HasIndex(t => t.Name).IsUnique();
            token.HasIndex(t => t.Hash).IsUnique();
        });
        modelBuilder.Entity<AuditEvent>(audit =>
        {
            // No foreign keys: what was done to a study stays known when the study is gone.
            audit.Property(e => e.At).HasDefaultValueSql("clock_timestamp()");
            // json, not jsonb: from comes before to.
            audit.Property(e => e.Details).HasColumnType("json");
            audit.HasIndex(e => e.At);
            audit.HasIndex(e => new { e.Actor, e.Id });
            audit.HasIndex(e => new { e.StudyId, e.Id });
            audit.HasIndex(e => new { e.ModelId, e.Id });
        });
    }

    internal const string SlotIndex = "ix_runs_slot";

    /// <summary>How a value of an enumeration is stored.</summary>
    internal static string Word<TEnum>(TEnum value)
        where TEnum : struct, Enum => JsonNamingPolicy.CamelCase.ConvertName(value.ToString());

    internal const string RequestKey = "pk_idempotent_requests";

    private sealed class Words<TEnum>() : ValueConverter<TEnum, string>(
        value => Word(value),
        word => Enum.Parse<TEnum>(word, true))
        where TEnum : struct, Enum;

    private sealed class Json<T>() : ValueConverter<T, string>(
        value => JsonSerializer.Serialize(value, JsonSerializerOptions.Web),
        json => JsonSerializer.Deserialize<T>(json, JsonSerializerOptions.Web)!)
        where T : class;

    // None of these is ever changed in place: a snapshot is the thing itself.
    private sealed class SameValue<T>() : ValueComparer<T>((a, b) => object.Equals(a, b), value => value.GetHashCode(), value => value)
        where T : class;
}
