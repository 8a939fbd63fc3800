using System.Buffers;
using System.Text.Json;

namespace Workbench.Core.Tracking.Tables;

/// <summary>Writes a table of trials for other programs: numbers in the invariant culture and in full, times in ISO 8601, durations in
/// seconds.</summary>
public static class TrialExport
{
    /// <summary>The table as CSV, with a line of names.</summary>
    public static string Csv(IReadOnlyList<TrialField> fields, IEnumerable<TrialRow> rows) =>
        Tables.Csv.Of(rows.Select(row => fields.Select(field => Cell(field, row))).Prepend(fields.Select(field => field.Name)));

    /// <summary>The table as a JSON array of objects; what is missing or not finite is null.</summary>
    public static byte[] Json(IReadOnlyList<TrialField> fields, IEnumerable<TrialRow> rows)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartArray();
            foreach (var row in rows)
            {
                json.WriteStartObject();
                foreach (var field in fields)
                {
                    Write(json, field, row);
                }
                json.WriteEndObject();
            }
            json.WriteEndArray();
        }
        return buffer.WrittenSpan.ToArray();
    }

    private static void Write(Utf8JsonWriter json, TrialField field, TrialRow row)
    {
        var value = field.Read(row);
        if (value.IsMissing || value.Number is { } number && !double.IsFinite(number))
        {
            json.WriteNull(field.Name);
        }
        else if (value.Number is { } finite && field.Kind != FieldKind.Time)
        {
            json.WriteNumber(field.Name, finite);
        }
        else
        {
            json.WriteString(field.Name, Cell(field, row));
        }
    }

    private static string Cell(TrialField field, TrialRow row)
    {
        var value = field.Read(row);
        return field.Kind == FieldKind.Time && value.Number is { } seconds
            ? Tables.Csv.Time(DateTimeOffset.FromUnixTimeMilliseconds((long)Math.Round(seconds * 1000)))
            : value.ToString();
    }
}
