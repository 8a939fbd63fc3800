using System.Text;
using Microsoft.Extensions.DependencyInjection;
using Workbench.Core.Access;
using Workbench.Core.Artifacts;
using Workbench.Core.Commands;
using Workbench.Core.Registry;
using Workbench.Core.Search;
using Workbench.Core.Serving;
using Workbench.Core.Studies;
using Workbench.Core.Tracking;
using Workbench.Tests.Models;

namespace Workbench.Tests.Studies;

/// <summary>Studies whose trials are a command's.</summary>
public class CommandStudyTests
{
    private static readonly SearchSpace Space = new(new FloatParameter("lr", 0, 1), new CategoricalParameter("opt", ["a b", "$HOME"]));

    [Fact]
    public async Task A_command_runs_once_for_each_trial_with_its_parameters_and_its_metrics_are_tracked()
    {
        await using var workbench = await StartAsync();
        await workbench.Studies.LaunchAsync(Request(
            "printf '%s\\n' \"$1|$WORKBENCH_PARAM_LR|$2|$WORKBENCH_PARAM_OPT|$WORKBENCH_TRIAL|$WORKBENCH_STUDY|$PWD|$WORKBENCH_OUTPUT|$ConnectionStrings__Workbench\"; "
            + "printf '{\"step\": 2, \"loss\": 0.5}\\nloss=0.25\\n'; echo error >&2",
            trials: 5, arguments: ["{lr}", "{opt}"]));

        var (study, counts, best) = await workbench.CompletedAsync("study");

        Assert.Equal((5, 0.25), (counts.Complete, best!.Value));
        var trials = await workbench.Queries.TrialsAsync(study.Id);
        Assert.Equal(Enumerable.Range(0, 5), trials.Select(trial => trial.Number!.Value));
        var points = await workbench.Queries.MetricsAsync([trials[0].Id]);
        Assert.Equal([(2, 0.5), (3, 0.25)], points.Select(point => ((int)point.Step, point.Value)));
        foreach (var trial in trials)
        {
            var output = (await workbench.Get<RunOutputs>().FindAsync(trial.Id))!.Tail;
            var told = output.Split('\n').Single(line => line.Contains('|')).Split('|');
            var (lr, opt) = (trial.Params!["lr"].ToString(), trial.Params["opt"].ToString());
            Assert.Equal([lr, lr, opt, opt, $"{trial.Number}", "study"], told[..6]);
            Assert.Equal(told[6], told[7]);
            Assert.Equal($"trial-{trial.Number}", Path.GetFileName(told[6]));
            Assert.Equal("", told[8]);
            var kept = await workbench.Get<IArtifactStore>().ReadAsync($"{trial.ArtifactPrefix}/{CommandRuns.OutputFile}");
            Assert.Equal(output, Encoding.UTF8.GetString(kept));
            Assert.Contains("error", output);
        }
    }

