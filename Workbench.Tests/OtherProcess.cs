using System.Diagnostics;

namespace Workbench.Tests;

/// <summary>A process that a test talks with by lines, and may kill. Its standard input stays open as long as the test wants it to live,
/// so that it can notice the end of the test run, however that ends.</summary>
sealed class OtherProcess : IAsyncDisposable
{
    static readonly TimeSpan Limit = TimeSpan.FromMinutes(3);

    readonly Process _process;

    public OtherProcess(ProcessStartInfo start)
    {
        start.RedirectStandardInput = true;
        start.RedirectStandardOutput = true;
        _process = Process.Start(start)!;
    }

    /// <summary>Starts the program in <c>Program.cs</c> of these tests.</summary>
    public static OtherProcess OfTests(params string[] arguments) => new(OfTestsIn(AppContext.BaseDirectory, [], arguments));

    /// <summary>The same with the tests' assemblies in another folder, started by another program, as in <c>nice dotnet …</c>.</summary>
    public static ProcessStartInfo OfTestsIn(string folder, string[] by, params string[] arguments)
    {
        string[] line = [.. by, DotnetPath, Path.Combine(folder, "Workbench.Tests.dll"), .. arguments];
        return new ProcessStartInfo(line[0], line[1..]);
    }

    // `dotnet test` tells its children which dotnet it is.
    public static string DotnetPath => Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") ?? "dotnet";

    /// <summary>The next line it prints; empty at its end.</summary>
    public async Task<string> ReadLineAsync()
    {
        using var limit = new CancellationTokenSource(Limit);
        return await _process.StandardOutput.ReadLineAsync(limit.Token) ?? "";
    }

    /// <summary>kill -9.</summary>
    public async Task KillAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync();
    }

    /// <summary>Ends its input, waits for its end and tells its exit code.</summary>
    public async Task<int> EndAsync()
    {
        _process.StandardInput.Close();
        using var limit = new CancellationTokenSource(Limit);
        await _process.WaitForExitAsync(limit.Token);
        return _process.ExitCode;
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
            await EndAsync();
        _process.Dispose();
    }
}
