using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;

namespace Workbench.Benchmarks.Chaos;

/// <summary>What happened and what was wrong, with the time since the start; printed as it comes, and kept beside the processes' logs.</summary>
internal sealed partial class ChaosReport
{
    private const int MostAlike = 2;
    private const int MostCharacters = 500;

    private readonly Stopwatch _clock = Stopwatch.StartNew();
    private readonly ConcurrentDictionary<string, int> _kills = new();
    private readonly ConcurrentQueue<string> _violations = new();
    private readonly ConcurrentDictionary<string, int> _alike = new();
    private readonly Lock _writing = new();

    public ChaosReport(string logs)
    {
        Logs = logs;
        Directory.CreateDirectory(logs);
    }

    public string Logs { get; }

    public int Violations => _violations.Count;

    public int Kills => _kills.Values.Sum();

    /// <summary>The longest time a study or a build stood still while a worker lived.</summary>
    public TimeSpan LongestStandstill { get; set; }

    public string Summary => string.Create(
        CultureInfo.InvariantCulture,
        $"""
        {Kills} kills in {_clock.Elapsed.TotalMinutes:F1} min: {string.Join(", ", _kills.OrderBy(kind => kind.Key).Select(kind => $"{kind.Value} {kind.Key}"))}
        longest standstill {LongestStandstill.TotalSeconds:F0} s
        {Violations} violations{string.Concat(_alike.OrderByDescending(kind => kind.Value).Select(kind => $"\n  {kind.Value} × {kind.Key[..Math.Min(kind.Key.Length, MostCharacters)]}"))}
        """);

    public void Killed(string kind, string what)
    {
        _kills.AddOrUpdate(kind, 1, (_, count) => count + 1);
        Write($"kill {Kills}: {what}");
    }

    public void Violation(string what)
    {
        var line = $"{Time} VIOLATION {what}";
        Append(line);
        _violations.Enqueue(line);
        // The same one again, with other numbers, is in the file.
        if (_alike.AddOrUpdate(Numbers().Replace(what, "#"), 1, (_, count) => count + 1) <= MostAlike)
        {
            Console.WriteLine(line.Length > MostCharacters ? line[..MostCharacters] + "…" : line);
        }
    }

    /// <summary>What is worth a line in the file, but not on the console.</summary>
    public void Write(string what) => Append($"{Time} {what}");

    /// <summary>The standard error of every process is clean: whatever is killed beside it is told of in lines, not in stack traces.</summary>
    public void ScanLogs()
    {
        foreach (var file in Directory.EnumerateFiles(Logs, "*.err").Order(StringComparer.Ordinal))
        {
            var traces = File.ReadLines(file).Count(line => line.TrimStart().StartsWith("at ", StringComparison.Ordinal) || line.Contains("Unhandled exception", StringComparison.Ordinal));
            if (traces > 0)
            {
                Violation($"stack traces on the standard error: {traces} lines in {file}");
            }
        }
    }

    [GeneratedRegex("[0-9a-f]*[0-9][0-9a-f-]*")]
    private static partial Regex Numbers();

    private string Time => _clock.Elapsed.ToString(@"hh\:mm\:ss\.f", CultureInfo.InvariantCulture);

    private void Append(string line)
    {
        lock (_writing)
        {
            File.AppendAllText(Path.Combine(Logs, "chaos.log"), line + "\n");
        }
    }
}
