using Workbench.Core.Search;
using Workbench.Core.Studies;
using Workbench.Core.Tracking;

namespace Workbench.Tests.Studies;

public class SteeringTests
{
    // Trials of some milliseconds.
    private static readonly SearchSpace Quick = new(
        new FloatParameter("learning_rate", 1e-3, 1e-2, Log: true),
        new FixedParameter("l1", 0.0),
        new FixedParameter("l2", 0.0),
        new IntParameter("num_hidden", 8, 16),
        new FixedParameter("epochs", 1));

    [Fact]
    public async Task A_study_whose_rule_holds_completes_in_every_process_and_trials_added_go_on()
    {
        await using var first = await TestWorkbench.StartAsync(workers: 2);
        await using var second = await TestWorkbench.StartAsync(workers: 2, first.ConnectionString);
        var rule = new StoppingRule { Target = 0.8 };
        await first.Studies.LaunchAsync(new StudyRequest("study", Trials: 100, Jobs: 4, Pipeline: PacedPipeline.PipelineName, Seed: 1, SearchSpace: Quick, Stopping: rule));

        var stopped = await second.UntilAsync("study", s => s.Study.State == StudyState.Completed && s.Counts.Running == 0);
        Assert.StartsWith("The target 0.8 was reached with", stopped.Study.StopReason);
        Assert.InRange(stopped.Counts.Complete, 1, 20);
        Assert.Equal((stopped.Counts.Complete, 0), (stopped.Study.TrialsRequested, stopped.Counts.Stopped));

        await second.Studies.LaunchAsync(new StudyRequest("study", Trials: 3, Stopping: rule));
        var more = await first.UntilAsync("study", s => s.Study.State == StudyState.Completed && s.Counts.Running == 0);
        Assert.Equal((stopped.Counts.Complete + 3, null), (more.Counts.Complete, more.Study.StopReason));
    }

    [Fact]
    public async Task Trials_take_what_was_enqueued_and_sample_the_rest()
    {
        await using var workbench = await TestWorkbench.StartAsync();
        ParameterSet part = new(("learning_rate", 0.005)), whole = new(("num_hidden", 12), ("learning_rate", 0.002));
        await workbench.Studies.LaunchAsync(new StudyRequest("study", Trials: 3, Jobs: 1, Pipeline: PacedPipeline.PipelineName, Seed: 1, SearchSpace: Quick, Enqueue: [part, whole]));

        var (study, _, _) = await workbench.CompletedAsync("study");

        var trials = await workbench.Queries.TrialsAsync(study.Id);
        Assert.Equal([part, whole, null], trials.Select(trial => trial.Given));
        Assert.All(trials, trial => Assert.True(Quick.Contains(trial.Params!)));
        Assert.Equal(0.005, trials[0].Params!.Double("learning_rate"));
        Assert.Equal((12, 0.002), (trials[1].Params!.Int("num_hidden"), trials[1].Params!.Double("learning_rate")));
    }

    [Fact]
    public async Task A_warm_study_learns_from_anothers_trials_in_every_process_also_when_that_one_is_gone()
    {
        await using var first = await TestWorkbench.StartAsync(workers: 2);
        var sampler = new TpeSettings { StartupTrials = 2 };
        await first.Studies.LaunchAsync(new StudyRequest("source", Trials: 4, Jobs: 2, Pipeline: PacedPipeline.PipelineName, Seed: 1, SearchSpace: Quick));
        await first.CompletedAsync("source");
        await using var second = await TestWorkbench.StartAsync(workers: 0, first.ConnectionString);
        var request = new StudyRequest("warm", Trials: 1, Jobs: 1, Pipeline: PacedPipeline.PipelineName, Seed: 2, SearchSpace: Quick, Sampler: sampler, WarmStart: "source");

        await second.Studies.LaunchAsync(request);
        await second.Studies.DeleteAsync("source");
        var (study, _, _) = await first.CompletedAsync("warm");

        var warm = await first.Get<StudyStore>().WarmTrialsAsync(study.Id);
        Assert.Equal([-1, -2, -3, -4], warm.Select(trial => trial.Number));
        Assert.All(warm, trial => Assert.Single(trial.Intermediate));
        var suggested = sampler.Create().Suggest(Quick, Direction.Maximize, warm, 0, seed: 2);
        Assert.Equal(suggested, (await first.Queries.TrialsAsync(study.Id)).Single().Params);
        Assert.NotEqual(suggested, sampler.Create().Suggest(Quick, Direction.Maximize, [], 0, seed: 2));
        // The name of what is gone is no obstacle to more trials.
        await second.Studies.LaunchAsync(request with { Trials = 2 });
        Assert.Equal(3, (await first.UntilAsync("warm", s => s.Counts.Finished == 3)).Counts.Complete);
    }

