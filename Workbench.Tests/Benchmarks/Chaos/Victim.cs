using System.Diagnostics;

namespace Workbench.Benchmarks.Chaos;

/// <summary>One process of the product. Each of its lives writes to files of its own.</summary>
internal sealed class Victim(string name, ChaosReport report, IReadOnlyDictionary<string, string> environment, params string[] arguments)
{
    private Process? _process;
    private int _life;
    private volatile bool _paused;

    public string Name => name;

    /// <summary>Whether it runs, and is not paused.</summary>
    public bool Lives => Exists && !_paused;

    public bool Exists => _process is { HasExited: false };

    public bool IsPaused => _paused;

    /// <summary>Whether it should run, because it was started and not killed since.</summary>
    public bool IsWanted { get; private set; }

    /// <summary>Why it ended without having been killed: its exit code and the last line of its standard error.</summary>
    public string LastWords => $"exit code {_process!.ExitCode}: {File.ReadLines(Log + ".err").LastOrDefault() ?? "it said nothing"} ({Log}.err)";

    private string Log => Path.Combine(report.Logs, $"{name}-{_life:000}");

    public void Start()
    {
        _life++;
        var start = new ProcessStartInfo("bash", ["-c", """exec "$@" > "$0.out" 2> "$0.err" """, Log, "dotnet", Path.Combine(AppContext.BaseDirectory, "Workbench.dll"), .. arguments]);
        foreach (var (key, value) in environment)
        {
            start.Environment[key] = value;
        }
        // The one before is not disposed of: others may be looking at it.
        _process = Process.Start(start)!;
        IsWanted = true;
    }

    /// <summary>kill -9.</summary>
    public void Kill()
    {
        IsWanted = false;
        _process!.Kill();
        _process.WaitForExit();
        _paused = false;
    }

    /// <summary>Stops it for a while: it holds what it holds, and does nothing.</summary>
    public async Task PauseAsync(TimeSpan time)
    {
        var paused = _process!;
        _paused = true;
        Signals.Send(paused.Id, "STOP");
        await Task.Delay(time);
        if (_process == paused && !paused.HasExited)
        {
            Signals.Send(paused.Id, "CONT");
            _paused = false;
        }
    }

    /// <summary>Ctrl-C, and kill -9 for what does not end in half a minute.</summary>
    public async Task StopAsync()
    {
        if (!Exists)
        {
            return;
        }
        IsWanted = false;
        Signals.Send(_process!.Id, "CONT");
        Signals.Send(_process.Id, "TERM");
        try
        {
            await _process.WaitForExitAsync().WaitAsync(TimeSpan.FromSeconds(40));
        }
        catch (TimeoutException)
        {
            report.Violation($"{name} did not end within 40 s of SIGTERM");
            _process.Kill();
        }
    }
}

/// <summary>kill(1).</summary>
internal static class Signals
{
    public static void Send(int process, string signal)
    {
        using var kill = Process.Start(new ProcessStartInfo("kill", [$"-{signal}", $"{process}"]) { RedirectStandardError = true })!;
        kill.WaitForExit();
    }

    /// <summary>Whether a process was started by another one.</summary>
    public static bool IsChild(int process, int parent)
    {
        try
        {
            // "12 (postgres) S 11 …": the name may hold anything, the parent comes after its bracket and the state.
            var stat = File.ReadAllText($"/proc/{process}/stat");
            return stat[(stat.LastIndexOf(')') + 2)..].Split(' ')[1] == $"{parent}";
        }
        catch (IOException)
        {
            return false;
        }
    }
}
