using System.Diagnostics;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Workbench.Tests.Commands;

namespace Workbench.Tests.Api;

/// <summary>The clients in docs/clients, as they are told there, against a server.</summary>
[Collection(ServedCollection.Name)]
public class ClientTests(ServedWorkbench workbench)
{
    private static readonly string Clients = Path.Combine(AppContext.BaseDirectory, "clients");

    [SkippableFact]
    public async Task The_Python_client_searches_prunes_and_lets_failures_be()
    {
        var study = $"python-{Guid.NewGuid():N}";
        const string Program =
            """
            import sys, workbench

            def objective(trial):
                x = trial.params["x"]
                if trial.number == 1:
                    raise ValueError("no luck")
                for step in range(3):
                    if not trial.report(step, value=(x - 0.3) ** 2 + (20 if trial.number == 2 else 0)):
                        raise workbench.Ended
                return (x - 0.3) ** 2

            study = workbench.study(sys.argv[1], sys.argv[2], trials=12, direction="minimize", seed=1,
                                    pruner={"type": "threshold", "upper": 10},
                                    space={"x": {"type": "float", "low": -1, "high": 1}})
            study.optimize(objective)
            print(study.read()["best"]["value"])
            """;

        // Two at a time: they join, and share the trials.
        var outputs = await Task.WhenAll(
            RunAsync("python3", "-c", Program, $"{workbench.Url}", study), RunAsync("python3", "-c", Program, $"{workbench.Url}", study));

        var counts = (await workbench.Client.GetFromJsonAsync<JsonNode>($"/api/studies/{study}"))!["counts"]!;
        Assert.Equal((10, 1, 1), ((int)counts["complete"]!, (int)counts["failed"]!, (int)counts["pruned"]!));
        Assert.All(outputs, best => Assert.InRange(double.Parse(best, System.Globalization.CultureInfo.InvariantCulture), 0, 1));
        var failed = (await workbench.Client.GetFromJsonAsync<JsonArray>($"/api/studies/{study}/trials"))!.Single(trial => (string?)trial!["state"] == "failed");
        Assert.Equal("ValueError: no luck", (string?)failed!["error"]);
    }

    [SkippableFact]
    public async Task The_script_with_curl_runs_a_study_to_its_end()
    {
        var study = $"curl-{Guid.NewGuid():N}";

        await RunAsync("bash", Path.Combine(Clients, "search.sh"), $"{workbench.Url}".TrimEnd('/'), study, "5");

        var ended = (await workbench.Client.GetFromJsonAsync<JsonNode>($"/api/studies/{study}"))!;
        Assert.Equal(("completed", 5), ((string?)ended["state"], (int)ended["counts"]!["complete"]!));
    }

    private static async Task<string> RunAsync(string program, params string[] arguments)
    {
        foreach (var needed in new[] { program, "curl" })
        {
            Skip.IfNot(Environment.GetEnvironmentVariable("PATH")!.Split(':').Any(folder => File.Exists(Path.Combine(folder, needed))), $"{needed} is not installed.");
        }
        using var process = Process.Start(new ProcessStartInfo(program, arguments)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            Environment = { ["PYTHONPATH"] = Clients, ["PYTHONDONTWRITEBYTECODE"] = "1" },
        })!;
        var (output, errors) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        await process.WaitForExitAsync();
        Assert.True(process.ExitCode == 0, await errors);
        return await output;
    }
}
