using Microsoft.EntityFrameworkCore;

namespace Workbench.Core.Tracking.Mirrors;

/// <summary>The tables of what was sent to other tracking servers. It is forgotten with what it is about, and with the study there.</summary>
internal static class MirrorTables
{
    public static void ConfigureMirrors(this ModelBuilder modelBuilder)
    {
        modelBuilder.Entity<Mirror>(mirror =>
        {
            mirror.ToTable("mirrors");
            mirror.HasIndex(m => m.Address).IsUnique();
        });
        modelBuilder.Entity<MirroredExperiment>(experiment =>
        {
            experiment.ToTable("mirrored_experiments");
            experiment.HasKey(x => new { x.ExperimentId, x.MirrorId });
            experiment.HasOne<Experiment>().WithMany().HasForeignKey(x => x.ExperimentId).OnDelete(DeleteBehavior.Cascade);
            experiment.HasOne<Mirror>().WithMany().HasForeignKey(x => x.MirrorId).OnDelete(DeleteBehavior.Cascade);
            experiment.Property(x => x.Tags).HasDefaultValueSql("'{}'");
        });
        modelBuilder.Entity<MirroredRun>(run =>
        {
            run.ToTable("mirrored_runs");
            run.HasKey(x => new { x.RunId, x.MirrorId });
            run.HasOne<Run>().WithMany().HasForeignKey(x => x.RunId).OnDelete(DeleteBehavior.Cascade);
            run.HasOne<MirroredExperiment>().WithMany().HasForeignKey(x => new { x.ExperimentId, x.MirrorId }).OnDelete(DeleteBehavior.Cascade);
            run.Property(x => x.Steps).HasColumnType("jsonb").HasDefaultValueSql("'{}'");
            run.Property(x => x.Tags).HasDefaultValueSql("'{}'");
        });
        modelBuilder.Entity<MirroredModel>(model =>
        {
            model.ToTable("mirrored_models");
            model.HasKey(x => new { x.ModelId, x.MirrorId });
            model.HasOne<RegisteredModel>().WithMany().HasForeignKey(x => x.ModelId).OnDelete(DeleteBehavior.Cascade);
            model.HasOne<Mirror>().WithMany().HasForeignKey(x => x.MirrorId).OnDelete(DeleteBehavior.Cascade);
            model.Property(x => x.Aliases).HasDefaultValueSql("'{}'");
        });
        modelBuilder.Entity<MirroredVersion>(version =>
        {
            version.ToTable("mirrored_versions");
            version.HasKey(x => new { x.ModelId, x.Version, x.MirrorId });
            version.HasOne<ModelVersion>().WithMany().HasForeignKey(x => new { x.ModelId, x.Version }).OnDelete(DeleteBehavior.Cascade);
            version.HasOne<MirroredModel>().WithMany().HasForeignKey(x => new { x.ModelId, x.MirrorId }).OnDelete(DeleteBehavior.Cascade);
        });
    }
}
