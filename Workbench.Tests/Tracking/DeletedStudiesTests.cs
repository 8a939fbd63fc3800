using Workbench.Core.Search;
using Workbench.Core.Tracking;

namespace Workbench.Tests.Tracking;

public class DeletedStudiesTests
{
    [Fact]
    public async Task A_deleted_study_is_hidden_at_once_and_listed_until_it_can_be_restored_no_longer()
    {
        await using var store = await TrackingFixture.CreateAsync();
        var study = await store.StudyAsync(trials: 5);
        var run = store.Claim(study, "job").Lease.RunId;

        Assert.True(await store.Deleted.DeleteAsync(study.Id));

        Assert.Empty(await store.Queries.ListAsync());
        Assert.Null(await store.Queries.FindAsync(study.Name));
        Assert.Null(await store.Studies.FindAsync(study.Name));
        Assert.Empty(await store.Waiting.PlacesAsync());
        await Assert.ThrowsAsync<NotFoundException>(() => store.Queries.RunAsync(run));
        var now = store.Clock.GetUtcNow();
        Assert.Equal(new DeletedStudy(study.Id, "study", 1, now, now + store.Deleted.Grace), Assert.Single(await store.Deleted.ListAsync()));
        Assert.False(await store.Deleted.DeleteAsync(study.Id));
    }

    [Fact]
    public async Task A_restored_study_is_what_it_was_with_its_trials_metrics_note_and_tags()
    {
        await using var store = await TrackingFixture.CreateAsync();
        var study = await store.StudyAsync(trials: 3);
        var runs = new[] { Finish(store, study, 0.25), Finish(store, study, 0.75) };
        await store.Notes.WriteNoteAsync(Subject.Study(study.Id), "why");
        await store.Notes.ChangeTagsAsync(Subject.Run(runs[0]), new Dictionary<string, string?> { ["odd"] = "" });
        await store.Studies.StopAsync(study.Id);
        var (summary, trials, metrics) = await ReadAsync();

        await store.Deleted.DeleteAsync(study.Id);
        var (_, wasRunning) = await store.Deleted.RestoreAsync("study");

        Assert.False(wasRunning);
        var (restored, itsTrials, itsMetrics) = await ReadAsync();
        Assert.Equivalent(summary, restored, strict: true);
        Assert.Equivalent(trials, itsTrials, strict: true);
        Assert.Equal(metrics, itsMetrics);
        Assert.Empty(await store.Deleted.ListAsync());

        async Task<(StudySummary Summary, IReadOnlyList<Run> Trials, IReadOnlyList<MetricPoint> Metrics)> ReadAsync() => (
            await store.Queries.GetAsync("study"), await store.Queries.TrialsAsync(study.Id), await store.Queries.MetricsAsync(runs));
    }

    [Fact]
    public async Task A_study_that_was_running_says_so_when_it_is_restored_and_one_that_was_stopped_or_had_completed_does_not()
    {
        await using var store = await TrackingFixture.CreateAsync();
        var (running, stopped, completed) = (await store.StudyAsync(5, name: "running"), await store.StudyAsync(5, name: "stopped"), await store.StudyAsync(1, name: "completed"));
        await store.Studies.StopAsync(stopped.Id);
        Finish(store, completed, 0.5);

        foreach (var study in new[] { running, stopped, completed })
        {
            await store.Deleted.DeleteAsync(study.Id);
        }

        Assert.True((await store.Deleted.RestoreAsync("running")).WasRunning);
        Assert.False((await store.Deleted.RestoreAsync("stopped")).WasRunning);
        Assert.False((await store.Deleted.RestoreAsync("completed")).WasRunning);
    }

    [Fact]
    public async Task A_study_whose_last_trial_finished_after_the_deletion_is_restored_as_completed()
    {
        await using var store = await TrackingFixture.CreateAsync();
        var study = await store.StudyAsync(trials: 1);
        var trial = store.Claim(study, "job");
        await store.Deleted.DeleteAsync(study.Id);
        store.Runs.Finish(trial.Lease, TrialState.Complete, 0.5);

        var (restored, wasRunning) = await store.Deleted.RestoreAsync("study");

        Assert.Equal((StudyState.Completed, false), (restored.State, wasRunning));
    }

