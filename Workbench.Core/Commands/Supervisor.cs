using System.ComponentModel;
using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;

namespace Workbench.Core.Commands;

/// <summary>
/// A process of its own between a worker and the program of a trial. It is told by its standard input what to run; when that closes, because
/// the worker wants the program to end or has itself ended, by whatever cause, it ends the program and all that descends from it. What the
/// program leaves behind when it ends, it ends, too.
/// </summary>
public static class Supervisor
{
    /// <summary>The verb that makes this program a supervisor.</summary>
    public const string Verb = "supervise-command";

    /// <summary>The exit code when the program can't be started, as shells have it.</summary>
    public const int NotStarted = 127;

    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(20);

    /// <summary>Supervises one program.</summary>
    /// <returns>Its exit code; 128 and the number of the signal that ended it.</returns>
    public static async Task<int> RunAsync()
    {
        ProcessTree.Found();
        using var input = new StreamReader(Console.OpenStandardInput(), Encoding.UTF8);
        if (await input.ReadLineAsync() is not { } line)
        {
            return 0;
        }
        var order = JsonSerializer.Deserialize<CommandOrder>(line)!;
        // A service manager may ask every process of the service to end: how this one ends is the worker's to say.
        PosixSignalRegistration[] deaf = [.. new[] { PosixSignal.SIGTERM, PosixSignal.SIGINT, PosixSignal.SIGHUP }
            .Select(signal => PosixSignalRegistration.Create(signal, context => context.Cancel = true))];
        try
        {
            using var program = Start(order);
            // A program that reads is told that there is nothing.
            program.StandardInput.Close();
            var ended = program.WaitForExitAsync();
            await Task.WhenAny(ended, ClosedAsync(input));
            await EndAsync(program, ended, TimeSpan.FromSeconds(order.Grace));
            await ended;
            return program.ExitCode;
        }
        catch (Win32Exception exception)
        {
            await Console.Error.WriteLineAsync($"{order.Arguments[0]} can't be started: {exception.Message}");
            return NotStarted;
        }
        finally
        {
            Array.ForEach(deaf, registration => registration.Dispose());
        }
    }

    private static Process Start(CommandOrder order)
    {
        var start = new ProcessStartInfo(order.Arguments[0], order.Arguments.Skip(1)) { RedirectStandardInput = true, WorkingDirectory = order.Folder };
        start.Environment.Clear();
        foreach (var (name, value) in order.Environment)
        {
            start.Environment[name] = value;
        }
        return Process.Start(start)!;
    }

    private static async Task ClosedAsync(StreamReader input)
    {
        var rest = new char[16];
        while (await input.ReadAsync(rest) > 0)
        {
            // Nothing more is said.
        }
    }

    private static async Task EndAsync(Process program, Task ended, TimeSpan grace)
    {
        var started = Stopwatch.GetTimestamp();
        if (OperatingSystem.IsLinux())
        {
            ProcessTree.Ask(ProcessTree.Descendants());
            while (ProcessTree.Descendants() is { Count: > 0 } left)
            {
                if (Stopwatch.GetElapsedTime(started) >= grace)
                {
                    ProcessTree.End(left);
                }
                await Task.Delay(Look);
            }
            ProcessTree.Reap(program.Id);
            return;
        }
        if (OperatingSystem.IsWindows())
        {
            program.Kill(entireProcessTree: true);
            return;
        }
        ProcessTree.AskGroup(Environment.ProcessId);
        if (await Task.WhenAny(ended, Task.Delay(grace)) != ended)
        {
            ProcessTree.EndGroup(Environment.ProcessId);
        }
    }
}
