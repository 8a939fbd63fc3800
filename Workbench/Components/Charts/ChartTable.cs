using System.Globalization;
using System.Text;

namespace Workbench.Components.Charts;

/// <summary>A chart's data as rows. A first column named <see cref="Trial"/> holds the numbers of trials.</summary>
/// <param name="Columns">The headings.</param>
/// <param name="Rows">Numbers, texts and moments; null where there is no value.</param>
public sealed record ChartTable(IReadOnlyList<string> Columns, IReadOnlyList<IReadOnlyList<object?>> Rows)
{
    /// <summary>The heading of a column of trial numbers.</summary>
    public const string Trial = "trial";

    /// <summary>The table as RFC 4180 has it, numbers in full and in the invariant culture.</summary>
    public string ToCsv()
    {
        var csv = new StringBuilder();
        foreach (var row in Rows.Prepend([.. Columns]))
        {
            csv.AppendJoin(',', row.Select(Field)).Append("\r\n");
        }
        return csv.ToString();
    }

    /// <summary>A cell for a person to read.</summary>
    public static string Show(object? cell) => cell switch
    {
        double number => Format.Value(number),
        DateTimeOffset at => Format.Date(at),
        null => "–",
        _ => Convert.ToString(cell, CultureInfo.InvariantCulture)!,
    };

    private static string Field(object? cell)
    {
        var text = cell switch
        {
            double number => number.ToString("R", CultureInfo.InvariantCulture),
            DateTimeOffset at => Format.Iso(at),
            _ => Convert.ToString(cell, CultureInfo.InvariantCulture) ?? "",
        };
        return text.AsSpan().IndexOfAny(",\"\r\n") < 0 ? text : $"\"{text.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";
    }
}
