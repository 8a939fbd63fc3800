using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Workbench.Tests.Commands;

namespace Workbench.Tests.Api;

/// <summary>Studies whose trials clients ask for, and train by themselves.</summary>
[Collection(ServedCollection.Name)]
public class AskApiTests(ServedWorkbench workbench)
{
    private static readonly JsonObject Space = new() { ["x"] = new JsonObject { ["type"] = "float", ["low"] = 0, ["high"] = 1 } };

    [Fact]
    public async Task Clients_that_ask_run_each_trial_of_the_budget_once()
    {
        const int Trials = 60;
        var study = await LaunchAsync(Trials);

        var numbers = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(() => RunAllAsync(study))));

        Assert.Equal(Enumerable.Range(0, Trials), numbers.SelectMany(own => own).Order());
        var ended = await GetAsync($"/api/studies/{study}");
        Assert.Equal(("completed", Trials), ((string?)ended["state"], (int)ended["counts"]!["complete"]!));
        Assert.Equal("minimize", (string?)ended["direction"]);
        var best = (await GetAsync($"/api/studies/{study}/trials")).AsArray().MinBy(trial => (double)trial!["value"]!)!;
        Assert.Equal((int)best["number"]!, (int)ended["best"]!["number"]!);
    }

    [Fact]
    public async Task A_value_that_was_reported_last_need_not_be_told()
    {
        var study = await LaunchAsync(1);
        var trial = await AskAsync(study);

        Assert.True((bool)(await ReportAsync(study, trial, 1, 0.5))["continue"]!);
        Assert.True((bool)(await ReportAsync(study, trial, 2, 0.25))["continue"]!);
        var told = await TellAsync(study, trial, []);

        Assert.Equal((0.25, "complete", false), ((double)told["value"]!, (string?)told["state"], (bool)told["more"]!));
    }

    [Fact]
    public async Task An_outcome_may_be_told_twice_and_counts_once()
    {
        var study = await LaunchAsync(2);
        var trial = await AskAsync(study);

        await TellAsync(study, trial, new() { ["value"] = 1 });
        await TellAsync(study, trial, new() { ["value"] = 1 });

        Assert.Equal(1, (int)(await GetAsync($"/api/studies/{study}"))["counts"]!["finished"]!);
    }

    [Fact]
    public async Task The_trial_of_a_silent_client_goes_to_the_next_and_a_late_answer_is_refused()
    {
        var study = await LaunchAsync(1, silence: 1);
        var first = await AskAsync(study);

        var second = await UntilGivenAsync(study);

        Assert.Equal((int)first["number"]!, (int)second["number"]!);
        Assert.Equal(first["params"]!.ToJsonString(), second["params"]!.ToJsonString());
        var late = await PostAsync(study, first, "tell", new() { ["value"] = 7 });
        Assert.Equal(HttpStatusCode.Conflict, late.StatusCode);
        await TellAsync(study, second, new() { ["value"] = 3 });
        Assert.Equal(3, (double)(await GetAsync($"/api/studies/{study}"))["best"]!["value"]!);
    }

    [Fact]
    public async Task A_study_that_was_deleted_is_gone_for_its_clients_and_one_of_its_name_is_another()
    {
        var study = await LaunchAsync(5);
        var trial = await AskAsync(study);
        (await workbench.Client.DeleteAsync($"/api/studies/{study}")).EnsureSuccessStatusCode();

        Assert.Equal(HttpStatusCode.NotFound, (await workbench.Client.PostAsJsonAsync($"/api/studies/{study}/ask", new { })).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await PostAsync(study, trial, "report", [])).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await PostAsync(study, trial, "tell", new() { ["value"] = 1 })).StatusCode);

        await LaunchAsync(5, name: study);
        var other = await AskAsync(study);
        Assert.Equal(0, (int)other["number"]!);
        Assert.Equal(HttpStatusCode.BadRequest, (await PostAsync(study, trial, "tell", new() { ["value"] = 1 })).StatusCode);
        await TellAsync(study, other, new() { ["value"] = 1 });
    }

    [Fact]
    public async Task The_same_key_gets_the_same_trial_again()
    {
        var study = await LaunchAsync(5);

        var (first, again, other) = (await AskAsync(study, "one"), await AskAsync(study, "one"), await AskAsync(study, "two"));

        Assert.Equal((0, 0, 1), ((int)first["number"]!, (int)again["number"]!, (int)other["number"]!));
    }

    [Fact]
    public async Task A_hopeless_trial_is_pruned_by_its_report()
    {
        var study = await LaunchAsync(4, pruner: new() { ["type"] = "threshold", ["upper"] = 10 });
        var trial = await AskAsync(study);

        var report = await ReportAsync(study, trial, 1, 11);

        Assert.Equal((false, "pruned"), ((bool)report["continue"]!, (string?)report["state"]));
        Assert.Equal("pruned", (string?)(await TellAsync(study, trial, new() { ["state"] = "pruned" }))["state"]);
        Assert.Equal(1, (int)(await GetAsync($"/api/studies/{study}"))["counts"]!["pruned"]!);
    }

    [Fact]
    public async Task A_client_learns_from_its_report_that_the_study_was_stopped_and_the_trial_starts_over_when_it_is_resumed()
    {
        var study = await LaunchAsync(2);
        var trial = await AskAsync(study);
        (await workbench.Client.PostAsync($"/api/studies/{study}/stop", null)).EnsureSuccessStatusCode();

        Assert.Equal("stopped", (string?)(await ReportAsync(study, trial, 1, 1))["state"]);
        Assert.Equal(HttpStatusCode.NoContent, (await workbench.Client.PostAsync($"/api/studies/{study}/ask", null)).StatusCode);
        (await workbench.Client.PostAsync($"/api/studies/{study}/resume", null)).EnsureSuccessStatusCode();
        var again = await AskAsync(study);

        Assert.Equal(((int)trial["number"]!, 2), ((int)again["number"]!, (int)again["attempt"]!));
    }

    [Fact]
    public async Task A_failure_keeps_its_reason()
    {
        var study = await LaunchAsync(2);
        var trial = await AskAsync(study);

        await TellAsync(study, trial, new() { ["error"] = "Out of memory." });

        var failed = (await GetAsync($"/api/studies/{study}/trials"))[0]!;
        Assert.Equal(("failed", "Out of memory."), ((string?)failed["state"], (string?)failed["error"]));
    }

    [Theory]
    [InlineData("""{"dataset": "mnist"}""", "dataset")]
    [InlineData("""{"silence": 0.5}""", "silence")]
    [InlineData("""{"searchSpace": {}}""", "searchSpace")]
    [InlineData("""{"pipeline": "transfer"}""", "direction")]
    public async Task What_does_not_fit_is_refused_by_its_field(string change, string field)
    {
        var request = Request("refused", 1);
        foreach (var (name, value) in JsonNode.Parse(change)!.AsObject())
        {
            request[name] = value!.DeepClone();
        }

        var answer = await workbench.Client.PostAsJsonAsync("/api/studies", request);

        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.Contains(field, JsonNode.Parse(await answer.Content.ReadAsStringAsync())!["errors"]!.AsObject().Select(fault => fault.Key));
    }

    [Theory]
    [InlineData("report", """{"step": -1, "metrics": {"value": 1}}""", "step")]
    [InlineData("report", """{"metrics": {"value": 1}}""", "step")]
    [InlineData("tell", "{}", "value")]
    [InlineData("tell", """{"state": "running"}""", "state")]
    [InlineData("tell", """{"token": "0.0.0.0", "value": 1}""", "token")]
    public async Task What_a_client_says_wrongly_is_refused_by_its_field(string what, string body, string field)
    {
        var study = await LaunchAsync(1);
        var trial = await AskAsync(study);

        var answer = await PostAsync(study, trial, what, JsonNode.Parse(body)!.AsObject());

        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.Contains(field, JsonNode.Parse(await answer.Content.ReadAsStringAsync())!["errors"]!.AsObject().Select(fault => fault.Key));
    }

    [Fact]
    public async Task Only_the_trials_of_an_external_study_can_be_asked_for()
    {
        await workbench.LaunchAsync("inner");

        Assert.Equal(HttpStatusCode.Conflict, (await workbench.Client.PostAsync("/api/studies/inner/ask", null)).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await workbench.Client.PostAsync("/api/studies/unknown/ask", null)).StatusCode);
    }

    [Fact]
    public async Task An_external_study_is_not_promoted()
    {
        var study = await LaunchAsync(1);
        await TellAsync(study, await AskAsync(study), new() { ["value"] = 1 });

        Assert.Equal(HttpStatusCode.Conflict, (await workbench.Client.PostAsync($"/api/studies/{study}/promote", null)).StatusCode);
    }

    private static JsonObject Request(string name, int trials) => new()
    {
        ["name"] = name,
        ["trials"] = trials,
        ["pipeline"] = "external",
        ["direction"] = "minimize",
        ["searchSpace"] = Space.DeepClone(),
        ["seed"] = 1,
    };

    private async Task<string> LaunchAsync(int trials, double? silence = null, JsonObject? pruner = null, string? name = null)
    {
        var request = Request(name ?? $"asked-{Guid.NewGuid():N}", trials);
        (request["silence"], request["pruner"]) = (silence, pruner);
        (await workbench.Client.PostAsJsonAsync("/api/studies", request)).EnsureSuccessStatusCode();
        return (string)request["name"]!;
    }

    private async Task<List<int>> RunAllAsync(string study)
    {
        var numbers = new List<int>();
        while (await TryAskAsync(study) is { } trial)
        {
            var x = (double)trial["params"]!["x"]!;
            await ReportAsync(study, trial, 1, x);
            await TellAsync(study, trial, new() { ["value"] = (x - 0.3) * (x - 0.3) });
            numbers.Add((int)trial["number"]!);
        }
        return numbers;
    }

    private async Task<JsonNode> UntilGivenAsync(string study)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromMinutes(1));
        using var pause = new PeriodicTimer(TimeSpan.FromMilliseconds(100));
        do
        {
            if (await TryAskAsync(study) is { } trial)
            {
                return trial;
            }
        }
        while (await pause.WaitForNextTickAsync(limit.Token));
        throw new InvalidOperationException();
    }

    private async Task<JsonNode> AskAsync(string study, string? key = null) => await TryAskAsync(study, key) ?? throw new InvalidOperationException("Nothing was given.");

    private async Task<JsonNode?> TryAskAsync(string study, string? key = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, $"/api/studies/{study}/ask");
        if (key is not null)
        {
            request.Headers.Add("Idempotency-Key", key);
        }
        using var answer = (await workbench.Client.SendAsync(request)).EnsureSuccessStatusCode();
        return answer.StatusCode == HttpStatusCode.NoContent ? null : JsonNode.Parse(await answer.Content.ReadAsStringAsync());
    }

    private Task<JsonNode> ReportAsync(string study, JsonNode trial, int step, double value) =>
        ReadAsync(PostAsync(study, trial, "report", new() { ["step"] = step, ["metrics"] = new JsonObject { ["value"] = value } }));

    private Task<JsonNode> TellAsync(string study, JsonNode trial, JsonObject outcome) => ReadAsync(PostAsync(study, trial, "tell", outcome));

    private Task<HttpResponseMessage> PostAsync(string study, JsonNode trial, string what, JsonObject body)
    {
        body["token"] ??= trial["token"]!.DeepClone();
        return workbench.Client.PostAsJsonAsync($"/api/studies/{study}/trials/{(int)trial["number"]!}/{what}", body);
    }

    private static async Task<JsonNode> ReadAsync(Task<HttpResponseMessage> sending)
    {
        using var answer = await sending;
        var text = await answer.Content.ReadAsStringAsync();
        Assert.True(answer.IsSuccessStatusCode, text);
        return JsonNode.Parse(text)!;
    }

    private async Task<JsonNode> GetAsync(string path) => (await workbench.Client.GetFromJsonAsync<JsonNode>(path))!;
}
