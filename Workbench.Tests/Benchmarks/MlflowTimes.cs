using System.Diagnostics;
using System.Globalization;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json.Nodes;

namespace Workbench.Benchmarks;

/// <summary>MLflow's REST API from outside: how many values of metrics 8 clients log in batches, how soon a search over 10,000 runs answers
/// meanwhile, and how fast 1 GB goes up and down, with what memory.</summary>
internal static class MlflowTimes
{
    private const int Clients = 8;
    private const int BatchSize = 100;
    private const int Runs = 10_000;
    private const long FileSize = 1L << 30;
    private static readonly TimeSpan Duration = TimeSpan.FromSeconds(20);

    public static void Run(string[] args) => RunAsync().GetAwaiter().GetResult();

    private static async Task RunAsync()
    {
        using var data = new DataFolder();
        await using var server = await ServerProcess.StartAsync(data.Path);
        var experiment = await CreateAsync(server, "runs");
        await FillAsync(server, experiment);
        await SearchAsync(server, experiment, "alone");
        using var stop = new CancellationTokenSource(Duration);
        var start = Stopwatch.GetTimestamp();
        var logging = Enumerable.Range(0, Clients).Select(_ => LogAsync(server, experiment, stop.Token)).ToArray();
        await SearchAsync(server, experiment, "while 8 clients log");
        var logged = (await Task.WhenAll(logging)).Sum();
        Say($"8 clients, batches of {BatchSize}: {logged / Stopwatch.GetElapsedTime(start).TotalSeconds:F0} values a second");
        await CopyAsync(server);
    }

    private static async Task<string> CreateAsync(ServerProcess server, string name) =>
        (string)(await PostAsync(server, "experiments/create", new JsonObject { ["name"] = name }.ToJsonString()))["experiment_id"]!;

    private static async Task FillAsync(ServerProcess server, string experiment) =>
        await Parallel.ForAsync(0, Runs, new ParallelOptions { MaxDegreeOfParallelism = Clients }, async (number, _) =>
        {
            var run = await RunAsync(server, experiment);
            var metrics = string.Join(", ", Enumerable.Range(0, 10).Select(i => FormattableString.Invariant($$"""{"key": "m{{i}}", "value": {{number * 7919 % 10007 / 10007.0}}, "timestamp": 1, "step": 1}""")));
            var parameters = string.Join(", ", Enumerable.Range(0, 10).Select(i => FormattableString.Invariant($$"""{"key": "p{{i}}", "value": "{{(number + i) % 100 / 1000.0}}"}""")));
            await PostAsync(server, "runs/log-batch", $$"""{"run_id": "{{run}}", "metrics": [{{metrics}}], "params": [{{parameters}}], "tags": [{"key": "team", "value": "t{{number % 7}}"}]}""");
        });

    private static async Task<string> RunAsync(ServerProcess server, string experiment) =>
        (string)(await PostAsync(server, "runs/create", $$"""{"experiment_id": "{{experiment}}"}"""))["run"]!["info"]!["run_id"]!;

    private static async Task SearchAsync(ServerProcess server, string experiment, string when)
    {
        (string What, string Body)[] searches =
        [
            ("latest 100", """ "max_results": 100"""),
            ("by metric, 100", """ "filter": "metrics.m3 > 0.5 AND params.p2 < 0.05", "order_by": ["metrics.m3 DESC"], "max_results": 100"""),
            ("OR and tags, 100", """ "filter": "tags.team = 't3' OR NOT metrics.m1 < 0.9", "order_by": ["params.p1"], "max_results": 100"""),
            ("latest 1000", """ "max_results": 1000"""),
        ];
        foreach (var (what, body) in searches)
        {
            var times = new List<double>();
            for (var i = 0; i < 12; i++)
            {
                var start = Stopwatch.GetTimestamp();
                await PostAsync(server, "runs/search", $$"""{"experiment_ids": ["{{experiment}}"],{{body}} }""");
                times.Add(Stopwatch.GetElapsedTime(start).TotalMilliseconds);
            }
            times.Sort();
            Say($"search over {Runs} runs {when}, {what}: median {times[6]:F0} ms, slowest {times[^1]:F0} ms");
        }
    }

    private static async Task<long> LogAsync(ServerProcess server, string experiment, CancellationToken stop)
    {
        var run = await RunAsync(server, experiment);
        var logged = 0L;
        for (var step = 0; !stop.IsCancellationRequested; step += BatchSize)
        {
            var metrics = string.Join(", ", Enumerable.Range(step, BatchSize).Select(i => $$"""{"key": "loss", "value": {{i}}, "timestamp": {{i}}, "step": {{i}}}"""));
            await PostAsync(server, "runs/log-batch", $$"""{"run_id": "{{run}}", "metrics": [{{metrics}}]}""");
            logged += BatchSize;
        }
        return logged;
    }

    private static async Task CopyAsync(ServerProcess server)
    {
        const string Address = "api/2.0/mlflow-artifacts/artifacts/0/large/file.bin";
        var before = server.WorkingSet;
        var most = before;
        using var watch = new Timer(_ => most = Math.Max(most, server.WorkingSet), null, 0, 100);
        var start = Stopwatch.GetTimestamp();
        using var content = new StreamContent(new Zeros(FileSize));
        content.Headers.ContentLength = FileSize;
        (await server.Client.PutAsync(Address, content)).EnsureSuccessStatusCode();
        Say($"1 GB up: {FileSize / 1e6 / Stopwatch.GetElapsedTime(start).TotalSeconds:F0} MB/s");
        start = Stopwatch.GetTimestamp();
        await using var stream = await server.Client.GetStreamAsync(Address);
        await stream.CopyToAsync(Stream.Null);
        Say($"1 GB down: {FileSize / 1e6 / Stopwatch.GetElapsedTime(start).TotalSeconds:F0} MB/s; memory {before >> 20} MB before, {most >> 20} MB at most");
    }

    private static async Task<JsonNode> PostAsync(ServerProcess server, string path, string json)
    {
        using var content = new StringContent(json, Encoding.UTF8, "application/json");
        using var answer = await server.Client.PostAsync($"api/2.0/mlflow/{path}", content);
        return answer.IsSuccessStatusCode
            ? (await answer.Content.ReadFromJsonAsync<JsonNode>())!
            : throw new InvalidOperationException($"{path}: {answer.StatusCode} {await answer.Content.ReadAsStringAsync()}");
    }

    private static void Say(FormattableString text) => Console.WriteLine(text.ToString(CultureInfo.InvariantCulture));

    private sealed class Zeros(long length) : Stream
    {
        private long _read;

        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => false;

        public override long Length => length;

        public override long Position
        {
            get => _read;
            set => throw new NotSupportedException();
        }

        public override int Read(byte[] buffer, int offset, int count)
        {
            var read = (int)Math.Min(count, length - _read);
            _read += read;
            return read;
        }

        public override void Flush()
        {
        }

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    }
}
