using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Workbench.Core.Search;

/// <summary>
/// The value of one parameter: a floating-point number, an integer or a text, and nothing else. As JSON it is a number or a
/// string; a floating-point number that happens to be whole is written as <c>5.0</c>, so that its kind survives.
/// </summary>
[JsonConverter(typeof(ParameterValueConverter))]
public readonly record struct ParameterValue
{
    private enum Kind : byte { Double, Integer, Text }

    private readonly Kind _kind;
    private readonly double _double;
    private readonly long _integer;
    private readonly string? _text;

    private ParameterValue(double value) => (_kind, _double) = (Kind.Double, value);

    private ParameterValue(long value) => (_kind, _integer) = (Kind.Integer, value);

    private ParameterValue(string value) => (_kind, _text) = (Kind.Text, value);

    /// <summary>Wraps a floating-point number.</summary>
    public static implicit operator ParameterValue(double value) => new(value);

    /// <summary>Wraps an integer.</summary>
    public static implicit operator ParameterValue(int value) => new((long)value);

    /// <summary>Wraps an integer.</summary>
    public static implicit operator ParameterValue(long value) => new(value);

    /// <summary>Wraps a text.</summary>
    /// <exception cref="ArgumentNullException">The text is null.</exception>
    public static implicit operator ParameterValue(string value) => new(value ?? throw new ArgumentNullException(nameof(value)));

    /// <summary>Whether this is an integer.</summary>
    public bool IsInteger => _kind == Kind.Integer;

    /// <summary>Whether this is an integer or a floating-point number.</summary>
    public bool IsNumber => _kind != Kind.Text;

    /// <summary>Whether this is a text.</summary>
    public bool IsText => _kind == Kind.Text;

    /// <summary>The number, whichever of the two kinds it is.</summary>
    /// <exception cref="InvalidCastException">This is a text.</exception>
    public double AsDouble() => _kind switch
    {
        Kind.Double => _double,
        Kind.Integer => _integer,
        _ => throw new InvalidCastException($"\"{_text}\" is a text, not a number."),
    };

    /// <summary>The integer, or the floating-point number if it is whole.</summary>
    /// <exception cref="InvalidCastException">This is a text or has a fraction.</exception>
    /// <exception cref="OverflowException">The integer does not fit into 32 bits.</exception>
    public int AsInt() => checked((int)AsLong());

    /// <summary>The integer, or the floating-point number if it is whole.</summary>
    /// <exception cref="InvalidCastException">This is a text or has a fraction.</exception>
    public long AsLong() => _kind switch
    {
        Kind.Integer => _integer,
        Kind.Double when _double == Math.Floor(_double) && Math.Abs(_double) <= 1L << 53 => (long)_double,
        _ => throw new InvalidCastException($"{this} is not an integer."),
    };

    /// <summary>The value as text, numbers in the invariant culture.</summary>
    public override string ToString() => _kind switch
    {
        Kind.Double => _double.ToString("R", CultureInfo.InvariantCulture),
        Kind.Integer => _integer.ToString(CultureInfo.InvariantCulture),
        _ => _text!,
    };

    internal static ParameterValue Read(JsonElement json, string parameter) => json.ValueKind switch
    {
        JsonValueKind.Number when json.TryGetInt64(out var integer) => integer,
        JsonValueKind.Number when double.IsFinite(json.GetDouble()) => json.GetDouble(),
        JsonValueKind.String => json.GetString()!,
        _ => throw new SearchException(parameter, $"{parameter}: {json.GetRawText()} is neither a number nor a text."),
    };

    internal void Write(Utf8JsonWriter writer)
    {
        switch (_kind)
        {
            case Kind.Integer:
                writer.WriteNumberValue(_integer);
                break;
            case Kind.Text:
                writer.WriteStringValue(_text);
                break;
            default:
                // Written as 5 it would come back as an integer.
                var text = ToString();
                if (text.AsSpan().IndexOfAny('.', 'E') < 0 && double.IsFinite(_double))
                    writer.WriteRawValue(text + ".0");
                else
                    writer.WriteNumberValue(_double);
                break;
        }
    }
}

internal sealed class ParameterValueConverter : JsonConverter<ParameterValue>
{
    public override ParameterValue Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        ParameterValue.Read(JsonElement.ParseValue(ref reader), "value");

    public override void Write(Utf8JsonWriter writer, ParameterValue value, JsonSerializerOptions options) => value.Write(writer);
}
