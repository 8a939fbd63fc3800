using System.Diagnostics;
using System.Globalization;
using System.Net.Http.Json;
using System.Text.Json.Nodes;

namespace Workbench.Benchmarks;

/// <summary>Ask and tell from outside: 16 clients that do nothing else, so that the time is the server's, and theirs for HTTP and JSON.</summary>
internal static class AskTimes
{
    private const int Clients = 16;

    public static void Run(string[] args) => RunAsync(args.Length > 0 ? int.Parse(args[0], CultureInfo.InvariantCulture) : 5_000).GetAwaiter().GetResult();

    private static async Task RunAsync(int trials)
    {
        using var data = new DataFolder();
        await using var server = await ServerProcess.StartAsync(data.Path);
        // What is measured is neither the first request nor the first study.
        await MeasureAsync(server, "warm-up", "random", 4_000, reports: 1);
        await MeasureAsync(server, "random, ask and tell", "random", trials, reports: 0);
        await MeasureAsync(server, "tpe, ask and tell", "tpe", trials, reports: 0);
        await MeasureAsync(server, "tpe, ask, 10 reports, tell", "tpe", trials / 5, reports: 10);
    }

    private static async Task MeasureAsync(ServerProcess server, string what, string sampler, int trials, int reports)
    {
        var study = $"asked-{Guid.NewGuid():N}";
        (await server.Client.PostAsJsonAsync("api/studies", new
        {
            name = study,
            pipeline = "external",
            trials,
            direction = "minimize",
            sampler = new { type = sampler },
            searchSpace = new { x = new { type = "float", low = -1.0, high = 1.0 }, y = new { type = "float", low = 1e-4, high = 1.0, log = true } },
        })).EnsureSuccessStatusCode();
        var start = Stopwatch.GetTimestamp();
        var clients = await Task.WhenAll(Enumerable.Range(0, Clients).Select(_ => Task.Run(() => SearchAsync(server, study, reports))));
        var seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
        var asks = clients.SelectMany(times => times).Order().ToList();
        Console.WriteLine(FormattableString.Invariant(
            $"{what}: {trials} trials, {trials / seconds:F0} a second; {(2 + reports) * trials / seconds:F0} requests a second; a trial of one of {Clients} clients costs {1000 * seconds * Clients / trials:F1} ms; an ask: median {asks[asks.Count / 2]:F1} ms, slowest {asks[^1]:F0} ms"));
    }

    // Returns how many milliseconds each ask took.
    private static async Task<List<double>> SearchAsync(ServerProcess server, string study, int reports)
    {
        var times = new List<double>();
        while (true)
        {
            var start = Stopwatch.GetTimestamp();
            using var answer = await server.Client.PostAsJsonAsync($"api/studies/{study}/ask", new { });
            times.Add(Stopwatch.GetElapsedTime(start).TotalMilliseconds);
            if (answer.StatusCode == System.Net.HttpStatusCode.NoContent)
            {
                return times; // Others run what is left.
            }
            answer.EnsureSuccessStatusCode();
            var trial = (await answer.Content.ReadFromJsonAsync<JsonNode>())!;
            var (x, y, token) = ((double)trial["params"]!["x"]!, (double)trial["params"]!["y"]!, (string)trial["token"]!);
            var value = x * x + Math.Abs(Math.Log10(y) + 2);
            for (var step = 0; step < reports; step++)
            {
                var report = await server.Client.PostAsJsonAsync(
                    $"api/studies/{study}/trials/{trial["number"]}/report", new { token, step, metrics = new { value = value + 1.0 / (step + 1) } });
                report.EnsureSuccessStatusCode();
                if (!(bool)(await report.Content.ReadFromJsonAsync<JsonNode>())!["continue"]!)
                {
                    token = null; // Pruned: it has ended.
                    break;
                }
            }
            if (token is not null)
            {
                (await server.Client.PostAsJsonAsync($"api/studies/{study}/trials/{trial["number"]}/tell", new { token, value })).EnsureSuccessStatusCode();
            }
        }
    }
}
