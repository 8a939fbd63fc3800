using System.Diagnostics;
using System.Text.Json;

namespace Workbench.Core.Commands;

/// <summary>A program that runs under a supervisor: it and all that descends from it end when it is disposed of, or when this process ends.</summary>
public sealed class CommandProcess : IAsyncDisposable
{
    private readonly Process _supervisor;
    private readonly Task _read;

    private CommandProcess(Process supervisor, Func<string, bool, ValueTask> take)
    {
        _supervisor = supervisor;
        _read = Task.WhenAll(
            LineReader.ReadAsync(supervisor.StandardOutput.BaseStream, line => take(line, false)),
            LineReader.ReadAsync(supervisor.StandardError.BaseStream, line => take(line, true)));
    }

    /// <summary>Starts a program.</summary>
    /// <param name="order">The program.</param>
    /// <param name="take">Gets each line that it prints, and whether it was on its standard error; called on two threads. What it throws ends the reading.</param>
    public static CommandProcess Start(CommandOrder order, Func<string, bool, ValueTask> take)
    {
        var program = Path.Combine(AppContext.BaseDirectory, "Workbench.dll");
        var own = Environment.ProcessPath;
        var start = Path.GetFileNameWithoutExtension(own) switch
        {
            "Workbench" => new ProcessStartInfo(own!, [Supervisor.Verb]),
            "dotnet" => new ProcessStartInfo(own!, [program, Supervisor.Verb]),
            _ => new ProcessStartInfo("dotnet", [program, Supervisor.Verb]),
        };
        start.RedirectStandardInput = start.RedirectStandardOutput = start.RedirectStandardError = true;
        // A program that is named by a path without a root is looked for there.
        start.WorkingDirectory = order.Folder;
        // Small and soon there: it does nothing but wait.
        start.Environment["DOTNET_gcServer"] = "0";
        start.Environment["DOTNET_TieredPGO"] = "0";
        var supervisor = Process.Start(start)!;
        supervisor.StandardInput.WriteLine(JsonSerializer.Serialize(order));
        supervisor.StandardInput.Flush();
        return new CommandProcess(supervisor, take);
    }

    /// <summary>Asks the program and all that descends from it to end, and kills, after its grace, what does not. Returns at once.</summary>
    public void Stop()
    {
        try
        {
            _supervisor.StandardInput.Close();
        }
        catch (IOException)
        {
            // It has ended.
        }
    }

    /// <summary>Waits until the program has ended and all that it printed was read.</summary>
    /// <returns>Its exit code; 128 and the number of the signal that ended it.</returns>
    public async Task<int> EndAsync()
    {
        await _supervisor.WaitForExitAsync();
        // Should the supervisor have been killed, what it watched over is left.
        ProcessTree.EndGroup(_supervisor.Id);
        await _read;
        return _supervisor.ExitCode;
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        Stop();
        await _supervisor.WaitForExitAsync();
        ProcessTree.EndGroup(_supervisor.Id);
        _supervisor.Dispose();
    }
}
