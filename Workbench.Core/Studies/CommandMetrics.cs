using System.Text;
using System.Text.Json;
using Workbench.Core.Commands;

namespace Workbench.Core.Studies;

/// <summary>
/// Brings the metrics that a program prints, writes to a file, or logs through MLflow into one sequence of steps. A value without a step is
/// that of the next step of its metric.
/// </summary>
/// <param name="objective">The study's metric.</param>
/// <param name="report">Gets each step; false when the program is to end. It is not called any more then.</param>
internal sealed class CommandMetrics(string objective, Func<int, IReadOnlyDictionary<string, double>, bool> report)
{
    private const string Single = "metrics.json";
    private const string Lines = "metrics.jsonl";
    private const int MostRead = 256 << 10;
    private static readonly Dictionary<string, double> Nothing = [];

    private readonly Dictionary<string, int> _steps = new(StringComparer.Ordinal);
    private long _read;

    /// <summary>Whether the program may go on.</summary>
    public bool GoesOn { get; private set; } = true;

    /// <summary>The last value of the objective that was printed or written; null while there is none.</summary>
    public double? Objective { get; private set; }

    /// <summary>The last step of the objective; -1 before the first.</summary>
    public int ObjectiveStep => _steps.GetValueOrDefault(objective, -1);

    /// <summary>Tells that the program lives, and learns whether it may go on.</summary>
    public void Beat() => Report(0, Nothing);

    /// <summary>Takes what was printed on a line, if that is metrics.</summary>
    public void Take(string line)
    {
        if (MetricLine.Read(line) is { } metrics)
        {
            Take(metrics);
        }
    }

    /// <summary>Takes a value of the objective that is in the store already.</summary>
    public void TakeLogged(int step, double value)
    {
        _steps[objective] = step;
        Report(step, new Dictionary<string, double> { [objective] = value });
    }

    /// <summary>Reads what was added to the file of lines.</summary>
    /// <param name="folder">The program's folder.</param>
    /// <param name="toEnd">Whether a last line without an end is one, too.</param>
    public void ReadLines(string folder, bool toEnd)
    {
        var file = new FileInfo(Path.Combine(folder, Lines));
        if (!file.Exists || file.Length <= _read)
        {
            return;
        }
        using var stream = new FileStream(file.FullName, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        stream.Position = _read;
        var added = new byte[MostRead];
        while (stream.ReadAtLeast(added, added.Length, throwOnEndOfStream: false) is > 0 and var count)
        {
            // Half a line is read when it is whole. One that fills all there is room for is no metrics.
            var whole = added.AsSpan(0, count).LastIndexOf((byte)'\n') is >= 0 and var end ? end + 1
                : toEnd || count == added.Length ? count : 0;
            foreach (var line in Encoding.UTF8.GetString(added, 0, whole).Split('\n'))
            {
                Take(line);
            }
            _read += whole;
            if (whole == 0)
            {
                return;
            }
            stream.Position = _read;
        }
    }

    /// <summary>Reads the file that a program may leave: an object of numbers, or a list of them.</summary>
    /// <exception cref="CommandException">It is no JSON.</exception>
    public void ReadFile(string folder)
    {
        var path = Path.Combine(folder, Single);
        if (!File.Exists(path))
        {
            return;
        }
        try
        {
            using var stream = File.OpenRead(path);
            using var json = JsonDocument.Parse(stream);
            IEnumerable<JsonElement> items = json.RootElement.ValueKind == JsonValueKind.Array ? json.RootElement.EnumerateArray() : [json.RootElement];
            foreach (var metrics in items.Select(MetricLine.Of).OfType<MetricLine>())
            {
                Take(metrics);
            }
        }
        catch (JsonException exception)
        {
            throw new CommandException($"{Single} is no JSON: {exception.Message}");
        }
    }

    private void Take(MetricLine metrics)
    {
        foreach (var step in metrics.Values.GroupBy(value => metrics.Step ?? Math.Min(_steps.GetValueOrDefault(value.Key), int.MaxValue - 1) + 1))
        {
            var values = step.ToDictionary(StringComparer.Ordinal);
            foreach (var name in values.Keys)
            {
                _steps[name] = step.Key;
            }
            Objective = values.TryGetValue(objective, out var value) ? value : Objective;
            Report(step.Key, values);
        }
    }

    private void Report(int step, IReadOnlyDictionary<string, double> values) => GoesOn = GoesOn && report(step, values);
}
