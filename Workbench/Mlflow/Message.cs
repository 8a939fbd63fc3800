using System.Globalization;
using System.Text.Json;
using Workbench.Core.Tracking;

namespace Workbench.Mlflow;

/// <summary>
/// A request as protobuf reads it: fields in snake_case or camelCase, those that are not known passed over, null for not set, 64-bit integers
/// as numbers or texts, "NaN" and "Infinity" as texts. Of a GET the fields are in the query; old clients encode a body twice.
/// </summary>
internal sealed class Message
{
    private const long MostBody = 1_000_000;

    private readonly JsonElement _json;
    private readonly string _path;

    private Message(JsonElement json, string path) => (_json, _path) = (json, path);

    /// <summary>Reads the request.</summary>
    /// <exception cref="FieldException">It is not a JSON object, or too large.</exception>
    public static async ValueTask<Message> BindAsync(HttpContext context)
    {
        var request = context.Request;
        if (HttpMethods.IsGet(request.Method) || (request.ContentLength is null or 0 && request.Query.Count > 0))
        {
            return new Message(
                JsonSerializer.SerializeToElement(request.Query.ToDictionary(
                    field => field.Key, field => field.Value.Count == 1 ? (object?)field.Value[0] : field.Value.ToArray())),
                "");
        }
        if (request.ContentLength > MostBody)
        {
            throw new FieldException("body", $"Batched logging API requests must be at most {MostBody} bytes, got a request of size {request.ContentLength}.");
        }
        using var body = new MemoryStream();
        await request.Body.CopyToAsync(body, context.RequestAborted);
        return Parse(body.GetBuffer().AsMemory(0, (int)body.Length));
    }

    private static Message Parse(ReadOnlyMemory<byte> body)
    {
        if (body.Span.IndexOfAnyExcept("\r\n\t "u8) < 0)
        {
            return new Message(JsonSerializer.SerializeToElement(new object()), "");
        }
        try
        {
            using var document = JsonDocument.Parse(body);
            var json = document.RootElement;
            if (json.ValueKind == JsonValueKind.String)
            {
                using var inner = JsonDocument.Parse(json.GetString()!);
                return Of(inner.RootElement.Clone());
            }
            return Of(json.Clone());
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            throw new FieldException("body", "The request body is no JSON. Send an object like {\"run_id\": \"…\"} in UTF-8.");
        }

        static Message Of(JsonElement json) => json.ValueKind == JsonValueKind.Object
            ? new Message(json, "")
            : throw new FieldException("body", "The request body must be a JSON object like {\"run_id\": \"…\"}.");
    }

    /// <summary>Whether a field is set.</summary>
    public bool Has(string name) => Find(name) is not null;

    /// <summary>A text; null when it is not set.</summary>
    public string? Text(string name) => Find(name) is { } value
        ? value.ValueKind == JsonValueKind.String ? Storable(name, value) : throw Invalid(name, value, "It must be a string.")
        : null;

    /// <summary>A word of an enumeration, or its number as a text; null when it is not set.</summary>
    public string? Word(string name) => Find(name) is { ValueKind: JsonValueKind.Number } number ? number.GetRawText() : Text(name);

    /// <summary>A text that must be set, and not empty.</summary>
    public string Required(string name) => Text(name) is { Length: > 0 } text ? text : throw Missing(name);

    /// <summary>One of several names for the same text.</summary>
    public string Required(string name, string otherName) => Text(name) is { Length: > 0 } text ? text : Text(otherName) is { Length: > 0 } other ? other : throw Missing(name);

    /// <summary>A whole number of 64 bits, as a number or a text; null when it is not set.</summary>
    public long? Whole(string name) => Find(name) is not { } value ? null
        : value.ValueKind == JsonValueKind.Number && value.TryGetInt64(out var whole) ? whole
        : value.ValueKind == JsonValueKind.Number && value.TryGetDouble(out var number) && number == Math.Floor(number) && Math.Abs(number) < 1L << 53 ? (long)number
        : value.ValueKind == JsonValueKind.String && long.TryParse(value.GetString(), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var read) ? read
        : throw Invalid(name, value, "It must be an integer of 64 bits.");

