using System.Diagnostics;
using System.Net.Sockets;
using System.Text;

namespace Workbench.Benchmarks;

/// <summary>The server from outside: how soon it listens on a data folder that exists, and how fast /predict answers 8 connections.</summary>
internal static class ServerTimes
{
    private const int Connections = 8;
    private const int WarmUp = 2_000;
    private const int Requests = 8_000;

    public static void Run(string[] args) => RunAsync().GetAwaiter().GetResult();

    private static async Task RunAsync()
    {
        using var data = new DataFolder();
        await using (var server = await ServerProcess.StartAsync(data.Path))
        {
            await PromoteAsync(server);
            await MeasurePredictionAsync(server);
        }
        await MeasureStartAsync(data.Path);
    }

    private static async Task PromoteAsync(ServerProcess server)
    {
        await server.LaunchAsync("served", trials: 2);
        await server.UntilAsync("served", study => (string?)study["state"] == "completed");
        (await server.Client.PostAsync("api/studies/served/promote", null)).EnsureSuccessStatusCode();
        using var image = Form(Pictures.Drawing());
        while (!(await server.Client.PostAsync("predict", image)).IsSuccessStatusCode)
        {
            await Task.Delay(200);
        }
    }

    private static async Task MeasurePredictionAsync(ServerProcess server)
    {
        foreach (var (name, digit) in ((string, byte[])[])[("a digit of MNIST", Pictures.MnistDigit()), ("a drawing of 200 x 200 pixels", Pictures.Drawing())])
        {
            await LoadAsync(server.Url, digit, WarmUp);
            var start = Stopwatch.GetTimestamp();
            var times = await LoadAsync(server.Url, digit, Requests);
            var elapsed = Stopwatch.GetElapsedTime(start);
            Console.WriteLine(FormattableString.Invariant(
                $"/predict, {Connections} connections, {name}: median {times[times.Count / 2]:F2} ms, 99th percentile {times[times.Count * 99 / 100]:F2} ms, {times.Count / elapsed.TotalSeconds:F0} a second"));
        }
    }

    private static async Task<List<double>> LoadAsync(Uri server, byte[] digit, int requests)
    {
        var request = await RequestAsync(server, digit);
        var times = await Task.WhenAll(Enumerable.Range(0, Connections).Select(_ => Task.Run(async () =>
        {
            // Bare sockets: the client runs on the server's cores, and HttpClient takes as much of them as the server does.
            using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
            await socket.ConnectAsync(server.Host, server.Port);
            var own = new List<double>();
            while (own.Count < requests / Connections)
            {
                var start = Stopwatch.GetTimestamp();
                await socket.SendAsync(request);
                await ReceiveAsync(socket);
                own.Add(Stopwatch.GetElapsedTime(start).TotalMilliseconds);
            }
            return own;
        })));
        return [.. times.SelectMany(own => own).Order()];
    }

    private static async Task<byte[]> RequestAsync(Uri server, byte[] digit)
    {
        using var form = Form(digit);
        var body = await form.ReadAsByteArrayAsync();
        var head = $"POST /predict HTTP/1.1\r\nHost: {server.Authority}\r\nContent-Type: {form.Headers.ContentType}\r\nContent-Length: {body.Length}\r\n\r\n";
        return [.. Encoding.ASCII.GetBytes(head), .. body];
    }

    private static async Task ReceiveAsync(Socket socket)
    {
        var buffer = new byte[4096];
        var received = 0;
        // The last chunk of the body is the empty one.
        while (!buffer.AsSpan(0, received).EndsWith("\r\n0\r\n\r\n"u8))
        {
            var count = await socket.ReceiveAsync(buffer.AsMemory(received));
            received += count;
            if (count == 0 || !buffer.AsSpan(0, received).StartsWith("HTTP/1.1 200 "u8))
            {
                throw new InvalidOperationException($"The server answered: {Encoding.ASCII.GetString(buffer, 0, received)}");
            }
        }
    }

    private static async Task MeasureStartAsync(string data)
    {
        var start = Stopwatch.GetTimestamp();
        await using var server = await ServerProcess.StartAsync(data);
        (await server.Client.GetAsync("health")).EnsureSuccessStatusCode();
        Console.WriteLine(FormattableString.Invariant(
            $"start to listening on an existing data folder: {Stopwatch.GetElapsedTime(start).TotalSeconds:F1} s"));
    }

    private static MultipartFormDataContent Form(byte[] digit) => new() { { new ByteArrayContent(digit), "file", "digit.png" } };
}
