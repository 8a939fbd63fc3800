using System.Globalization;
using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Workbench.Core.Search;
using Workbench.Core.Tracking;
using Workbench.Tests.Api;
using Workbench.Tests.Studies;

namespace Workbench.Tests.Commands;

/// <summary>The command line whose trials are programs of one's own.</summary>
public sealed class CommandTrialTests : IDisposable
{
    // As a client of MLflow does that finds a run in its environment: it resumes the run, logs, and ends it.
    private const string Logging =
        """
        call() { curl -sS --fail-with-body -H 'Content-Type: application/json' -d "$2" "$MLFLOW_TRACKING_URI/api/2.0/mlflow/runs/$1" || exit 9; }
        call update "{\"run_id\": \"$MLFLOW_RUN_ID\", \"status\": \"RUNNING\"}"
        call log-batch "{\"run_id\": \"$MLFLOW_RUN_ID\", \"params\": [{\"key\": \"x\", \"value\": \"$1 or so\"}, {\"key\": \"batch\", \"value\": \"32\"}],
            \"metrics\": [{\"key\": \"loss\", \"value\": 2, \"step\": 1, \"timestamp\": 1}, {\"key\": \"loss\", \"value\": $1, \"step\": 2, \"timestamp\": 2}]}"
        call update "{\"run_id\": \"$MLFLOW_RUN_ID\", \"status\": \"FINISHED\", \"end_time\": 3}"
        """;

    private readonly TemporaryFolder _data = new("[data]");

    public void Dispose() => _data.Dispose();

    [Fact]
    public async Task A_program_that_logs_to_MLflow_logs_into_its_trial()
    {
        await using var observer = await TestWorkbench.StartAsync(workers: 0);

        var (code, output, errors) = await WorkbenchProcess.RunAsync(observer.ConnectionString, Train(Logging, trials: 2));

        Assert.True(code == 0, $"{output}{errors}");
        var (study, counts, best) = await observer.Queries.GetAsync("own");
        Assert.Equal(2, counts.Complete);
        Assert.Contains(FormattableString.Invariant($"best loss {best!.Value:0.00000}"), output);
        foreach (var trial in await observer.Queries.TrialsAsync(study.Id))
        {
            Assert.Equal(trial.Params!.Double("x"), trial.Value);
            Assert.Equal("32", trial.Params.Text("batch"));
        }
    }

    [Fact]
    public async Task Nothing_survives_a_worker_that_is_killed()
    {
        await using var observer = await TestWorkbench.StartAsync(workers: 0);
        var told = Path.Combine(_data.Path, "told");
        await using var train = WorkbenchProcess.Start(observer.ConnectionString, Train($"(setsid sleep 1000 & echo $!) > '{told}'; mv '{told}' '{told}.id'; sleep 1000", trials: 1));
        var id = int.Parse((await UntilAsync(() => File.Exists($"{told}.id") ? File.ReadAllText($"{told}.id") : null)).Trim(), CultureInfo.InvariantCulture);
        Assert.True(Directory.Exists($"/proc/{id}"));

        await train.KillAsync();

        await UntilAsync(() => Directory.Exists($"/proc/{id}") ? null : "");
    }

    private string[] Train(string script, int trials)
    {
        File.WriteAllText(Path.Combine(_data.Path, "train.sh"), script);
        File.WriteAllText(Path.Combine(_data.Path, "space.json"), """{"x": {"type": "float", "low": 0, "high": 1}}""");
        return
        [
            "train", "--data", _data.Path, "--experiment-name", "own", "--num-trials", $"{trials}", "--num-jobs", "1", "--seed", "1",
            "--command", $"sh '{_data.Path}/train.sh' {{x}}", "--search-space", Path.Combine(_data.Path, "space.json"), "--metric", "loss",
        ];
    }

    private static async Task<string> UntilAsync(Func<string?> look)
    {
        using var limit = new CancellationTokenSource(TestWorkbench.Limit);
        using var pause = new PeriodicTimer(TimeSpan.FromMilliseconds(20));
        while (true)
        {
            if (look() is { } found)
            {
                return found;
            }
            await pause.WaitForNextTickAsync(limit.Token);
        }
    }
}

/// <summary>A server that may not run commands.</summary>
[Collection(ServedCollection.Name)]
public class ForbiddenCommandTests(ServedWorkbench workbench)
{
    [Theory]
    [InlineData("{}", HttpStatusCode.Forbidden, "pipeline")]
    [InlineData("""{"command": "echo 'half"}""", HttpStatusCode.BadRequest, "command")]
    [InlineData("""{"command": []}""", HttpStatusCode.BadRequest, "command")]
    [InlineData("""{"command": ["echo", "{y}"]}""", HttpStatusCode.BadRequest, "command")]
    [InlineData("""{"command": 5}""", HttpStatusCode.BadRequest, "command")]
    [InlineData("""{"timeLimit": 0}""", HttpStatusCode.BadRequest, "timeLimit")]
    [InlineData("""{"grace": -1}""", HttpStatusCode.BadRequest, "grace")]
    [InlineData("""{"silence": 5}""", HttpStatusCode.BadRequest, "silence")]
    [InlineData("""{"dataset": "mnist"}""", HttpStatusCode.BadRequest, "dataset")]
    [InlineData("""{"pipeline": "transfer"}""", HttpStatusCode.BadRequest, "command")]
    [InlineData("""{"searchSpace": null}""", HttpStatusCode.BadRequest, "searchSpace")]
    [InlineData("""{"searchSpace": {"a-b": {"type": "fixed", "value": 1}, "a_b": {"type": "fixed", "value": 1}}}""", HttpStatusCode.BadRequest, "searchSpace")]
    public async Task It_refuses_them_with_the_field_that_asks_for_it(string change, HttpStatusCode status, string field)
    {
        var request = JsonNode.Parse("""
            {"name": "forbidden", "trials": 1, "pipeline": "command", "command": "true", "searchSpace": {"x": {"type": "float", "low": 0, "high": 1}}}
            """)!.AsObject();
        foreach (var (name, value) in JsonNode.Parse(change)!.AsObject())
        {
            request[name] = value?.DeepClone();
        }

        using var answer = await workbench.Client.PostAsJsonAsync("/api/studies", request);

        var problem = JsonNode.Parse(await answer.Content.ReadAsStringAsync())!;
        Assert.Equal(status, answer.StatusCode);
        Assert.Contains(field, problem["errors"]!.AsObject().Select(fault => fault.Key));
    }
}
