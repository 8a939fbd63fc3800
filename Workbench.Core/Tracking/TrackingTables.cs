using Microsoft.EntityFrameworkCore;

namespace Workbench.Core.Tracking;

/// <summary>The tables of experiments, runs and metrics, of logged models, and of the registry.</summary>
internal static class TrackingTables
{
    public static void ConfigureTracking(this ModelBuilder modelBuilder)
    {
        modelBuilder.Entity<Experiment>(experiment =>
        {
            // A study's name, note and tags are in the row of its experiment; what is its own has a table with the same key.
            experiment.UseTptMappingStrategy();
            experiment.Property(e => e.Uuid).HasDefaultValueSql("gen_random_uuid()");
            experiment.HasIndex(e => e.Name).IsUnique().HasFilter("deleted_at IS NULL");
            experiment.HasIndex(e => e.DeletedAt).HasFilter("deleted_at IS NOT NULL");
            experiment.Property(e => e.ArtifactFolder).HasDefaultValue("runs");
            experiment.Property(e => e.CreatedAt).HasDefaultValueSql("now()");
            experiment.Property(e => e.UpdatedAt).HasDefaultValueSql("now()");
            experiment.Property(e => e.Tags).HasDefaultValueSql("'{}'");
            // A deleted one is hidden from everybody who doesn't ask for it.
            experiment.HasQueryFilter(e => e.DeletedAt == null);
        });
        modelBuilder.Entity<Study>(study =>
        {
            study.HasBaseType<Experiment>();
            study.Property(s => s.Split).HasColumnType("jsonb");
            // By the database's clock, which is asked for the time since.
            study.Property(s => s.RunningSince).HasDefaultValueSql("now()");
            study.HasOne<RegisteredModel>().WithMany().HasForeignKey(s => s.ModelId).OnDelete(DeleteBehavior.SetNull);
        });
        modelBuilder.Entity<Run>(run =>
        {
            run.HasOne<Experiment>().WithMany().HasForeignKey(r => r.ExperimentId).OnDelete(DeleteBehavior.Cascade);
            run.HasOne<Study>().WithMany().HasForeignKey(r => r.StudyId).OnDelete(DeleteBehavior.Cascade);
            run.Property(r => r.Uuid).HasDefaultValueSql("gen_random_uuid()");
            run.HasIndex(r => r.Uuid).IsUnique();
            // The order of MLflow's search.
            run.HasIndex(r => new { r.ExperimentId, r.StartedAt, r.Uuid }).IsDescending(false, true, false);
            run.HasIndex(r => r.DeletedAt).HasFilter("deleted_at IS NOT NULL");
            run.HasIndex(r => new { r.StudyId, r.Number }).IsUnique();
            run.HasIndex(r => new { r.StudyId, r.FinishedOrder });
            // What a claim looks for before it takes a new number; it must not read all the trials that have ended.
            run.HasIndex(r => new { r.StudyId, r.State, r.Number }).HasFilter("kind = 'trial' AND state IN ('running', 'stopped')")
                .HasDatabaseName("ix_runs_open");
            run.HasIndex(r => r.JobId).IsUnique().HasFilter("state = 'running'");
            // One running trial to a place: this index is what bounds a study's parallelism.
            run.HasIndex(r => new { r.StudyId, r.Slot }).IsUnique().HasFilter("state = 'running'").HasDatabaseName(WorkbenchDb.SlotIndex);
        });
        modelBuilder.Entity<Metric>(metric =>
        {
            metric.HasKey(m => new { m.RunId, m.Key, m.Step, m.Timestamp, m.Value });
            metric.HasOne<Run>().WithMany().HasForeignKey(m => m.RunId).OnDelete(DeleteBehavior.Cascade);
        });
        modelBuilder.Entity<LatestMetric>(metric =>
        {
            metric.HasKey(m => new { m.RunId, m.Key });
            metric.HasOne<Run>().WithMany().HasForeignKey(m => m.RunId).OnDelete(DeleteBehavior.Cascade);
        });
        modelBuilder.Entity<TrackedDataset>(dataset =>
        {
            dataset.ToTable("tracked_datasets");
            dataset.HasOne<Experiment>().WithMany().HasForeignKey(d => d.ExperimentId).OnDelete(DeleteBehavior.Cascade);
            dataset.HasIndex(d => new { d.ExperimentId, d.Name, d.Digest }).IsUnique();
        });
        modelBuilder.Entity<RunInput>(input =>
        {
            input.ToTable("run_inputs");
            input.HasKey(i => new { i.RunId, i.DatasetId });
            input.HasOne<Run>().WithMany().HasForeignKey(i => i.RunId).OnDelete(DeleteBehavior.Cascade);
            input.HasOne<TrackedDataset>().WithMany().HasForeignKey(i => i.DatasetId).OnDelete(DeleteBehavior.Cascade);
        });
    }