    [Fact]
    public async Task A_warm_start_that_can_teach_nothing_is_refused_with_the_reason()
    {
        await using var workbench = await TestWorkbench.StartAsync();
        var elsewhere = new SearchSpace(Quick.Select(p => p.Name == "learning_rate" ? new FloatParameter(p.Name, 0.02, 0.1) : p));
        await workbench.Studies.LaunchAsync(new StudyRequest("source", Trials: 1, Jobs: 1, Pipeline: PacedPipeline.PipelineName, Seed: 1, SearchSpace: elsewhere));
        await workbench.CompletedAsync("source");
        await workbench.Studies.LaunchAsync(new StudyRequest("empty", Trials: 1, Jobs: 1));
        await workbench.Studies.StopAsync("empty");

        Assert.Equal("None of the 1 finished trials of 'source' lies in this search space.", await FaultAsync("source"));
        Assert.Equal("There is no study named 'nothing' to start from.", await FaultAsync("nothing"));
        Assert.Equal("The study 'empty' has no finished trials to start from.", await FaultAsync("empty"));
        Assert.Null(await workbench.Queries.FindAsync("warm"));

        async Task<string> FaultAsync(string source)
        {
            var fault = await Assert.ThrowsAsync<FieldException>(
                () => workbench.Studies.LaunchAsync(new StudyRequest("warm", Trials: 1, Pipeline: PacedPipeline.PipelineName, SearchSpace: Quick, WarmStart: source)));
            Assert.Equal("warmStart", fault.Field);
            return fault.Message;
        }
    }

    [Fact]
    public async Task Another_rule_or_another_start_under_an_existing_name_is_refused_and_the_same_or_none_is_not()
    {
        await using var workbench = await TestWorkbench.StartAsync(workers: 0);
        var rule = new StoppingRule { Patience = 3 };
        await workbench.Studies.LaunchAsync(new StudyRequest("study", Trials: 2, Stopping: rule));
        await workbench.Studies.LaunchAsync(new StudyRequest("plain", Trials: 2, Stopping: new()));

        Assert.Contains("""stopping: {"patience":3}, not {"patience":4}""", await RefusalAsync(new("study", Trials: 1, Stopping: new() { Patience = 4 })));
        Assert.Contains("""stopping: {}, not {"patience":3}""", await RefusalAsync(new("plain", Trials: 1, Stopping: rule)));
        Assert.Contains("warmStart: null, not study", await RefusalAsync(new("plain", Trials: 1, WarmStart: "study")));
        await workbench.Studies.LaunchAsync(new StudyRequest("study", Trials: 1, Stopping: new() { Patience = 3 }));
        await workbench.Studies.LaunchAsync(new StudyRequest("study", Trials: 1));
        await workbench.Studies.LaunchAsync(new StudyRequest("plain", Trials: 1, Stopping: new()));

        async Task<string> RefusalAsync(StudyRequest request) =>
            (await Assert.ThrowsAsync<ConflictException>(() => workbench.Studies.LaunchAsync(request))).Message;
    }
}
