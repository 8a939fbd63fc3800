using System.Diagnostics;
using System.Text;

namespace Workbench.Tests.Commands;

/// <summary>The real program, as a process of its own, on a data folder and a database that the test chooses.</summary>
internal sealed class WorkbenchProcess : IAsyncDisposable
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(2);

    private readonly Process _process;
    private readonly StringBuilder _errors = new();
    private readonly Task _readErrors;

    private WorkbenchProcess(ProcessStartInfo start)
    {
        _process = Process.Start(start)!;
        _readErrors = ReadErrorsAsync();
    }

    /// <summary>The number of the process.</summary>
    public int Id => _process.Id;

    /// <summary>Where it serves; known once <see cref="ServeAsync"/> has returned.</summary>
    public Uri Url { get; private set; } = new("http://127.0.0.1");

    /// <summary>What it wrote to the standard error until now, but for warnings: a machine that has a lot else to do gives cause for some.</summary>
    public string Errors
    {
        get
        {
            lock (_errors)
            {
                return _errors.ToString();
            }
        }
    }

    /// <summary>Starts a verb.</summary>
    /// <param name="connectionString">The database; null for a private one in the data folder.</param>
    /// <param name="arguments">The command line.</param>
    public static WorkbenchProcess Start(string? connectionString, params string[] arguments) => Start(connectionString, [], arguments);

    /// <summary>Starts a verb with settings in its environment.</summary>
    /// <param name="connectionString">The database; null for a private one in the data folder.</param>
    /// <param name="environment">Variables besides those of the tests.</param>
    /// <param name="arguments">The command line.</param>
    public static WorkbenchProcess Start(string? connectionString, IReadOnlyList<(string Name, string Value)> environment, params string[] arguments)
    {
        var start = new ProcessStartInfo(OtherProcess.DotnetPath, [Path.Combine(AppContext.BaseDirectory, "Workbench.dll"), .. arguments])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            // A terminal of 200 columns: messages stay on one line.
            // No test waits for a database that is away.
            Environment =
            {
                ["COLUMNS"] = "200",
                ["ConnectionStrings__Workbench"] = connectionString,
                ["Workbench__Database__StartLimit"] = "00:00:00",
            },
        };
        foreach (var (name, value) in environment)
        {
            start.Environment[name] = value;
        }
        return new WorkbenchProcess(start);
    }

    /// <summary>Starts the web application and waits until it answers.</summary>
    /// <param name="connectionString">The database; null for a private one in the data folder.</param>
    /// <param name="data">The data folder.</param>
    /// <param name="port">The port; 0 for a free one.</param>
    public static async Task<WorkbenchProcess> ServeAsync(string? connectionString, string data, int port = 0)
    {
        var process = Start(connectionString, ["serve", "--port", $"{port}", "--no-browser", "--data", data]);
        var line = await process.ReadLineAsync();
        Assert.True(line.StartsWith("Workbench is at ", StringComparison.Ordinal), $"{line}\n{process.Errors}");
        process.Url = new Uri(line.Split(' ')[3].TrimEnd(','));
        return process;
    }

    /// <summary>Runs a verb to its end.</summary>
    public static Task<(int Code, string Output, string Errors)> RunAsync(string? connectionString, params string[] arguments) =>
        RunAsync(connectionString, [], arguments);

    /// <summary>Runs a verb to its end, with settings in its environment.</summary>
    public static async Task<(int Code, string Output, string Errors)> RunAsync(
        string? connectionString, IReadOnlyList<(string Name, string Value)> environment, params string[] arguments)
    {
        await using var process = Start(connectionString, environment, arguments);
        var output = await process._process.StandardOutput.ReadToEndAsync().WaitAsync(Limit);
        var code = await process.EndAsync();
        return (code, output, process.Errors);
    }

    /// <summary>The next line it prints; empty at its end.</summary>
    public async Task<string> ReadLineAsync() => await _process.StandardOutput.ReadLineAsync().WaitAsync(Limit) ?? "";

    /// <summary>Ctrl-C, or another signal.</summary>
    public async Task<int> InterruptAsync(string signal = "INT")
    {
        using var kill = Process.Start("kill", [$"-{signal}", $"{_process.Id}"]);
        await kill.WaitForExitAsync();
        return await EndAsync();
    }

    /// <summary>kill -9.</summary>
    public async Task KillAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync();
    }

    public async ValueTask DisposeAsync()
    {
        try
        {
            if (!_process.HasExited)
            {
                await InterruptAsync();
            }
        }
        finally
        {
            // One that does not stop fails its test, and must not slow down those after it.
            if (!_process.HasExited)
            {
                _process.Kill(entireProcessTree: true);
            }
            _process.Dispose();
        }
    }

    /// <summary>Waits for its end and tells its exit code.</summary>
    public async Task<int> EndAsync()
    {
        using var limit = new CancellationTokenSource(Limit);
        await _process.WaitForExitAsync(limit.Token);
        await _readErrors.WaitAsync(limit.Token);
        return _process.ExitCode;
    }

    private async Task ReadErrorsAsync()
    {
        while (await _process.StandardError.ReadLineAsync() is { } line)
        {
            lock (_errors)
            {
                _errors.Append(line.StartsWith("warn: ", StringComparison.Ordinal) ? "" : $"{line}\n");
            }
        }
    }
}
