using System.Diagnostics;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Microsoft.Playwright;
using Npgsql;
using Workbench.Core.Platform;

namespace Workbench.Benchmarks;

/// <summary>
/// The page of a study of 1,000 trials of 10 epochs in a headless Chromium on the same machine: how soon it is drawn; what it costs and
/// how fast it answers a click while two trials run; what ten of it cost the training; what 100 of it leave in the server when closed.
/// </summary>
internal sealed class DesktopTimes : IAsyncDisposable
{
    private const int Trials = 1_000;
    private const string Study = "thousand";

    // All trials take the same time: what a window of time holds tells of the machine, not of what the search chooses.
    private static readonly object SearchSpace = new
    {
        learning_rate = new { type = "float", low = 1e-4, high = 1e-2, log = true },
        l1 = new { type = "float", low = 0, high = 0.05 },
        l2 = new { type = "float", low = 0, high = 0.05 },
        num_hidden = new { type = "int", low = 31, high = 33 },
        epochs = new { type = "fixed", value = 10 },
    };

    private static readonly TimeSpan Window = TimeSpan.FromSeconds(40);
    // What a page costs once, the browser's compilers and collectors spend within this time of its opening.
    private static readonly TimeSpan Settling = TimeSpan.FromSeconds(20);

    private readonly ServerProcess _server;
    private readonly IPlaywright _playwright;
    private readonly IBrowser _browser;

    private DesktopTimes(ServerProcess server, IPlaywright playwright, IBrowser browser) =>
        (_server, _playwright, _browser) = (server, playwright, browser);

    public static void Run(string[] args) => RunAsync().GetAwaiter().GetResult();

    public async ValueTask DisposeAsync()
    {
        await _browser.CloseAsync();
        _playwright.Dispose();
        await _server.DisposeAsync();
    }

    private static async Task RunAsync()
    {
        using var data = new DataFolder();
        var playwright = await Playwright.CreateAsync();
        await using var desktop = new DesktopTimes(
            await ServerProcess.StartAsync(data.Path),
            playwright,
            await playwright.Chromium.LaunchAsync(new() { ExecutablePath = "/usr/bin/chromium", Args = ["--no-sandbox", "--disable-gpu"] }));
        await desktop._server.LaunchAsync(Study, trials: 4, SearchSpace);
        await desktop._server.UntilAsync(Study, study => (string?)study["state"] == "completed");
        await MultiplyAsync(data.Path);
        await desktop.MeasureOpeningAsync();
        await desktop.MeasureRoundsAsync(100);
        await desktop._server.LaunchAsync(Study, trials: 4_000);
        await desktop.MeasureLivePageAsync();
        await desktop.MeasureTenPagesAsync(6);
        (await desktop._server.Client.PostAsync($"api/studies/{Study}/stop", null)).EnsureSuccessStatusCode();
    }

