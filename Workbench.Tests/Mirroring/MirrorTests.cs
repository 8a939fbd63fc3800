using System.Text.Json.Nodes;
using Microsoft.EntityFrameworkCore;
using Workbench.Core.Search;
using Workbench.Core.Tracking;
using Workbench.Tests.Commands;
using Workbench.Tests.Mlflow;

namespace Workbench.Tests.Mirroring;

/// <summary>The tracking server is a workbench, which speaks MLflow's REST API.</summary>
[Collection(MlflowCollection.Name)]
public class MirrorTests(ServedWorkbench team)
{
    private readonly RemoteServer _remote = new(team.Client);

    [Fact]
    public async Task A_study_arrives_with_all_its_trials_their_parameters_and_every_value()
    {
        await using var workbench = await MirroredWorkbench.StartAsync(team.Url);
        var study = await workbench.SeedAsync(trials: 12);

        await workbench.SentAsync();

        var tags = MlflowClient.Pairs((await _remote.ExperimentAsync(study.Name))["tags"]);
        Assert.Equal(("transfer", "mnist", "val_accuracy"), (tags["workbench.pipeline"], tags["workbench.dataset"], tags["workbench.metric"]));
        await SameStudy.AssertAsync(workbench, _remote, study);
        var runs = (await _remote.RunsAsync(study.Name)).ToDictionary(run => (string)run.Run["info"]!["run_name"]!, run => run.Run);
        Assert.Equal(("FINISHED", "FAILED"), ((string?)runs["trial-0"]["info"]!["status"], (string?)runs["trial-3"]["info"]!["status"]));
        Assert.Equal("pruned", MlflowClient.Pairs(runs["trial-4"]["data"]!["tags"])["workbench.state"]);
        await using var db = workbench.Db();
        var failed = await db.Runs.SingleAsync(run => run.Number == 3);
        Assert.Equal(failed.Error, MlflowClient.Pairs(runs["trial-3"]["data"]!["tags"])["workbench.error"]);
        Assert.Equal((failed.StartedAt.ToUnixTimeMilliseconds(), failed.FinishedAt!.Value.ToUnixTimeMilliseconds()), ((long)runs["trial-3"]["info"]!["start_time"]!, (long)runs["trial-3"]["info"]!["end_time"]!));
    }

    [Fact]
    public async Task A_running_trial_is_followed_live_and_what_it_reports_late_arrives_at_its_end()
    {
        await using var workbench = await MirroredWorkbench.StartAsync(team.Url);
        var study = await workbench.LaunchAsync(trials: 1);
        var trial = workbench.Claim(study, "job");
        workbench.Runs.Report(trial.Lease, 2, new Dictionary<string, double> { ["loss"] = double.NaN, ["up"] = double.PositiveInfinity, ["down"] = double.NegativeInfinity });
        await workbench.SentAsync();

        var (_, running) = Assert.Single(await _remote.RunsAsync(study.Name));
        Assert.Equal("RUNNING", (string?)running["info"]!["status"]);
        Assert.Equal(["-Infinity", "NaN", "Infinity"], (await _remote.HistoryAsync(running)).Select(value => value.Value));

        workbench.Runs.Report(trial.Lease, 3, new Dictionary<string, double> { ["loss"] = 0.25 });
        await workbench.SentAsync();
        Assert.Equal(4, (await _remote.HistoryAsync(running)).Count);

        // Of a step that has passed, as after a crash of the database.
        workbench.Runs.Finish(trial.Lease, TrialState.Complete, 0.25, record: new TrialRecord(
            null,
            [
                new(1, new Dictionary<string, double> { ["loss"] = 0.75 }),
                new(2, new Dictionary<string, double> { ["loss"] = double.NaN, ["up"] = double.PositiveInfinity, ["down"] = double.NegativeInfinity }),
                new(3, new Dictionary<string, double> { ["loss"] = 0.25 }),
            ]));
        await workbench.SentAsync();
        await SameStudy.AssertAsync(workbench, _remote, study);
        var ended = Assert.Single(await _remote.RunsAsync(study.Name)).Run;
        Assert.Equal("FINISHED", (string?)ended["info"]!["status"]);
        // The objective, which was told and not reported.
        Assert.Equal(0.25, (double)ended["data"]!["metrics"]!.AsArray().Single(metric => (string)metric!["key"]! == study.Metric)!["value"]!);
    }

