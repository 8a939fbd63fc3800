using System.ComponentModel;
using System.Diagnostics;

namespace Workbench.Core.Platform;

/// <summary>How a program ended, and what it printed on both its streams.</summary>
sealed record ChildResult(int ExitCode, string Output)
{
    public bool Succeeded => ExitCode == 0;

    /// <summary>The last line that says something: where a program says why it gave up.</summary>
    public string LastLine => Output.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).LastOrDefault()
        ?? $"exit code {ExitCode}";
}

static class ChildProcess
{
    /// <summary>A folder that every account may enter; the current one may be closed to it.</summary>
    public static string Anywhere => OperatingSystem.IsWindows() ? "" : "/";

    /// <summary>Runs a program to its end, without a terminal and with English messages.</summary>
    /// <param name="program">Its path, or its name on PATH.</param>
    /// <param name="arguments">Passed as they are; no shell reads them.</param>
    /// <param name="folder">Where it runs: a folder that the account may enter.</param>
    /// <param name="user">The account to run as; only root may name one. Null: this process's own.</param>
    /// <param name="limit">How long it may take before it is killed.</param>
    /// <param name="cancellationToken">Kills it as well.</param>
    /// <exception cref="StartupException">It cannot be started, or took longer than the limit.</exception>
    public static async Task<ChildResult> RunAsync(
        string program, IEnumerable<string> arguments, string folder, string? user, TimeSpan limit, CancellationToken cancellationToken)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = folder,
            Environment = { ["LC_ALL"] = "C" },
        };
        if (user is not null)
            start.UserName = user;
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        deadline.CancelAfter(limit);
        using var process = Start(start);
        process.StandardInput.Close();
        var output = Task.WhenAll(
            process.StandardOutput.ReadToEndAsync(cancellationToken), process.StandardError.ReadToEndAsync(cancellationToken));
        try
        {
            await process.WaitForExitAsync(deadline.Token);
        }
        catch (OperationCanceledException)
        {
            process.Kill();
            cancellationToken.ThrowIfCancellationRequested();
            throw new StartupException($"{program} did not finish within {limit.TotalSeconds:0} s.");
        }
        // On Windows a server that the program left behind keeps the streams open for ever.
        var drained = await Task.WhenAny(output, Task.Delay(TimeSpan.FromSeconds(1), cancellationToken)) == output;
        return new ChildResult(process.ExitCode, drained ? string.Concat(await output) : "");
    }

    static Process Start(ProcessStartInfo start)
    {
        try
        {
            return Process.Start(start)!;
        }
        catch (Win32Exception e)
        {
            throw new StartupException($"{start.FileName} cannot be started: {e.Message}", e);
        }
    }
}