    // A thousand real trials take an hour: four are run, and copied with small changes.
    private static async Task MultiplyAsync(string data)
    {
        await using var postgres = await PrivatePostgres.StartAsync(data, default);
        await using var database = NpgsqlDataSource.Create(postgres.ConnectionString);
        await using var command = database.CreateCommand(
            $"""
            INSERT INTO runs (experiment_id, study_id, kind, name, number, state, attempt, params, value, slot, worker, finished_order, tags, started_at, heartbeat_at, finished_at)
            SELECT r.study_id, r.study_id, 'trial', 'trial-' || n, n, CASE WHEN n % 9 = 0 THEN 'pruned' ELSE 'complete' END, 1,
                jsonb_set(r.params, '{"{learning_rate}"}', to_jsonb((r.params ->> 'learning_rate')::float8 * (0.5 + (n * 37 % 100) / 100.0))),
                r.value - (n * 61 % 200) / 40000.0, r.slot, r.worker, n + 1, '{"{}"}',
                r.started_at + n * interval '3 seconds', r.started_at + n * interval '3 seconds', r.started_at + n * interval '3 seconds' + interval '5 seconds'
            FROM generate_series(4, {Trials - 1}) n JOIN runs r ON r.number = n % 4;
            DELETE FROM metrics;
            DELETE FROM latest_metrics;
            INSERT INTO metrics (run_id, key, step, value, timestamp)
            SELECT r.id, k.key, step, CASE WHEN k.key LIKE '%loss' THEN 0.3 / step ELSE r.value - 0.02 / step END, (extract(epoch FROM r.started_at) * 1000)::bigint
            FROM runs r, generate_series(1, 10) step, (VALUES ('loss'), ('accuracy'), ('val_loss'), ('val_accuracy')) k (key);
            INSERT INTO latest_metrics (run_id, key, step, timestamp, value)
            SELECT DISTINCT ON (run_id, key) run_id, key, step, timestamp, value FROM metrics ORDER BY run_id, key, step DESC;
            UPDATE studies SET trials_requested = {Trials}, trials_claimed = {Trials}, trials_finished = {Trials}, next_number = {Trials};
            """);
        await command.ExecuteNonQueryAsync();
        await using var analyze = database.CreateCommand("ANALYZE");
        await analyze.ExecuteNonQueryAsync();
    }

    private async Task MeasureOpeningAsync()
    {
        foreach (var (title, view, charts) in ((string, string, int)[])[("overview", "", 2), ("analysis", "?view=analysis", 10)])
        {
            await using (var visitor = await _browser.NewContextAsync(Window1440))
            {
                await OpenAsync(await visitor.NewPageAsync(), view, charts);
            }
            var (first, again) = (new List<double>(), new List<double>());
            for (var i = 0; i < 5; i++)
            {
                await using var visitor = await _browser.NewContextAsync(Window1440);
                var page = await visitor.NewPageAsync();
                first.Add(await OpenAsync(page, view, charts));
                again.Add(await OpenAsync(page, view, charts));
            }
            Console.WriteLine(FormattableString.Invariant(
                $"{Trials} trials x 10 epochs, {title}, {charts} charts drawn: median {Median(first):F2} s on a first visit, {Median(again):F2} s on a later one"));
        }
    }

    private static BrowserNewContextOptions Window1440 => new() { ViewportSize = new() { Width = 1440, Height = 900 } };

    // From the navigation to the frame in which the last chart is there; on the analysis those that are in sight.
    private async Task<double> OpenAsync(IPage page, string view, int charts)
    {
        await page.GotoAsync($"{_server.Url}studies/{Study}{view}", new() { WaitUntil = WaitUntilState.Commit });
        await page.WaitForFunctionAsync(
            """
            charts => {
              const all = [...document.querySelectorAll(".panel.plot")];
              const seen = all.filter(p => p.getBoundingClientRect().bottom < innerHeight);
              const rows = document.querySelectorAll("td.name").length;
              const done = document.querySelector(".shell[data-live]") && all.length === charts
                && seen.every(p => p.querySelector(".main-svg") && !p.querySelector(".waiting")) && (charts > 2 || rows > 5);
              window.drawnAt = done ? performance.now() : undefined;
              return done;
            }
            """,
            charts);
        return await page.EvaluateAsync<double>("drawnAt") / 1000;
    }

    private async Task MeasureRoundsAsync(int rounds)
    {
        await using var visitor = await _browser.NewContextAsync(Window1440);
        for (var i = 1; i <= rounds; i++)
        {
            var page = await visitor.NewPageAsync();
            await OpenAsync(page, "", 2);
            await page.CloseAsync(new() { RunBeforeUnload = false });
            if (i % 20 == 0)
            {
                Console.WriteLine($"after {i} rounds of opening and closing the page: {_server.WorkingSet >> 20} MB");
            }
        }
    }

