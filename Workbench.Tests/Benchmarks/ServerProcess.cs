using System.Diagnostics;
using System.Net.Http.Json;
using System.Text.Json.Nodes;

namespace Workbench.Benchmarks;

/// <summary>The real server in a process of its own.</summary>
internal sealed class ServerProcess : IAsyncDisposable
{
    private readonly Process _process;

    private ServerProcess(Process process, Uri url) => (_process, Url, Client) = (process, url, new HttpClient { BaseAddress = url });

    public Uri Url { get; }

    public HttpClient Client { get; }

    /// <summary>The memory it has now, in bytes.</summary>
    public long WorkingSet
    {
        get
        {
            _process.Refresh();
            return _process.WorkingSet64;
        }
    }

    /// <summary>Whether it has ended, be it by itself.</summary>
    public bool HasExited => _process.HasExited;

    /// <summary>The code with which it ended.</summary>
    public int ExitCode => _process.ExitCode;

    /// <summary>Starts it and returns when it listens.</summary>
    /// <param name="data">Its data folder.</param>
    /// <param name="onError">Gets each line of its standard error; null to let them through.</param>
    public static async Task<ServerProcess> StartAsync(string data, Action<string>? onError = null)
    {
        var process = Process.Start(new ProcessStartInfo(
            "dotnet", [Path.Combine(AppContext.BaseDirectory, "Workbench.dll"), "--data", data, "--port", "0", "--no-browser"])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = onError is not null,
        })!;
        if (onError is not null)
        {
            process.ErrorDataReceived += (_, line) => onError(line.Data ?? "");
            process.BeginErrorReadLine();
        }
        var line = await process.StandardOutput.ReadLineAsync() ?? throw new InvalidOperationException("The server did not start.");
        return new ServerProcess(process, new Uri(line.Split(' ')[3].TrimEnd(',')));
    }

    /// <summary>Launches a study, or adds trials to it.</summary>
    /// <param name="searchSpace">As the API takes it; null for the pipeline's own, or the one the study has.</param>
    public async Task LaunchAsync(string study, int trials, object? searchSpace = null) =>
        (await Client.PostAsJsonAsync("api/studies", new { name = study, trials, jobs = 2, searchSpace })).EnsureSuccessStatusCode();

    /// <summary>Asks until a study stands as wanted.</summary>
    public async Task UntilAsync(string study, Func<JsonNode, bool> reached)
    {
        while (!reached((await Client.GetFromJsonAsync<JsonNode>($"api/studies/{study}"))!))
        {
            await Task.Delay(100);
        }
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        using (var kill = Process.Start("kill", ["-INT", $"{_process.Id}"]))
        {
            await kill.WaitForExitAsync();
        }
        await _process.WaitForExitAsync();
        _process.Dispose();
    }
}
