using System.Diagnostics;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using SkiaSharp;

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
        using var client = new HttpClient { BaseAddress = server.Url };
        (await client.PostAsJsonAsync("api/studies", new { name = "served", trials = 2, jobs = 2 })).EnsureSuccessStatusCode();
        while ((await client.GetFromJsonAsync<JsonNode>("api/studies/served"))!["state"]!.GetValue<string>() != "completed")
        {
            await Task.Delay(200);
        }
        (await client.PostAsync("api/studies/served/promote", null)).EnsureSuccessStatusCode();
        using var image = Form(DrawDigit());
        while (!(await client.PostAsync("predict", image)).IsSuccessStatusCode)
        {
            await Task.Delay(200);
        }
    }

    private static async Task MeasurePredictionAsync(ServerProcess server)
    {
        using var client = new HttpClient { BaseAddress = server.Url };
        var digit = DrawDigit();
        await LoadAsync(client, digit, WarmUp);
        var start = Stopwatch.GetTimestamp();
        var times = await LoadAsync(client, digit, Requests);
        var elapsed = Stopwatch.GetElapsedTime(start);
        Console.WriteLine(FormattableString.Invariant(
            $"/predict, {Connections} connections: median {times[times.Count / 2]:F2} ms, 99th percentile {times[times.Count * 99 / 100]:F2} ms, {times.Count / elapsed.TotalSeconds:F0} a second"));
    }

    private static async Task<List<double>> LoadAsync(HttpClient client, byte[] digit, int requests)
    {
        var times = await Task.WhenAll(Enumerable.Range(0, Connections).Select(async _ =>
        {
            var own = new List<double>();
            while (own.Count < requests / Connections)
            {
                using var form = Form(digit);
                var start = Stopwatch.GetTimestamp();
                using var response = await client.PostAsync("predict", form);
                await response.Content.ReadAsByteArrayAsync();
                own.Add(Stopwatch.GetElapsedTime(start).TotalMilliseconds);
                response.EnsureSuccessStatusCode();
            }
            return own;
        }));
        return [.. times.SelectMany(own => own).Order()];
    }

    private static async Task MeasureStartAsync(string data)
    {
        var start = Stopwatch.GetTimestamp();
        await using var server = await ServerProcess.StartAsync(data);
        using var client = new HttpClient { BaseAddress = server.Url };
        (await client.GetAsync("health")).EnsureSuccessStatusCode();
        Console.WriteLine(FormattableString.Invariant(
            $"start to listening on an existing data folder: {Stopwatch.GetElapsedTime(start).TotalSeconds:F1} s"));
    }

    private static MultipartFormDataContent Form(byte[] digit) => new() { { new ByteArrayContent(digit), "file", "digit.png" } };

    // A seven of two strokes, black on white, 200 × 200: it has to be found, cropped, scaled and centred.
    private static byte[] DrawDigit()
    {
        using var bitmap = new SKBitmap(200, 200);
        using var canvas = new SKCanvas(bitmap);
        canvas.Clear(SKColors.White);
        using var pen = new SKPaint { Color = SKColors.Black, StrokeWidth = 16, IsAntialias = true, StrokeCap = SKStrokeCap.Round };
        canvas.DrawLine(60, 50, 140, 50, pen);
        canvas.DrawLine(140, 50, 90, 160, pen);
        using var png = bitmap.Encode(SKEncodedImageFormat.Png, 100);
        return png.ToArray();
    }
}