    [Theory]
    [InlineData("echo 'No data.' >&2; echo loss=1; exit 3", "The command ended with exit code 3: No data.")]
    [InlineData("kill -9 $$", "The command ended with exit code 137 (signal 9).")]
    [InlineData("echo loss=1; sleep 100", "The command took longer than 0.5 s.")]
    [InlineData("echo accuracy=1", "The command told no loss. It prints a line such as loss=0.5, writes it to metrics.json, or logs it with MLflow.")]
    [InlineData("echo loss=nan", "The last loss is NaN, which is no result.")]
    [InlineData("echo '{' > metrics.json", "metrics.json is no JSON: ")]
    public async Task What_goes_wrong_is_the_trials_error_and_the_search_goes_on(string script, string error)
    {
        await using var workbench = await StartAsync();
        await workbench.Studies.LaunchAsync(Request(script, trials: 2) with { TimeLimit = script.Contains("sleep") ? 0.5 : null });

        var (study, counts, _) = await workbench.CompletedAsync("study");

        Assert.Equal(2, counts.Failed);
        Assert.All(await workbench.Queries.TrialsAsync(study.Id), trial => Assert.StartsWith(error, trial.Error, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Metrics_may_stand_in_files_or_be_logged_from_outside()
    {
        await using var workbench = await StartAsync();
        await workbench.Studies.LaunchAsync(Request("""printf '{"step": 1, "loss": 3}\n{"step": 2, "loss": 2}' > metrics.jsonl; echo '[{"step": 3, "loss": 1, "acc": 0.5}]' > metrics.json""", trials: 1));

        var (study, _, best) = await workbench.CompletedAsync("study");

        Assert.Equal(1, best!.Value);
        Assert.Equal(4, (await workbench.Queries.MetricsAsync([(await workbench.Queries.TrialsAsync(study.Id))[0].Id])).Count);
    }

    [Fact]
    public async Task A_hopeless_trial_is_pruned_and_its_command_ended()
    {
        await using var workbench = await StartAsync();
        await workbench.Studies.LaunchAsync(Request("echo loss=11; sleep 1000", trials: 1) with { Pruner = new ThresholdSettings { Upper = 10 } });

        var (study, counts, _) = await workbench.CompletedAsync("study");

        Assert.Equal((1, 11), (counts.Pruned, (await workbench.Queries.TrialsAsync(study.Id))[0].Value));
    }

    [Fact]
    public async Task A_stop_ends_a_command_that_says_nothing_and_what_it_prints_is_seen_before()
    {
        await using var workbench = await StartAsync();
        // Some shells say on stderr that a program of theirs was ended, too.
        var (summary, _) = await workbench.Studies.LaunchAsync(Request("exec 2> /dev/null; trap 'echo saved; exit 0' TERM; echo begun; while :; do sleep 0.01; done", trials: 1) with { Grace = 30 });
        await workbench.Get<ChangeFeed>().UntilAsync(
            change => change.Kind == ChangeKind.Output,
            async () => (await workbench.Queries.TrialsAsync(summary.Study.Id)) is [var trial] ? await workbench.Get<RunOutputs>().FindAsync(trial.Id) : null,
            output => output?.Tail == "begun\n").WaitAsync(TestWorkbench.Limit);

        await workbench.Studies.StopAsync("study");
        await workbench.UntilAsync("study", study => study.Counts.Stopped == 1);

        var trial = (await workbench.Queries.TrialsAsync(summary.Study.Id))[0];
        Assert.Equal("begun\nsaved\n", (await workbench.Get<RunOutputs>().FindAsync(trial.Id))!.Tail);
    }

    [Fact]
    public async Task Where_commands_are_not_allowed_none_is_launched_and_a_trial_waits()
    {
        await using var allowed = await StartAsync(workers: 0);
        await using var other = await TestWorkbench.StartAsync(connectionString: allowed.ConnectionString);

        var refusal = await Assert.ThrowsAsync<ForbiddenException>(() => other.Studies.LaunchAsync(Request("true", trials: 1)));
        Assert.Contains("--allow-commands", refusal.Message);
        await allowed.Studies.LaunchAsync(Request("echo loss=1", trials: 1));
        await other.Studies.LaunchAsync(new StudyRequest("other", 1, 1, PacedPipeline.PipelineName, SearchSpace: TestWorkbench.Endless));
        await other.UntilAsync("other", summary => summary.Counts.Running == 1);

        Assert.Equal(0, (await other.Queries.GetAsync("study")).Counts.Running);
        await other.Studies.DeleteAsync("other");
    }

    [Theory]
    [InlineData("{rate}", "command")]
    public async Task A_placeholder_that_is_no_parameter_is_refused(string argument, string field)
    {
        await using var workbench = await StartAsync(workers: 0);

        var fault = await Assert.ThrowsAsync<FieldException>(() => workbench.Studies.LaunchAsync(Request("true", trials: 1, arguments: [argument])));

        Assert.Equal(field, fault.Field);
        Assert.Contains("{rate}", fault.Message);
        Assert.Contains("lr, opt", fault.Message);
    }

    [Fact]
    public async Task A_build_runs_the_command_once_more_and_keeps_what_it_wrote()
    {
        await using var workbench = await StartAsync();
        await workbench.Studies.LaunchAsync(Request("echo loss=1; mkdir -p \"$WORKBENCH_OUTPUT/out\"; echo \"$1 $WORKBENCH_BUILD\" > out/model.bin", trials: 1, arguments: ["{lr}"]));
        var (study, _, best) = await workbench.CompletedAsync("study");

        var version = await BuildAsync(workbench);

        Assert.Equal((VersionState.Ready, false), (version.State, version.IsServable));
        var file = await workbench.Get<IArtifactStore>().ReadAsync($"{version.ArtifactPrefix}/out/model.bin");
        Assert.Equal($"{best!.Params["lr"]} 1\n", Encoding.UTF8.GetString(file));
    }

    [Fact]
    public async Task A_classifier_with_labels_that_a_build_wrote_is_served()
    {
        using var folder = new TemporaryFolder();
        await File.WriteAllBytesAsync(folder["brightness.onnx"], Brightness.Onnx());
        await using var workbench = await StartAsync();
        await workbench.Studies.LaunchAsync(Request($"echo loss=1; cp '{folder["brightness.onnx"]}' model.onnx; printf 'dark\\nbright\\n' > labels.txt", trials: 1));
        await workbench.CompletedAsync("study");

        var version = await BuildAsync(workbench);

        Assert.True(version.IsServable);
        var package = await workbench.Get<ModelPackages>().OpenAsync("study", version);
        Assert.Equal(["dark", "bright"], package.Manifest.Classes);
        Assert.Equal((Study.OfCommand, 1), (package.Manifest.Pipeline, package.Manifest.Metrics["loss"]));
        Assert.Equal(("study", 1), await workbench.Get<Predictor>().DefaultAsync());
    }

    private static async Task<ModelVersion> BuildAsync(TestWorkbench workbench)
    {
        var promotion = await workbench.Get<ModelRegistry>().PromoteAsync("study");
        var run = await workbench.Get<ChangeFeed>().UntilAsync(
            change => change.RunId == promotion.Run, () => workbench.Queries.RunAsync(promotion.Run), run => run.State != TrialState.Running).WaitAsync(TestWorkbench.Limit);
        Assert.Equal((TrialState.Complete, null), (run.State, run.Error));
        return Assert.Single((await workbench.Get<ModelRegistry>().GetAsync("study")).Versions);
    }

    private static Task<TestWorkbench> StartAsync(int workers = 2) =>
        TestWorkbench.StartAsync(workers, more: services => services.PostConfigure<CommandOptions>(options => options.Allow = true));

    private static StudyRequest Request(string script, int trials, params string[] arguments) => new(
        "study", trials, Jobs: 2, Study.OfCommand, Seed: 1, SearchSpace: Space, Metric: "loss",
        Command: new CommandText(["sh", "-c", script, "sh", .. arguments]), Grace: 0.2);
}
