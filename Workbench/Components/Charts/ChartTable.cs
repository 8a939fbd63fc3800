using System.Globalization;
using Workbench.Core.Tracking.Tables;

namespace Workbench.Components.Charts;

/// <summary>A chart's data as rows. A first column named <see cref="Trial"/> holds the numbers of trials.</summary>
/// <param name="Columns">The headings.</param>
/// <param name="Rows">Numbers, texts and moments; null where there is no value.</param>
public sealed record ChartTable(IReadOnlyList<string> Columns, IReadOnlyList<IReadOnlyList<object?>> Rows)
{
    /// <summary>The heading of a column of trial numbers.</summary>
    public const string Trial = "trial";

    /// <summary>The table as CSV, numbers in full and in the invariant culture.</summary>
    public string ToCsv() => Csv.Of(Rows.Prepend([.. Columns]).Select(row => row.Select(Field)));

    /// <summary>A cell for a person to read.</summary>
    public static string Show(object? cell) => cell switch
    {
        double number => Format.Value(number),
        DateTimeOffset at => Format.Date(at),
        null => "–",
        _ => Convert.ToString(cell, CultureInfo.InvariantCulture)!,
    };

    private static string Field(object? cell) => cell switch
    {
        double number => number.ToString("R", CultureInfo.InvariantCulture),
        DateTimeOffset at => Format.Iso(at),
        _ => Convert.ToString(cell, CultureInfo.InvariantCulture) ?? "",
    };
}
