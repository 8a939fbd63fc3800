namespace Workbench.Core.Tracking.Tables;

/// <summary>By which field a table of trials is sorted. As text it is the field's name, with a minus before it for the largest first.</summary>
/// <param name="Field">The field.</param>
/// <param name="Descending">Whether the largest comes first.</param>
public sealed record TrialOrder(TrialField Field, bool Descending)
{
    /// <summary>Reads an order; the empty one is that of the latest trials first.</summary>
    /// <returns>Null when there is no such field.</returns>
    public static TrialOrder? Parse(string? text, TrialFields fields)
    {
        var order = string.IsNullOrWhiteSpace(text) ? $"-{TrialFields.Number}" : text.Trim();
        return fields.Find(order.TrimStart('-')) is { } field ? new TrialOrder(field, order[0] == '-') : null;
    }

    /// <summary>The rows in this order; those without a value come last either way, and equal ones stand by number.</summary>
    public IEnumerable<TrialRow> Sort(IEnumerable<TrialRow> rows)
    {
        var keyed = rows.Select(row => (Row: row, Key: Field.Read(row))).OrderBy(row => row.Key.IsLast);
        return (Descending ? keyed.ThenByDescending(row => row.Key, FieldValue.Order) : keyed.ThenBy(row => row.Key, FieldValue.Order)).ThenBy(row => row.Row.Run.Number).Select(row => row.Row);
    }

    /// <inheritdoc/>
    public override string ToString() => (Descending ? "-" : "") + Field.Name;
}