    [Fact]
    public async Task More_values_and_params_than_a_request_takes_arrive_and_what_is_too_long_shows_that_it_was_cut()
    {
        await using var workbench = await MirroredWorkbench.StartAsync(team.Url);
        var study = await workbench.LaunchAsync(trials: 1);
        var trial = workbench.Runs.Claim(study.Id, 0, "job", "test:1")!;
        var parameters = new ParameterSet(Enumerable.Range(0, 230).Select(i => new KeyValuePair<string, ParameterValue>($"p{i}", i == 0 ? new string('x', 7000) : $"{i}")));
        workbench.Runs.SetParams(trial.Lease, parameters);
        for (var step = 1; step <= 900; step++)
        {
            workbench.Runs.Report(trial.Lease, step, new Dictionary<string, double> { ["a"] = step, ["b"] = -step, [study.Metric] = 1.0 / step });
        }
        workbench.Runs.Finish(trial.Lease, TrialState.Complete, 0.5);

        await workbench.SentAsync();

        var run = Assert.Single(await _remote.RunsAsync(study.Name)).Run;
        var arrived = MlflowClient.Pairs(run["data"]!["params"]);
        Assert.Equal((230, 6000, '…'), (arrived.Count, arrived["p0"].Length, arrived["p0"][^1]));
        Assert.All(Enumerable.Range(1, 229), i => Assert.Equal($"{i}", arrived[$"p{i}"]));
        Assert.Equal(2700, (await _remote.HistoryAsync(run)).Count);
    }

    [Fact]
    public async Task A_version_is_registered_with_its_files_and_aliases_move_as_they_do_here()
    {
        await using var workbench = await MirroredWorkbench.StartAsync(team.Url);
        var study = await workbench.SeedAsync(trials: 1);
        var (model, first) = await workbench.BuildAsync(study, ("model.onnx", [1, 2, 3]), ("more/labels 1.txt", "a\nb"u8.ToArray()));
        await workbench.SentAsync();

        var version = await VersionAsync(study.Name, "1");
        var path = ((string)version["source"]!)["mlflow-artifacts:/".Length..];
        Assert.Equal([1, 2, 3], await team.Client.GetByteArrayAsync($"/api/2.0/mlflow-artifacts/artifacts/{path}/model.onnx"));
        Assert.Equal("a\nb", await team.Client.GetStringAsync($"/api/2.0/mlflow-artifacts/artifacts/{path}/more/labels%201.txt"));
        Assert.Equal("1", (await AliasesAsync(study.Name))["production"]);

        await workbench.BuildAsync(study, ("model.onnx", [4]));
        await workbench.AliasAsync(model, "candidate", first);
        await workbench.SentAsync();
        Assert.Equal(("2", "1"), ((await AliasesAsync(study.Name))["production"], (await AliasesAsync(study.Name))["candidate"]));

        await workbench.AliasAsync(model, "production", first);
        await workbench.Get<Core.Registry.ModelRegistry>().RemoveAliasAsync(model.Name, "candidate");
        await workbench.SentAsync();
        Assert.Equal(new Dictionary<string, string> { ["production"] = "1" }, await AliasesAsync(study.Name));
    }