    /// <summary>A number, or one of "NaN", "Infinity", "-Infinity"; null when it is not set.</summary>
    public double? Number(string name) => Find(name) is not { } value ? null
        : value.ValueKind == JsonValueKind.Number && value.TryGetDouble(out var number) ? number
        : value.ValueKind == JsonValueKind.String && Parsed(value.GetString()!) is { } read ? read
        : throw Invalid(name, value, "It must be a number.");

    /// <summary>A truth value; false when it is not set.</summary>
    public bool Flag(string name) => Find(name) is { } value && value.ValueKind switch
    {
        JsonValueKind.True => true,
        JsonValueKind.False => false,
        JsonValueKind.String when bool.TryParse(value.GetString(), out var flag) => flag,
        _ => throw Invalid(name, value, "It must be true or false."),
    };

    /// <summary>Texts; none when the field is not set.</summary>
    public IReadOnlyList<string> Texts(string name) => Find(name) is not { } value ? []
        : value.ValueKind == JsonValueKind.String ? [Storable(name, value)]
        : value.ValueKind == JsonValueKind.Array && value.EnumerateArray().All(item => item.ValueKind == JsonValueKind.String)
            ? [.. value.EnumerateArray().Select(item => Storable(name, item))]
        : throw Invalid(name, value, "It must be a list of strings.");

    /// <summary>Messages within this one; none when the field is not set.</summary>
    public IReadOnlyList<Message> Items(string name) => Find(name) is not { } value ? []
        : value.ValueKind == JsonValueKind.Array && value.EnumerateArray().All(item => item.ValueKind == JsonValueKind.Object)
            ? [.. value.EnumerateArray().Select((item, i) => new Message(item, $"{Path(name)}[{i}]."))]
        : throw Invalid(name, value, "It must be a list of objects.");

    /// <summary>A message within this one; null when the field is not set.</summary>
    public Message? Item(string name) => Find(name) is not { } value ? null
        : value.ValueKind == JsonValueKind.Object ? new Message(value, $"{Path(name)}.") : throw Invalid(name, value, "It must be an object.");

    /// <summary>What is said of a field with a wrong value.</summary>
    public FieldException Invalid(string name, string why) => Find(name) is { } value ? Invalid(name, value, why) : new FieldException(Path(name), why);

    /// <summary>What is said of a field that is missing.</summary>
    public FieldException Missing(string name) => new(
        Path(name), $"Missing value for required parameter '{Path(name)}'. See the API docs for more information about request parameters.");

    /// <summary>Where a field stands, as in <c>metrics[0].key</c>.</summary>
    public string Path(string name) => _path + name;

    private FieldException Invalid(string name, JsonElement value, string why)
    {
        var raw = value.GetRawText();
        return new(Path(name), $"Invalid value {(raw.Length > 500 ? raw[..500] + "…" : raw)} for parameter '{Path(name)}' supplied: {why}");
    }

    private string Storable(string name, JsonElement value)
    {
        try
        {
            var text = value.GetString()!;
            return Core.Text.TextRule.IsStorable(text) ? text : throw Invalid(name, value, "It holds a character that cannot be stored.");
        }
        catch (InvalidOperationException)
        {
            throw Invalid(name, value, "It holds half a character.");
        }
    }

    private JsonElement? Find(string name) =>
        _json.TryGetProperty(name, out var value) || _json.TryGetProperty(Camel(name), out value)
            ? value.ValueKind == JsonValueKind.Null ? null : value
            : null;

    private static string Camel(string name) => string.Concat(name.Split('_').Select((word, i) => i == 0 || word.Length == 0 ? word : char.ToUpperInvariant(word[0]) + word[1..]));

    private static double? Parsed(string text) => text switch
    {
        "NaN" or "nan" => double.NaN,
        "Infinity" or "inf" or "+inf" => double.PositiveInfinity,
        "-Infinity" or "-inf" => double.NegativeInfinity,
        _ => double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && double.IsFinite(number) ? number : null,
    };
}
