using System.Globalization;
using Workbench.Core.Search;

namespace Workbench.Core.Tracking.Tables;

/// <summary>What stands in one cell of a table of trials: nothing, a number or a text.</summary>
public readonly record struct FieldValue
{
    private readonly double? _number;

    private FieldValue(double? number, string? text) => (_number, Text) = (number, text);

    /// <summary>The number; null for a text or nothing.</summary>
    public double? Number => _number;

    /// <summary>The text; null for a number or nothing.</summary>
    public string? Text { get; }

    /// <summary>Whether nothing stands here.</summary>
    public bool IsMissing => _number is null && Text is null;

    /// <summary>A number; nothing for null.</summary>
    public static FieldValue Of(double? number) => new(number, null);

    /// <summary>A text; nothing for null.</summary>
    public static FieldValue Of(string? text) => new(null, text);

    /// <summary>A moment, as seconds since 1970.</summary>
    public static FieldValue Of(DateTimeOffset? at) => new(at?.ToUnixTimeMilliseconds() / 1000.0, null);

    /// <summary>A parameter's value.</summary>
    public static FieldValue OfParameter(ParameterValue value) => value.IsNumber ? new(value.AsDouble(), null) : new(null, value.ToString());

    /// <summary>The order of a sorted column: numbers, then texts, then NaN, then nothing.</summary>
    public static IComparer<FieldValue> Order { get; } = Comparer<FieldValue>.Create((a, b) =>
        a.Rank != b.Rank ? a.Rank.CompareTo(b.Rank)
        : a._number is { } number ? number.CompareTo(b._number!.Value)
        : string.CompareOrdinal(a.Text, b.Text));

    /// <summary>Whether a sorted column has this at its end, whichever way it is sorted.</summary>
    internal bool IsLast => Rank >= 2;

    /// <summary>The number in the invariant culture, so that it reads back as the same; or the text; or "".</summary>
    public override string ToString() => _number?.ToString("R", CultureInfo.InvariantCulture) ?? Text ?? "";

    private int Rank => _number is { } number ? (double.IsNaN(number) ? 2 : 0) : Text is not null ? 1 : 3;
}
