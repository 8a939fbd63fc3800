using System.Globalization;

namespace Workbench.Benchmarks.Chaos;

/// <summary>
/// <c>-- chaos --seed N --kills N --site private|shared|both</c>: a workbench of several processes under load, of which something is
/// killed every few seconds, and whose promises are checked all the while and at the end. The seed decides what is killed, in which order
/// and after which pause; what it hits is up to the machine.
/// </summary>
internal static class ChaosRun
{
    private static readonly TimeSpan DrainLimit = TimeSpan.FromMinutes(5);

    public static void Run(string[] args) => Environment.ExitCode = RunAsync(args).GetAwaiter().GetResult();

    private static async Task<int> RunAsync(string[] args)
    {
        var seed = Number(args, "--seed", Random.Shared.Next());
        var kills = Number(args, "--kills", 500);
        var site = Text(args, "--site", "both");
        bool[] sites = site switch { "private" => [false], "shared" => [true], _ => [false, true] };
        Console.WriteLine($"seed {seed}, {kills} kills, site {site}");
        var violations = 0;
        foreach (var shared in sites)
        {
            violations += await RunSiteAsync(shared, seed, kills / sites.Length);
        }
        Console.WriteLine(violations == 0 ? "no violation" : $"{violations} violations");
        return violations == 0 ? 0 : 1;
    }

    private static async Task<int> RunSiteAsync(bool shared, int seed, int kills)
    {
        var folder = new DataFolder();
        var report = new ChaosReport(Path.Combine(folder.Path, "logs"));
        await using (var site = await Site.StartAsync(folder.Path, shared, report))
        {
            Console.WriteLine($"{(shared ? "shared database, S3" : "private database, folder")}; logs in {report.Logs}");
            using var load = new Load(site, report, seed);
            await load.WarmUpAsync();
            using var over = new CancellationTokenSource();
            var watch = new Watch(site, report);
            Task[] running = [watch.RunAsync(over.Token), site.KeepAsync(over.Token)];
            _ = Task.WhenAll(running).ContinueWith(
                failed => report.Violation($"the driver itself failed: {failed.Exception}"), TaskContinuationOptions.OnlyOnFaulted);
            using var enough = new CancellationTokenSource();
            var loading = load.RunAsync(enough.Token);
            await new Assaults(site, report, new Random(seed)).RunAsync(kills);
            await enough.CancelAsync();
            // What had been asked for and not yet acknowledged is asked for until it is.
            await loading;
            await watch.DrainAsync(DrainLimit);
            await over.CancelAsync();
            await Task.WhenAll(running);
            await watch.CheckEndAsync(load);
            Console.WriteLine(load.Summary);
        }
        report.ScanLogs();
        Console.WriteLine(report.Summary);
        if (report.Violations == 0)
        {
            folder.Dispose();
        }
        return report.Violations;
    }

    private static int Number(string[] args, string name, int otherwise) =>
        int.Parse(Text(args, name, otherwise.ToString(CultureInfo.InvariantCulture)), CultureInfo.InvariantCulture);

    private static string Text(string[] args, string name, string otherwise) =>
        Array.IndexOf(args, name) is >= 0 and var at && at + 1 < args.Length ? args[at + 1] : otherwise;
}
