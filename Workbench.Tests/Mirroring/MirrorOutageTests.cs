using System.Diagnostics;
using System.Net;
using Microsoft.EntityFrameworkCore;
using Workbench.Core.Artifacts;
using Workbench.Core.Backups;
using Workbench.Core.Tracking;
using Workbench.Tests.Commands;
using Workbench.Tests.Mlflow;
using Workbench.Tests.Studies;
using Workbench.Tests.Tracking;

namespace Workbench.Tests.Mirroring;

/// <summary>Whatever is away or dies: afterwards everything is there, and nothing twice.</summary>
[Collection(MlflowCollection.Name)]
public sealed class MirrorOutageTests(ServedWorkbench team) : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly RemoteServer _remote = new(team.Client);

    [Fact]
    public async Task What_a_server_that_is_away_has_missed_is_sent_when_it_is_back()
    {
        using var way = new Way { IsClosed = true };
        await using var workbench = await MirroredWorkbench.StartAsync(team.Url, way);
        var study = await workbench.SeedAsync(trials: 30);
        Assert.NotNull((await workbench.UntilAsync(status => status is { Trouble: not null, Waiting: 31 })).TroubleSince);

        // It goes away again in the middle, and answers get lost.
        var requests = 0;
        way.Loses = _ => Interlocked.Increment(ref requests) is 20 or 21 or 45;
        way.IsClosed = false;
        await workbench.SentAsync();

        Assert.True(requests > 45, $"{requests} requests");
        await SameStudy.AssertAsync(workbench, _remote, study);
    }

    [Theory]
    [InlineData(HttpStatusCode.TooManyRequests, false)]
    [InlineData(HttpStatusCode.ServiceUnavailable, false)]
    [InlineData(HttpStatusCode.ServiceUnavailable, true)]
    public async Task A_server_that_says_when_to_ask_again_is_not_asked_before(HttpStatusCode status, bool saysMoment)
    {
        var wait = TimeSpan.FromSeconds(3);
        var (told, asked) = (0L, new TaskCompletionSource<TimeSpan>(TaskCreationOptions.RunContinuationsAsynchronously));
        using var way = new Way
        {
            Answers = () =>
            {
                if (Interlocked.CompareExchange(ref told, Stopwatch.GetTimestamp(), 0) is not 0 and var then)
                {
                    asked.TrySetResult(Stopwatch.GetElapsedTime(then));
                    return null;
                }
                return new HttpResponseMessage(status)
                {
                    Content = new StringContent("wait"),
                    Headers = { RetryAfter = saysMoment ? new(DateTimeOffset.UtcNow + wait) : new(wait) },
                };
            },
        };
        await using var workbench = await MirroredWorkbench.StartAsync(team.Url, way);
        var study = await workbench.SeedAsync(trials: 2);

        // By itself it waits a quarter of a second. A moment is told in whole seconds.
        var waited = await asked.Task.WaitAsync(TestWorkbench.Limit);
        Assert.True(waited > wait - TimeSpan.FromSeconds(1.1), $"{waited}");
        await workbench.SentAsync();
        await SameStudy.AssertAsync(workbench, _remote, study);
    }

    [Theory]
    [InlineData("/experiments/create")]
    [InlineData("/runs/create")]
    [InlineData("/runs/log-batch")]
    [InlineData("/runs/update")]
    [InlineData("/registered-models/create")]
    [InlineData("/model-versions/create")]
    public async Task A_process_that_dies_after_the_server_has_done_it_and_before_that_is_noted_does_nothing_twice(string request)
    {
        await using var database = await PostgresFixture.CreateDatabaseAsync();
        var artifacts = new LocalArtifactStore(_folder.Path);
        Study study;
        using (var way = new Way())
        {
            await using var dying = await MirroredWorkbench.StartAsync(team.Url, way, database.ConnectionString, artifacts: artifacts);
            // From there on it gets no answer.
            way.Loses = path =>
            {
                way.IsClosed |= path.EndsWith(request, StringComparison.Ordinal);
                return way.IsClosed;
            };
            study = await dying.SeedAsync(trials: 6);
            await dying.BuildAsync(study, ("model.onnx", [1]));
            await way.HasLost.Task.WaitAsync(TestWorkbench.Limit);
        }

        await using var next = await MirroredWorkbench.StartAsync(team.Url, connectionString: database.ConnectionString, artifacts: artifacts);
        await next.SentAsync();

        await SameStudy.AssertAsync(next, _remote, study);
        var versions = await _remote.Mlflow.GetAsync($"model-versions/search?filter={Uri.EscapeDataString($"name = '{study.Name}'")}");
        Assert.Single(versions["model_versions"]!.AsArray());
    }

    [Fact]
    public async Task A_restored_backup_that_knows_less_than_the_server_sends_nothing_twice()
    {
        await using var database = await PostgresFixture.CreateDatabaseAsync();
        var artifacts = new LocalArtifactStore(_folder["artifacts"]);
        Study study;
        await using (var workbench = await MirroredWorkbench.StartAsync(team.Url, connectionString: database.ConnectionString, artifacts: artifacts))
        {
            study = await workbench.SeedAsync(trials: 2);
            await workbench.SentAsync();
            await using (var file = File.Create(_folder["backup.zip"]))
            {
                await new Backup(workbench.Get<Database>(), artifacts, TimeProvider.System).WriteAsync(file);
            }
            // These the backup does not have; those of the restored database get the same places.
            await using var db = workbench.Db();
            await SeededStudy.ArriveAsync(db, study, 2);
            await db.Runs.Where(run => run.Number == 0).ExecuteUpdateAsync(set => set.SetProperty(run => run.StartedAt, DateTimeOffset.UtcNow).SetProperty(run => run.Attempt, 2));
            await db.NotifyAsync(new Change(ChangeKind.Run, study.Id), CancellationToken.None);
            await workbench.SentAsync();
            Assert.Equal(3, (await _remote.RunsAsync(study.Name)).Count);
        }
        await using (var restored = new Database(database.ConnectionString))
        {
            await new Restoration(restored, artifacts).RunAsync(_folder["backup.zip"], mayReplace: true);
        }

        await using var next = await MirroredWorkbench.StartAsync(team.Url, connectionString: database.ConnectionString, artifacts: artifacts);
        await next.SentAsync();
        await using (var db = next.Db())
        {
            await db.Runs.Where(run => run.Number == 0).ExecuteUpdateAsync(set => set.SetProperty(run => run.StartedAt, DateTimeOffset.UtcNow).SetProperty(run => run.Attempt, 2));
            await db.NotifyAsync(new Change(ChangeKind.Run, study.Id), CancellationToken.None);
        }
        await next.SentAsync();

        // What was done after the backup, and never will be again here, stays there.
        Assert.Equal([1, 1, 1], (await _remote.RunsAsync(study.Name)).GroupBy(run => run.Origin).Select(runs => runs.Count()));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_server_that_has_lost_a_study_gets_it_anew_and_one_that_deleted_it_does_not(bool hasCompared)
    {
        await using var database = await PostgresFixture.CreateDatabaseAsync();
        Study lost, deleted;
        await using (var workbench = await MirroredWorkbench.StartAsync(team.Url, connectionString: database.ConnectionString))
        {
            (lost, deleted) = (await workbench.SeedAsync(trials: 2), await workbench.SeedAsync(trials: 2));
            await workbench.SentAsync();
        }
        // The same key is that of something else there now.
        var other = (string)(await _remote.ExperimentAsync(lost.Name))["experiment_id"]!;
        await _remote.Mlflow.PostAsync("experiments/set-experiment-tag", $$"""{"experiment_id": "{{other}}", "key": "workbench.experiment", "value": "another"}""");
        await _remote.Mlflow.PostAsync("experiments/update", $$"""{"experiment_id": "{{other}}", "new_name": "{{lost.Name}} other"}""");
        var gone = (string)(await _remote.ExperimentAsync(deleted.Name))["experiment_id"]!;
        await _remote.Mlflow.PostAsync("experiments/delete", $$"""{"experiment_id": "{{gone}}"}""");

        await using var next = await MirroredWorkbench.StartAsync(team.Url, connectionString: database.ConnectionString);
        if (hasCompared)
        {
            // From now on it looks at what changes alone.
            await next.SeedAsync(trials: 1);
            await next.SentAsync();
        }
        await using (var db = next.Db())
        {
            await SeededStudy.ArriveAsync(db, lost, 2);
            await SeededStudy.ArriveAsync(db, deleted, 2);
        }
        var status = await next.UntilAsync(status => status is { Trouble: null, Waiting: 0, Refused.Count: > 0 });

        await SameStudy.AssertAsync(next, _remote, lost);
        Assert.Contains(deleted.Name, Assert.Single(status.Refused).What);
        Assert.Equal(2, (await _remote.RunsAsync($"{lost.Name} other")).Count);
    }

    [Fact]
    public async Task One_run_that_is_refused_does_not_hinder_the_others()
    {
        await using var workbench = await MirroredWorkbench.StartAsync(team.Url);
        var study = await workbench.SeedAsync(trials: 3);
        await workbench.SentAsync();
        var runs = (await _remote.RunsAsync(study.Name)).ToDictionary(run => run.Origin, run => (string)run.Run["info"]!["run_id"]!);
        await using var db = workbench.Db();
        var refused = await db.Runs.SingleAsync(run => run.Number == 1);
        await _remote.Mlflow.PostAsync("runs/delete", $$"""{"run_id": "{{runs[$"{refused.Uuid:N}"]}}"}""");

        await db.Runs.ExecuteUpdateAsync(set => set.SetProperty(run => run.Tags, new Dictionary<string, string> { ["late"] = "1" }));
        await db.NotifyAsync(new Change(ChangeKind.Note, study.Id), CancellationToken.None);

        var status = await workbench.UntilAsync(status => status is { Trouble: null, Waiting: 0, Refused.Count: 1 });
        Assert.Contains("trial-1", status.Refused[0].What);
        Assert.All(await _remote.RunsAsync(study.Name), run => Assert.Equal("1", MlflowClient.Pairs(run.Run["data"]!["tags"])["late"]));
    }

    [Fact]
    public async Task One_run_at_which_the_server_fails_again_and_again_does_not_hinder_the_others()
    {
        using var way = new Way { Fails = message => message.Contains("\"trial-1\"", StringComparison.Ordinal) };
        await using var workbench = await MirroredWorkbench.StartAsync(team.Url, way);
        var study = await workbench.SeedAsync(trials: 3);

        var status = await workbench.UntilAsync(status => status is { Trouble: null, Waiting: 0, Refused.Count: 1 });

        Assert.Contains("trial-1", status.Refused[0].What);
        Assert.Equal(2, (await _remote.RunsAsync(study.Name)).Count);
    }

    [Fact]
    public async Task A_workbench_that_is_pointed_at_itself_sends_nothing()
    {
        await using var workbench = await MirroredWorkbench.StartAsync(team.Url, connectionString: team.ConnectionString);
        var study = await workbench.SeedAsync(trials: 1);

        Assert.True((await workbench.UntilAsync(status => status.IsItself)).IsItself);

        var found = await _remote.Mlflow.PostAsync("experiments/search", $$"""{"max_results": 10, "filter": "name LIKE '{{study.Name}} (%'"}""");
        Assert.Null(found["experiments"]);
    }

    public void Dispose() => _folder.Dispose();
}
