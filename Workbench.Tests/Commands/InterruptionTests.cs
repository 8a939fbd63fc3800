using Workbench.Core.Search;
using Workbench.Core.Studies;
using Workbench.Core.Tracking;
using Workbench.Tests.Studies;

namespace Workbench.Tests.Commands;

public sealed class InterruptionTests : IDisposable
{
    // A bracket in a path, and so in messages, is no markup.
    private readonly TemporaryFolder _data = new("[data]");

    public InterruptionTests() => TestWorkbench.LinkFeatures(_data.Path);

    public void Dispose() => _data.Dispose();

    [Fact]
    public async Task A_study_that_was_cut_short_is_not_done_whether_by_a_signal_or_from_elsewhere()
    {
        await using var observer = await TestWorkbench.StartAsync(workers: 0);
        await observer.Studies.LaunchAsync(new StudyRequest("study", Trials: 1, Jobs: 1, SearchSpace: TestWorkbench.Endless));

        await using (var added = Start(observer, "train", "--experiment-name", "study", "--num-trials", "1"))
        {
            await observer.UntilAsync("study", summary => summary.Counts.Running > 0);
            Assert.Equal(130, await added.InterruptAsync());
            Assert.Equal("No trial completed.\n", added.Errors);
        }
        Assert.Equal(StudyState.Stopped, (await observer.Queries.GetAsync("study")).Study.State);

        await using (var resumed = Start(observer, "train", "--experiment-name", "study", "--resume"))
        {
            await observer.UntilAsync("study", summary => summary.Study.State == StudyState.Running && summary.Counts.Running > 0);
            await observer.Studies.StopAsync("study");
            Assert.Equal(1, await resumed.EndAsync());
        }
    }

    [Fact]
    public async Task A_build_that_waits_for_the_store_says_so_and_ends_at_a_signal_without_being_lost()
    {
        await using var observer = await TestWorkbench.StartAsync(workers: 0);
        await CompleteStudyAsync(observer);
        // Where the models' folder belongs there is a file: the store cannot be written.
        Directory.CreateDirectory(_data["artifacts"]);
        await File.WriteAllTextAsync(_data["artifacts", "models"], "");

        await using var build = Start(observer, "build", "--experiment-name", "study");
        // Over more than one line: the console wraps it.
        for (var shown = ""; !shown.Contains("[data]", StringComparison.Ordinal);)
        {
            shown = await build.ReadLineAsync();
            Assert.False(shown.Length == 0, build.Errors);
        }

        Assert.Equal(143, await build.InterruptAsync("TERM"));
        Assert.Equal("Interrupted. The build of study version 1 goes on as soon as a worker or a server runs.\n", build.Errors);
        var model = Assert.Single(await observer.Get<Core.Registry.ModelRegistry>().ListAsync());
        Assert.Equal(VersionState.Pending, Assert.Single(model.Versions).State);
    }

    private WorkbenchProcess Start(TestWorkbench observer, params string[] arguments) =>
        WorkbenchProcess.Start(observer.ConnectionString, [.. arguments, "--data", _data.Path]);

    private static async Task CompleteStudyAsync(TestWorkbench observer)
    {
        var parameters = new ParameterSet(("learning_rate", 1e-3), ("l1", 0.0), ("l2", 0.0), ("num_hidden", 8), ("epochs", 1));
        await observer.Studies.LaunchAsync(
            new StudyRequest("study", Trials: 1, Jobs: 1, SearchSpace: new SearchSpace([.. parameters.Select(p => new FixedParameter(p.Key, p.Value))])));
        var runs = observer.Get<RunStore>();
        var trial = runs.Claim((await observer.Queries.GetAsync("study")).Study.Id, 0, "job", "test:1")!;
        runs.SetParams(trial.Lease, parameters);
        runs.Finish(trial.Lease, TrialState.Complete, 0.9);
    }
}
