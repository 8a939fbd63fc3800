using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;

namespace Workbench.Benchmarks.Chaos;

/// <summary>People and programs at work: studies are launched, their best trials promoted, pictures predicted, without a pause. A request
/// that is not acknowledged is repeated, with the same idempotency key, until it is.</summary>
internal sealed class Load(Site site, ChaosReport report, int seed) : IDisposable
{
    private const int Researchers = 3;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan Rest = TimeSpan.FromMilliseconds(500);

    private readonly HttpClient _client = new() { BaseAddress = site.Url, Timeout = Patience };
    private readonly ConcurrentDictionary<(string Model, int Version), int> _predictions = new();
    private readonly byte[] _digit = Pictures.MnistDigit();
    private int _refused;

    /// <summary>How many trials each acknowledged study has to have.</summary>
    public ConcurrentDictionary<string, int> Launched { get; } = new();

    /// <summary>The versions that were acknowledged.</summary>
    public ConcurrentBag<(string Model, int Version)> Promoted { get; } = [];

    /// <summary>The versions that have answered.</summary>
    public IEnumerable<(string Model, int Version)> Answered => _predictions.Keys;

    public string Summary => string.Create(
        CultureInfo.InvariantCulture,
        $"{Launched.Count} studies of {Launched.Values.Sum()} trials, {Promoted.Count} versions, {_predictions.Values.Sum()} predictions, {_refused} refused for a while");

    /// <summary>Computes the features, and puts a model into production: from then on there has to be an answer.</summary>
    public async Task WarmUpAsync()
    {
        await Site.UntilUpAsync(_client);
        await LaunchAsync("warm-up", 1, 1, 1);
        await CompletedAsync("warm-up", CancellationToken.None);
        await PromoteAsync("warm-up");
        while (!await PredictAsync(isWarm: false))
        {
            await Task.Delay(Rest);
        }
    }

    public Task RunAsync(CancellationToken enough) =>
        Task.WhenAll([PredictAllAsync(enough), .. Enumerable.Range(0, Researchers).Select(n => ResearchAsync(n, enough))]);

    /// <summary>A file of a version, as it is downloaded.</summary>
    public async Task<byte[]?> DownloadAsync(string model, int version)
    {
        using var response = await _client.GetAsync($"api/models/{model}/versions/{version}/download");
        return response.IsSuccessStatusCode ? await response.Content.ReadAsByteArrayAsync() : null;
    }

    public void Dispose() => _client.Dispose();

    private async Task ResearchAsync(int researcher, CancellationToken enough)
    {
        var random = new Random(seed * 31 + researcher);
        for (var n = 0; !enough.IsCancellationRequested; n++)
        {
            var name = $"study-{researcher}-{n}";
            await LaunchAsync(name, trials: 4 + random.Next(9), jobs: 1 + random.Next(3), random.Next());
            var promotes = random.Next(2) == 0;
            if (await CompletedAsync(name, enough) && promotes)
            {
                await PromoteAsync(name);
            }
        }
    }

    private async Task LaunchAsync(string name, int trials, int jobs, int randomness)
    {
        var search = new JsonObject
        {
            ["learning_rate"] = JsonNode.Parse("""{"type": "float", "low": 0.001, "high": 0.01, "log": true}"""),
            ["l1"] = JsonNode.Parse("""{"type": "fixed", "value": 0.0}"""),
            ["l2"] = JsonNode.Parse("""{"type": "fixed", "value": 0.0}"""),
            ["num_hidden"] = JsonNode.Parse("""{"type": "int", "low": 8, "high": 16}"""),
            ["epochs"] = JsonNode.Parse("""{"type": "fixed", "value": 2}"""),
        };
        await PostAsync("api/studies", new JsonObject { ["name"] = name, ["trials"] = trials, ["jobs"] = jobs, ["seed"] = randomness, ["searchSpace"] = search });
        Launched[name] = trials;
    }

