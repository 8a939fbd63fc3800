using System.Collections.Concurrent;
using System.CommandLine;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json.Nodes;

namespace Workbench.Benchmarks.Fuzz;

/// <summary>
/// Sends a server of its own requests and pictures that are nearly right. It must answer each within two seconds, and none with 5xx but a 503
/// that says when to come back; it must live on, write no stack trace, and give its memory back. Each case has its number: with the same
/// seed, <c>--only NUMBER</c> makes it again, and <c>--from NUMBER</c> all from there on.
/// </summary>
internal sealed class Fuzzing(ServerProcess server, int seed)
{
    private const int AtOnce = 4;
    private const int Burst = 20;
    private const int MostShown = 200;
    private const long MemoryKept = 150L << 20;

    private static readonly TimeSpan Slow = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan Rest = TimeSpan.FromSeconds(30);

    private readonly ConcurrentQueue<string> _violations = new();
    private readonly ConcurrentDictionary<int, int> _statuses = new();
    private readonly ConcurrentBag<(TimeSpan Took, string Name)> _slowest = [];
    private readonly ConcurrentDictionary<string, int> _underWay = new();
    private int _slowOnce;

    public static void Run(string[] args)
    {
        var seed = new Option<int>("--seed") { DefaultValueFactory = _ => 1 };
        var requests = new Option<int>("--requests") { DefaultValueFactory = _ => 10_000 };
        var pictures = new Option<int>("--pictures") { DefaultValueFactory = _ => 10_000 };
        var from = new Option<int>("--from");
        var only = new Option<int?>("--only");
        var command = new RootCommand("Sends a server what is nearly right.") { seed, requests, pictures, from, only };
        command.SetAction((arguments, _) => RunAsync(
            arguments.GetValue(seed), arguments.GetValue(requests), arguments.GetValue(pictures), arguments.GetValue(from), arguments.GetValue(only)));
        Environment.ExitCode = command.Parse(args).InvokeAsync().GetAwaiter().GetResult();
    }

    private static async Task<int> RunAsync(int seed, int requests, int pictures, int from, int? only)
    {
        Console.WriteLine($"Seed {seed}.");
        using var data = new DataFolder();
        var errors = new ConcurrentQueue<string>();
        await using var server = await ServerProcess.StartAsync(data.Path, errors.Enqueue);
        await PromoteAsync(server);
        var fuzzing = new Fuzzing(server, seed);
        var run = (long)(await server.Client.GetFromJsonAsync<JsonNode>($"api/models/{Route.Study}"))!["versions"]![0]!["run"]!;
        var digit = Pictures.MnistDigit();
        var mutation = new RequestMutation(await Route.LearnAsync(server.Client), server.Url.Authority, $"{run}", digit);
        var images = new PictureMutation();
        // What the server keeps for good, such as loaded libraries and compiled code, is there before it is measured.
        await fuzzing.BurstAsync(images.Huge, digit, report: false);
        await Task.Delay(Rest);
        var before = server.WorkingSet;

        try
        {
            await fuzzing.SendAllAsync(Chosen(0, requests, from, only), random => mutation.Make(random));
            await fuzzing.SendAllAsync(Chosen(requests, pictures, from, only), random => Upload(images.Make(random), server.Url.Authority));
            if (only is null)
            {
                await fuzzing.BurstAsync(images.Huge, digit, report: true);
            }
            await Task.Delay(Rest);
        }
        catch (Exception exception) when (exception is HttpRequestException or IOException)
        {
            fuzzing._violations.Enqueue($"The server does not answer any more: {exception.Message} Under way were {string.Join(", ", fuzzing._underWay.Keys)}.");
        }
        fuzzing.CheckServer(before, errors);
        return fuzzing.Report();
    }

    private static IEnumerable<int> Chosen(int first, int count, int from, int? only) =>
        Enumerable.Range(first, count).Where(number => number >= from && (only is null || number == only));

    /// <summary>A study with trials, and a model in production.</summary>
    private static async Task PromoteAsync(ServerProcess server)
    {
        await server.LaunchAsync(Route.Study, trials: 3);
        await server.UntilAsync(Route.Study, study => (string?)study["state"] == "completed");
        (await server.Client.PostAsync($"api/studies/{Route.Study}/promote", null)).EnsureSuccessStatusCode();
        while ((string?)(await server.Client.GetFromJsonAsync<JsonNode>($"api/models/{Route.Study}"))!["versions"]![0]!["state"] != "ready")
        {
            await Task.Delay(200);
        }
    }

    private Task SendAllAsync(IEnumerable<int> numbers, Func<Random, Request> make) => Parallel.ForEachAsync(
        numbers, new ParallelOptions { MaxDegreeOfParallelism = AtOnce }, async (number, _) =>
        {
            // Of its own, so that a case can be made again without those before it.
            var request = make(new Random(HashCode(number)));
            await SendAsync($"case {number}: {request.Name}", request);
            if (number % 100 == 99)
            {
                await RepairAsync();
                Console.Write(number % 1000 == 999 ? $"{number + 1} cases, {_violations.Count} violations\n" : "");
            }
        });

    private int HashCode(int number) => unchecked(seed * 486187739 + number * 16777619);

