using System.Buffers;
using System.Globalization;
using System.Text;

namespace Workbench.Core.Tracking.Tables;

/// <summary>Tables as CSV (RFC 4180) that are safe to open in a spreadsheet.</summary>
public static class Csv
{
    /// <summary>What a file begins with by which Excel knows UTF-8. Readers of UTF-8 skip it.</summary>
    public const string ByteOrderMark = "\uFEFF";

    private static readonly SearchValues<char> Special = SearchValues.Create(",\"\r\n");
    private static readonly SearchValues<char> StartsFormula = SearchValues.Create("=+-@\uFF1D\uFF0B\uFF0D\uFF20");

    /// <summary>
    /// The table, with <see cref="ByteOrderMark"/>. A text that a spreadsheet would take for a formula and calculate has an apostrophe before
    /// it, which spreadsheets show as the text alone; numbers have none, whatever their sign.
    /// </summary>
    public static string Of(IEnumerable<IEnumerable<string>> rows)
    {
        var text = new StringBuilder(ByteOrderMark);
        foreach (var row in rows)
        {
            text.Append(Line(row));
        }
        return text.ToString();
    }

    /// <summary>One row of it, with its end, for a table that is written as it is read; it begins with <see cref="ByteOrderMark"/>.</summary>
    public static string Line(IEnumerable<string> row) => $"{string.Join(',', row.Select(Cell))}\r\n";

    /// <summary>A moment as tables have it: ISO 8601 in UTC, with milliseconds.</summary>
    public static string Time(DateTimeOffset at) => at.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ss.fffZ", CultureInfo.InvariantCulture);

    private static string Cell(string text)
    {
        var cell = IsFormula(text) ? $"'{text}" : text;
        return cell.AsSpan().ContainsAny(Special) || cell != cell.Trim() ? $"\"{cell.Replace("\"", "\"\"", StringComparison.Ordinal)}\"" : cell;
    }

    // Spreadsheets skip white space before it.
    private static bool IsFormula(string text) => text.AsSpan().TrimStart() is [var first, ..] && StartsFormula.Contains(first)
        && !double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out _);
}
