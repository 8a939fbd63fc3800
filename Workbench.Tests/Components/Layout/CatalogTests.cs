using System.Collections.Concurrent;
using Workbench.Core.Tracking;

namespace Workbench.Tests.Components.Layout;

public sealed class CatalogTests : ShellContext
{
    [SkippableFact]
    public async Task Who_begins_to_watch_is_told_what_there_is()
    {
        await Store.StudyAsync(trials: 3, name: "first");
        await Store.StudyAsync(trials: 3, name: "second");

        using var watch = await Catalog.WatchAsync(() => { });

        Assert.Equal(["second", "first"], Catalog.Studies.Select(study => study.Name));
        Assert.Equal("first", Catalog.StudyAt("studies/first?trial=2")?.Name);
        Assert.Null(Catalog.StudyAt("models/first"));
    }

    [SkippableFact]
    public async Task A_study_that_has_run_all_its_trials_is_announced_once()
    {
        var study = await Store.StudyAsync(trials: 2, name: "short");
        var announced = new TaskCompletionSource<StudyLine>(TaskCreationOptions.RunContinuationsAsynchronously);
        Catalog.Completed += announced.SetResult;
        using var watch = await Catalog.WatchAsync(() => { });

        RunTrial(study);
        Assert.False(announced.Task.IsCompleted);
        RunTrial(study);

        Assert.Equal(study.Id, (await announced.Task.WaitAsync(Limit)).Id);
    }

    [SkippableFact]
    public async Task A_study_so_short_that_nobody_saw_it_run_is_announced_and_one_that_was_restored_is_not()
    {
        var announced = new ConcurrentQueue<string>();
        var (first, second) = (new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously), new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
        Catalog.Completed += study => announced.Enqueue(study.Name);
        using var watch = await Catalog.WatchAsync(() =>
        {
            if (announced.Contains("first"))
            {
                first.TrySetResult();
            }
            if (announced.Contains("second") && Catalog.Studies.Count == 2)
            {
                second.TrySetResult();
            }
        });
        var restored = await Store.StudyAsync(trials: 1, name: "first");
        RunTrial(restored);
        // Only what was announced can be announced again.
        await first.Task.WaitAsync(Limit);
        await Store.Deleted.DeleteAsync(restored.Id);
        await Store.Deleted.RestoreAsync("first", restored.Id);

        RunTrial(await Store.StudyAsync(trials: 1, name: "second"));

        await second.Task.WaitAsync(Limit);
        Assert.Equal(["first", "second"], announced);
    }

    [SkippableFact]
    public async Task Trials_that_begin_and_end_are_not_told_of()
    {
        var study = await Store.StudyAsync(trials: 3, name: "first");
        var (told, second) = (0, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
        using var watch = await Catalog.WatchAsync(() =>
        {
            told++;
            if (Catalog.Studies.Count == 2)
            {
                second.TrySetResult();
            }
        });

        RunTrial(study);
        await Store.StudyAsync(trials: 3, name: "second");

        await second.Task.WaitAsync(Limit);
        Assert.Equal(2, told);
    }

    [SkippableFact]
    public async Task A_deleted_study_is_there_no_more()
    {
        var study = await Store.StudyAsync(trials: 2);
        var gone = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        using var watch = await Catalog.WatchAsync(() =>
        {
            if (Catalog.Studies.Count == 0)
            {
                gone.TrySetResult();
            }
        });

        await Store.Deleted.DeleteAsync(study.Id);

        await gone.Task.WaitAsync(Limit);
    }
}