    private async Task PromoteAsync(string study)
    {
        var promotion = await PostAsync($"api/studies/{study}/promote", null);
        if (promotion is not null)
        {
            Promoted.Add((study, (int)promotion["version"]!));
        }
    }

    /// <returns>False when there is enough before the study has completed.</returns>
    private async Task<bool> CompletedAsync(string study, CancellationToken enough)
    {
        while (!enough.IsCancellationRequested)
        {
            try
            {
                using var response = await _client.GetAsync($"api/studies/{study}", CancellationToken.None);
                Judge(response, $"GET {study}");
                if (response.IsSuccessStatusCode && (string?)(await response.Content.ReadFromJsonAsync<JsonNode>(CancellationToken.None))!["state"] == "completed")
                {
                    return true;
                }
            }
            catch (Exception exception) when (exception is HttpRequestException or TaskCanceledException or IOException)
            {
                report.Write($"GET {study}: {exception.Message}");
            }
            await Task.Delay(Rest, CancellationToken.None);
        }
        return false;
    }

    private async Task<JsonNode?> PostAsync(string path, JsonObject? body)
    {
        var key = Guid.NewGuid().ToString();
        while (true)
        {
            try
            {
                using var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = body is null ? null : JsonContent.Create(body) };
                request.Headers.Add("Idempotency-Key", key);
                using var response = await _client.SendAsync(request);
                Judge(response, $"POST {path}");
                if (response.IsSuccessStatusCode)
                {
                    return await response.Content.ReadFromJsonAsync<JsonNode>();
                }
                if ((int)response.StatusCode < 500)
                {
                    report.Violation($"POST {path}: {(int)response.StatusCode} {await response.Content.ReadAsStringAsync()}");
                    return null;
                }
            }
            catch (Exception exception) when (exception is HttpRequestException or TaskCanceledException or IOException)
            {
                report.Write($"POST {path}: {exception.Message}");
            }
            await Task.Delay(Rest);
        }
    }

    private async Task PredictAllAsync(CancellationToken enough)
    {
        while (!enough.IsCancellationRequested)
        {
            await PredictAsync(isWarm: true);
            await Task.Delay(Rest / 2, CancellationToken.None);
        }
    }

    /// <returns>Whether a model has answered.</returns>
    private async Task<bool> PredictAsync(bool isWarm)
    {
        try
        {
            using var form = new MultipartFormDataContent { { new ByteArrayContent(_digit), "file", "digit.png" } };
            using var response = await _client.PostAsync("predict", form);
            Judge(response, "POST predict");
            if (response.IsSuccessStatusCode)
            {
                var answer = (await response.Content.ReadFromJsonAsync<JsonNode>())!;
                _predictions.AddOrUpdate(((string)answer["model"]!, (int)answer["version"]!), 1, (_, count) => count + 1);
                return true;
            }
            if (isWarm && response.StatusCode != HttpStatusCode.ServiceUnavailable && (int)response.StatusCode < 500)
            {
                report.Violation($"POST predict: {(int)response.StatusCode} {await response.Content.ReadAsStringAsync()}");
            }
        }
        catch (TaskCanceledException)
        {
            report.Violation($"POST predict: no answer within {Patience.TotalSeconds} s");
        }
        catch (Exception exception) when (exception is HttpRequestException or IOException)
        {
            // The server is killed, or not yet up again.
        }
        return false;
    }

    // 503 with a sentence is how an outage is told; any other 5xx is a fault of the product.
    private void Judge(HttpResponseMessage response, string what)
    {
        if (response.StatusCode == HttpStatusCode.ServiceUnavailable)
        {
            Interlocked.Increment(ref _refused);
        }
        else if ((int)response.StatusCode >= 500)
        {
            report.Violation($"{what}: {(int)response.StatusCode} {response.Content.ReadAsStringAsync().Result}");
        }
    }
}