    public static void ConfigureLoggedModels(this ModelBuilder modelBuilder)
    {
        modelBuilder.Entity<LoggedModel>(model =>
        {
            model.ToTable("logged_models");
            model.Property(m => m.Id).HasDefaultValueSql("gen_random_uuid()");
            model.HasOne<Experiment>().WithMany().HasForeignKey(m => m.ExperimentId).OnDelete(DeleteBehavior.Cascade);
            model.HasOne<Run>().WithMany().HasForeignKey(m => m.SourceRunId).OnDelete(DeleteBehavior.SetNull);
            model.HasIndex(m => new { m.ExperimentId, m.CreatedAt, m.Id }).IsDescending(false, true, false);
        });
        modelBuilder.Entity<RunModel>(link =>
        {
            link.ToTable("run_models");
            link.HasKey(l => new { l.RunId, l.ModelId, l.IsOutput });
            link.HasOne<Run>().WithMany().HasForeignKey(l => l.RunId).OnDelete(DeleteBehavior.Cascade);
            link.HasOne<LoggedModel>().WithMany().HasForeignKey(l => l.ModelId).OnDelete(DeleteBehavior.Cascade);
        });
        modelBuilder.Entity<LoggedModelMetric>(metric =>
        {
            metric.ToTable("logged_model_metrics");
            metric.HasKey(m => new { m.ModelId, m.RunId, m.Key, m.Step, m.Timestamp, m.Value });
            metric.HasOne<LoggedModel>().WithMany().HasForeignKey(m => m.ModelId).OnDelete(DeleteBehavior.Cascade);
            metric.HasOne<Run>().WithMany().HasForeignKey(m => m.RunId).OnDelete(DeleteBehavior.Cascade);
        });
    }

    public static void ConfigureRegistry(this ModelBuilder modelBuilder)
    {
        modelBuilder.Entity<RegisteredModel>(model =>
        {
            model.Property(m => m.Uuid).HasDefaultValueSql("gen_random_uuid()");
            model.HasIndex(m => m.Name).IsUnique().HasFilter("deleted_at IS NULL");
            model.HasIndex(m => m.IsPinned).IsUnique().HasFilter("is_pinned");
            model.Property(m => m.UpdatedAt).HasDefaultValueSql("now()");
            model.Property(m => m.Tags).HasDefaultValueSql("'{}'");
            model.HasQueryFilter(m => m.DeletedAt == null);
        });
        modelBuilder.Entity<ModelVersion>(version =>
        {
            version.HasKey(v => new { v.ModelId, v.Version });
            version.HasOne<RegisteredModel>().WithMany(m => m.Versions).HasForeignKey(v => v.ModelId);
            version.HasOne(v => v.Run).WithMany().HasForeignKey(v => v.RunId).OnDelete(DeleteBehavior.SetNull);
            version.Property(v => v.Manifest).HasColumnType("json");
            version.Property(v => v.Tags).HasDefaultValueSql("'{}'");
            version.Property(v => v.ToProduction).HasDefaultValue(true);
            version.Property(v => v.Stage).HasDefaultValue("None");
            version.Property(v => v.UpdatedAt).HasDefaultValueSql("now()");
            version.HasQueryFilter(v => v.DeletedAt == null);
        });
        modelBuilder.Entity<ModelAlias>(alias =>
        {
            alias.HasKey(a => new { a.ModelId, a.Alias });
            alias.HasOne<RegisteredModel>().WithMany(m => m.Aliases).HasForeignKey(a => a.ModelId);
        });
    }
}