    [Fact]
    public async Task Notes_tags_and_names_that_change_later_change_there_too()
    {
        await using var workbench = await MirroredWorkbench.StartAsync(team.Url);
        var study = await workbench.SeedAsync(trials: 1);
        await using var db = workbench.Db();
        var run = await db.Runs.SingleAsync();
        await db.Runs.ExecuteUpdateAsync(set => set.SetProperty(r => r.Note, "first").SetProperty(r => r.Tags, new Dictionary<string, string> { ["kept"] = "1", ["gone"] = "1" }));
        await db.NotifyAsync(new Change(ChangeKind.Note, study.Id, run.Id), CancellationToken.None);
        await workbench.SentAsync();

        await workbench.Get<ExperimentStore>().RenameAsync(study.Id, $"{study.Name} anew");
        await db.Runs.ExecuteUpdateAsync(set => set.SetProperty(r => r.Note, "second").SetProperty(r => r.Tags, new Dictionary<string, string> { ["kept"] = "2" }));
        await db.NotifyAsync(new Change(ChangeKind.Note, study.Id, run.Id), CancellationToken.None);
        await workbench.SentAsync();

        var tags = MlflowClient.Pairs(Assert.Single(await _remote.RunsAsync($"{study.Name} anew")).Run["data"]!["tags"]);
        Assert.Equal(("2", "second", false), (tags["kept"], tags["mlflow.note.content"], tags.ContainsKey("gone")));
    }

    [Fact]
    public async Task A_trial_that_is_begun_again_is_there_once_with_the_values_of_its_last_attempt()
    {
        await using var workbench = await MirroredWorkbench.StartAsync(team.Url);
        var study = await workbench.LaunchAsync(trials: 1);
        var first = workbench.Claim(study, "job");
        workbench.Runs.Report(first.Lease, 1, new Dictionary<string, double> { ["loss"] = 9, ["only_then"] = 9 });
        await workbench.SentAsync();
        var former = (string)Assert.Single(await _remote.RunsAsync(study.Name)).Run["info"]!["run_id"]!;

        var second = workbench.Runs.Claim(study.Id, 0, "job", "test:2")!;
        workbench.Runs.Report(second.Lease, 1, new Dictionary<string, double> { ["loss"] = 1 });
        workbench.Runs.Finish(second.Lease, TrialState.Complete, 1);
        await workbench.SentAsync();

        await SameStudy.AssertAsync(workbench, _remote, study);
        Assert.Equal("deleted", (string?)(await _remote.Mlflow.ReadAsync(former))["info"]!["lifecycle_stage"]);
    }

    [Fact]
    public async Task A_name_that_is_taken_there_by_something_else_stays_its_own()
    {
        await using var workbench = await MirroredWorkbench.StartAsync(team.Url);
        var study = await workbench.LaunchAsync(trials: 0);
        var taken = await _remote.Mlflow.ExperimentAsync($"{study.Name} taken");
        await _remote.Mlflow.PostAsync("registered-models/create", new JsonObject { ["name"] = study.Name }.ToJsonString());
        await workbench.SentAsync();

        await workbench.Get<ExperimentStore>().RenameAsync(study.Id, $"{study.Name} taken");
        await workbench.BuildAsync(study, ("model.onnx", [1]));
        await workbench.SentAsync();

        var beside = await BesideAsync(study);
        Assert.Single(await _remote.RunsAsync(beside));
        Assert.Empty(await _remote.RunsAsync($"{study.Name} taken"));
        Assert.Equal(taken, (string?)(await _remote.ExperimentAsync($"{study.Name} taken"))["experiment_id"]);
        var models = await _remote.Mlflow.GetAsync($"registered-models/search?filter={Uri.EscapeDataString($"name LIKE '{study.Name}%'")}");
        Assert.Equal([false, true], models["registered_models"]!.AsArray().Select(model => model!["latest_versions"] is not null));
    }

    private async Task<string> BesideAsync(Study study)
    {
        var found = await _remote.Mlflow.PostAsync("experiments/search", $$"""{"max_results": 10, "filter": "name LIKE '{{study.Name}} taken (workbench %'"}""");
        return (string)Assert.Single(found["experiments"]!.AsArray())!["name"]!;
    }

    private async Task<JsonNode> VersionAsync(string model, string version) =>
        (await _remote.Mlflow.GetAsync($"model-versions/get?name={Uri.EscapeDataString(model)}&version={version}"))["model_version"]!;

    private async Task<Dictionary<string, string>> AliasesAsync(string model) =>
        ((await _remote.Mlflow.GetAsync($"registered-models/get?name={Uri.EscapeDataString(model)}"))["registered_model"]!["aliases"]?.AsArray() ?? [])
            .ToDictionary(alias => (string)alias!["alias"]!, alias => (string)alias!["version"]!);
}