    [Fact]
    public async Task The_name_of_a_deleted_study_is_free_and_while_a_new_one_has_it_the_old_one_cannot_return()
    {
        await using var store = await TrackingFixture.CreateAsync();
        var old = await store.StudyAsync(trials: 1);
        await store.Deleted.DeleteAsync(old.Id);
        var young = await store.StudyAsync(trials: 2);

        var conflict = await Assert.ThrowsAsync<ConflictException>(() => store.Deleted.RestoreAsync("study"));

        Assert.Contains("'study'", conflict.Message);
        store.Clock.Pass(TimeSpan.FromMinutes(1));
        await store.Deleted.DeleteAsync(young.Id);
        Assert.Equal([young.Id, old.Id], (await store.Deleted.ListAsync()).Select(study => study.Id));
        Assert.Equal(old.Id, (await store.Deleted.RestoreAsync("study", old.Id)).Study.Id);
        store.Clock.Pass(TimeSpan.FromMinutes(1));
        await store.Deleted.DeleteAsync(old.Id);
        Assert.Equal(old.Id, (await store.Deleted.RestoreAsync("study")).Study.Id);
    }

    [Fact]
    public async Task Only_what_can_be_restored_no_longer_is_removed_for_good()
    {
        await using var store = await TrackingFixture.CreateAsync();
        var (first, second, kept) = (await store.StudyAsync(1, name: "first"), await store.StudyAsync(1, name: "second"), await store.StudyAsync(1, name: "kept"));
        var run = Finish(store, first, 0.5);
        await store.Deleted.DeleteAsync(first.Id);
        store.Clock.Pass(TimeSpan.FromMinutes(1));
        await store.Deleted.DeleteAsync(second.Id);

        store.Clock.Pass(store.Deleted.Grace - TimeSpan.FromMinutes(2));
        await store.Purge.RunAsync();
        Assert.Equal(["second", "first"], (await store.Deleted.ListAsync()).Select(study => study.Name));

        store.Clock.Pass(TimeSpan.FromMinutes(1));
        await store.Purge.RunAsync();
        Assert.Equal(["second"], (await store.Deleted.ListAsync()).Select(study => study.Name));
        Assert.Empty(await store.Queries.TrialsAsync(first.Id));
        Assert.Empty(await store.Queries.MetricsAsync([run]));
        Assert.Equal(kept.Id, Assert.Single(await store.Queries.ListAsync()).Study.Id);
        Assert.Contains("30 days", (await Assert.ThrowsAsync<NotFoundException>(() => store.Deleted.RestoreAsync("first"))).Message);
    }

    [Fact]
    public async Task What_its_commands_left_on_this_machine_goes_with_a_study()
    {
        await using var store = await TrackingFixture.CreateAsync();
        var (gone, kept) = (await store.StudyAsync(1, name: "gone"), await store.StudyAsync(1, name: "kept"));
        foreach (var study in (Study[])[gone, kept])
        {
            Directory.CreateDirectory(Path.Combine(store.Commands.Of(study.Id), "trial-0"));
            await File.WriteAllTextAsync(Path.Combine(store.Commands.Of(study.Id), "trial-0", "model.bin"), "1");
        }
        await store.Deleted.DeleteAsync(gone.Id);
        store.Clock.Pass(store.Deleted.Grace + TimeSpan.FromMinutes(1));

        await store.Purge.RunAsync();

        Assert.Equal((false, true), (Directory.Exists(store.Commands.Of(gone.Id)), Directory.Exists(store.Commands.Of(kept.Id))));
        Directory.Delete(Path.GetDirectoryName(store.Commands.Of(kept.Id))!, recursive: true);
    }

    private static long Finish(TrackingFixture store, Study study, double value)
    {
        var trial = store.Claim(study, Guid.NewGuid().ToString());
        store.Runs.SetParams(trial.Lease, TrackingFixture.X(value));
        store.Runs.Report(trial.Lease, 1, TrackingFixture.Accuracy(value));
        store.Runs.Finish(trial.Lease, TrialState.Complete, value);
        return trial.Lease.RunId;
    }
}
