using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace Workbench.Core.Commands;

/// <summary>Metrics that a program printed on one line.</summary>
/// <param name="Step">The step it names; null for the next one.</param>
/// <param name="Values">Values by name.</param>
public sealed partial record MetricLine(int? Step, IReadOnlyDictionary<string, double> Values)
{
    /// <summary>The most metrics of a line.</summary>
    public const int MostMetrics = 100;

    private const string StepName = "step";
    private const int MostCharacters = 10_000;
    private const int MostNameCharacters = 250;

    /// <summary>Reads <c>name=value</c>, several of them with spaces or commas in between, or a JSON object of numbers.</summary>
    /// <returns>Null for any other line.</returns>
    public static MetricLine? Read(string line)
    {
        line = line.Trim();
        return line.Length is 0 or > MostCharacters ? null
            : line[0] == '{' ? ReadJson(line)
            : line.Contains('=', StringComparison.Ordinal) ? ReadPairs(line)
            : null;
    }

    /// <summary>Reads a JSON object of numbers; what it has besides them is passed over.</summary>
    /// <returns>Null for one without a number, or with a step that is none.</returns>
    public static MetricLine? Of(JsonElement json) => json.ValueKind != JsonValueKind.Object ? null
        : Of(json.EnumerateObject().Where(field => Number(field.Value) is not null).Select(field => (field.Name, Number(field.Value)!.Value)));

    private static MetricLine? ReadPairs(string line)
    {
        var pairs = new List<(string, double)>();
        foreach (var part in line.Split([' ', '\t', ','], StringSplitOptions.RemoveEmptyEntries))
        {
            if (part.IndexOf('=', StringComparison.Ordinal) is var at && (at <= 0 || Number(part[(at + 1)..]) is null))
            {
                return null;
            }
            pairs.Add((part[..at], Number(part[(at + 1)..])!.Value));
        }
        return Of(pairs);
    }

    private static MetricLine? ReadJson(string line)
    {
        try
        {
            // Python writes what JSON has no word for.
            using var json = JsonDocument.Parse(NotFinite().Replace(line, "\"$0\""));
            return Of(json.RootElement);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static MetricLine? Of(IEnumerable<(string Name, double Value)> pairs)
    {
        int? step = null;
        var values = new Dictionary<string, double>(StringComparer.Ordinal);
        foreach (var (name, value) in pairs)
        {
            if (name != StepName)
            {
                values[name] = value;
            }
            else if (value is >= 0 and <= int.MaxValue && value == Math.Floor(value))
            {
                step = (int)value;
            }
            else
            {
                return null;
            }
        }
        return values.Count is > 0 and <= MostMetrics && values.Keys.All(IsName) ? new MetricLine(step, values) : null;
    }

    private static bool IsName(string name) => name.Length is > 0 and <= MostNameCharacters && !name.Any(character => char.IsControl(character) || char.IsSurrogate(character));

    private static double? Number(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Number when value.TryGetDouble(out var number) => number,
        JsonValueKind.String => NotFinite().IsMatch($" {value.GetString()}") ? Number(value.GetString()!) : null,
        _ => null,
    };

    private static double? Number(string text) => text.ToLowerInvariant() switch
    {
        "nan" => double.NaN,
        "inf" or "+inf" or "infinity" or "+infinity" => double.PositiveInfinity,
        "-inf" or "-infinity" => double.NegativeInfinity,
        _ => double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) ? number : null,
    };

    [GeneratedRegex(@"(?<=[:\s])(-?Infinity|NaN)(?=\s*([,}]|$))")]
    private static partial Regex NotFinite();
}