    private async Task SendAsync(string name, Request request)
    {
        _underWay.TryAdd(name, 0);
        try
        {
            var answer = await RawAnswer.OfAsync(server.Url, request);
            if (answer.Took > Slow)
            {
                // The machine may have had other work; what is slow twice is slow.
                Interlocked.Increment(ref _slowOnce);
                answer = await RawAnswer.OfAsync(server.Url, request);
            }
            if (answer.Status == 0 && server.HasExited)
            {
                throw new IOException("The server has ended.");
            }
            _slowest.Add((answer.Took, name));
            _statuses.AddOrUpdate(answer.Status, 1, (_, count) => count + 1);
            if (Fault(answer, request) is { } fault)
            {
                _violations.Enqueue($"{name}\n    {fault}");
            }
            if (answer.Status == 201)
            {
                await RemoveLaunchedAsync();
            }
            _underWay.TryRemove(name, out _);
        }
        catch (TimeoutException)
        {
            _violations.Enqueue($"{name}\n    no answer in {RawAnswer.Patience.TotalSeconds} s");
        }
        catch (Exception exception) when (exception is HttpRequestException or System.Net.Sockets.SocketException && !server.HasExited)
        {
            _violations.Enqueue($"{name}\n    {exception.Message}");
        }
    }

    private static string? Fault(RawAnswer answer, Request request) => answer switch
    {
        { Took: var took } when took > Slow => $"took {took.TotalSeconds:F1} s, twice",
        { Status: 0 } when request.IsHttp => "the connection was closed without an answer",
        { Status: 503, SaysWhenToComeBack: true } when answer.IsProblem || answer.IsPage => null,
        { Status: 503 } when request.Name.Contains("/health", StringComparison.Ordinal) => null,
        // A version of HTTP that no server speaks.
        { Status: 505 } when !request.IsHttp => null,
        { Status: >= 500 } => $"{answer.Status}: {Start(answer.Body)}",
        { Status: >= 400 } when request.IsHttp && answer.IsEmpty && !request.Name.StartsWith("HEAD", StringComparison.Ordinal) => $"{answer.Status} without a body",
        { Body: var body } when body.Contains("   at Workbench.", StringComparison.Ordinal) || body.Contains("   at Microsoft.", StringComparison.Ordinal) =>
            $"{answer.Status} with a stack trace: {Start(body)}",
        _ => null,
    };

    /// <summary>Studies that were launched after all would train until the end of days.</summary>
    private async Task RemoveLaunchedAsync()
    {
        foreach (var study in (await server.Client.GetFromJsonAsync<JsonArray>("api/studies"))!)
        {
            if ((string?)study!["name"] is { } name && name != Route.Study)
            {
                await server.Client.DeleteAsync($"api/studies/{Uri.EscapeDataString(name)}");
            }
        }
    }

    /// <summary>What requests have taken away comes back, so that the next ones find something.</summary>
    private async Task RepairAsync()
    {
        await server.Client.PostAsync($"api/studies/{Route.Study}/restore", null);
        await server.Client.PutAsJsonAsync($"api/models/{Route.Study}/aliases/production", new { version = 1 });
        await RemoveLaunchedAsync();
    }

    private static Request Upload((string Name, byte[] File) picture, string host)
    {
        byte[] body =
        [
            .. "--fuzz\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a\"\r\n\r\n"u8, .. picture.File, .. "\r\n--fuzz--\r\n"u8,
        ];
        var head = $"POST /predict HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\nContent-Type: multipart/form-data; boundary=fuzz\r\nContent-Length: {body.Length}\r\n\r\n";
        return new Request($"/predict, {picture.Name}", [.. Encoding.ASCII.GetBytes(head), .. body], IsHttp: true);
    }

    /// <summary>Many large pictures at once, and ordinary digits meanwhile.</summary>
    private async Task BurstAsync(byte[] huge, byte[] digit, bool report)
    {
        foreach (var file in (byte[][])[.. Enumerable.Repeat(huge, report ? 3 : 1)])
        {
            await Task.WhenAll(Enumerable.Range(0, Burst).Select(number => number % 5 == 4 ? ("an ordinary digit", digit) : ("40 megapixels", file))
                .Select(picture => report
                    ? SendAsync($"burst of {Burst}: {picture.Item1}", Upload(picture, server.Url.Authority))
                    : RawAnswer.OfAsync(server.Url, Upload(picture, server.Url.Authority))));
        }
    }

    private void CheckServer(long before, IEnumerable<string> errors)
    {
        if (server.HasExited)
        {
            _violations.Enqueue($"The server has ended with exit code {server.ExitCode}; its last lines:\n    {string.Join("\n    ", errors.TakeLast(20))}");
            return;
        }
        var after = server.WorkingSet;
        Console.WriteLine(FormattableString.Invariant($"Memory: {before >> 20} MB before, {after >> 20} MB after {Rest.TotalSeconds} s of rest."));
        if (after - before > MemoryKept)
        {
            _violations.Enqueue($"The server keeps {(after - before) >> 20} MB more than before.");
        }
        foreach (var line in errors.Where(line => line.StartsWith("   at ", StringComparison.Ordinal) || line.StartsWith("fail:", StringComparison.Ordinal)
            || line.StartsWith("crit:", StringComparison.Ordinal) || line.StartsWith("Unhandled", StringComparison.Ordinal)).Distinct().Take(50))
        {
            _violations.Enqueue($"On the standard error: {line}");
        }
    }

    private int Report()
    {
        Console.WriteLine($"Answers: {string.Join(", ", _statuses.OrderBy(entry => entry.Key).Select(entry => $"{entry.Value} × {entry.Key}"))}");
        Console.WriteLine($"{_slowOnce} took longer than {Slow.TotalSeconds} s and were sent again. The slowest in the end:");
        foreach (var (took, name) in _slowest.OrderByDescending(answer => answer.Took).Take(5))
        {
            Console.WriteLine(FormattableString.Invariant($"  {took.TotalSeconds:F2} s, {name}"));
        }
        foreach (var violation in _violations.Take(MostShown))
        {
            Console.WriteLine(violation);
        }
        Console.WriteLine($"Seed {seed}: {_violations.Count} violations.");
        return _violations.IsEmpty ? 0 : 1;
    }

    private static string Start(string text) => text.Length <= 300 ? text : text[..300];
}