    private async Task MeasureLivePageAsync()
    {
        await _server.UntilAsync(Study, study => (int)study["counts"]!["running"]! == 2);
        await using var visitor = await _browser.NewContextAsync(Window1440);
        var page = await visitor.NewPageAsync();
        await OpenAsync(page, "", 2);
        await Task.Delay(Settling);
        var (before, start) = (BrowserTime(), Stopwatch.GetTimestamp());
        await Task.Delay(Window);
        Console.WriteLine(FormattableString.Invariant(
            $"the page while two trials run: {(BrowserTime() - before) / Stopwatch.GetElapsedTime(start):P0} of a core, all processes of the browser"));
        var answers = new List<double>();
        for (var i = 0; i < 20; i++)
        {
            answers.Add(await page.EvaluateAsync<double>(
                """
                () => new Promise(resolve => {
                  const start = performance.now();
                  const open = document.querySelector("aside.drawer");
                  new MutationObserver((_, watch) => {
                    if (!document.querySelector("aside.drawer") !== !open) { watch.disconnect(); resolve(performance.now() - start); }
                  }).observe(document.body, { childList: true, subtree: true });
                  (open ? open.querySelector("[aria-label=Close]") : document.querySelector("td.name button")).click();
                })
                """));
            await Task.Delay(300);
        }
        answers.Sort();
        Console.WriteLine(FormattableString.Invariant(
            $"a click that opens or closes a trial, while two trials run: median {answers[10]:F0} ms, 19 of 20 under {answers[18]:F0} ms"));
    }

    // The machine is not the same from minute to minute: what there is with tabs is compared with what there is before and after.
    private async Task MeasureTenPagesAsync(int turns)
    {
        var losses = new List<double>();
        var before = await PaceAsync();
        for (var i = 0; i < turns; i++)
        {
            double ten;
            await using (var visitor = await _browser.NewContextAsync(Window1440))
            {
                for (var n = 1; n <= 10; n++)
                {
                    var page = await visitor.NewPageAsync();
                    await OpenAsync(page, "", 2);
                    if (n < 10)
                    {
                        // Of the tabs of a window one is in sight; a headless browser says that all are.
                        await page.EvaluateAsync("Object.defineProperty(document, 'hidden', { get: () => true }); document.dispatchEvent(new Event('visibilitychange'))");
                    }
                }
                await Task.Delay(Settling);
                ten = await PaceAsync();
            }
            var after = await PaceAsync();
            losses.Add(1 - ten / ((before + after) / 2));
            Console.WriteLine(FormattableString.Invariant($"trials a minute: {before:F1} without tabs, {ten:F1} with ten, {after:F1} without: {losses[^1]:P1} lost"));
            before = after;
        }
        var (mean, error) = (losses.Average(), Math.Sqrt(losses.Sum(loss => Math.Pow(loss - losses.Average(), 2)) / (turns * (turns - 1))));
        Console.WriteLine(FormattableString.Invariant($"ten tabs of the study, one in sight, cost the training {mean:P1} of its trials a minute (standard error {error:P1})"));
    }

    private async Task<double> PaceAsync()
    {
        var start = DateTimeOffset.UtcNow;
        await Task.Delay(Window);
        var trials = (await _server.Client.GetFromJsonAsync<JsonArray>($"api/studies/{Study}/trials"))!;
        var ends = trials.Where(trial => (int)trial!["number"]! >= Trials) // The copies end at times that never were.
            .Select(trial => (DateTimeOffset?)trial!["finishedAt"]).Where(end => end >= start).Order().ToList();
        return (ends.Count - 1) / (ends[^1] - ends[0])!.Value.TotalMinutes;
    }

    private static TimeSpan BrowserTime() =>
        Process.GetProcessesByName("chromium").Aggregate(TimeSpan.Zero, (sum, process) => sum + process.TotalProcessorTime);

    private static double Median(List<double> values) => values.Order().ElementAt(values.Count / 2);
}
