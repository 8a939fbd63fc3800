using System.Text.Json;
using System.Text.Json.Serialization;

namespace Workbench.Api;

/// <summary>Refuses texts with the character NUL, which PostgreSQL does not store.</summary>
internal sealed class TextConverter : JsonConverter<string>
{
    public override string? Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => Checked(reader.TokenType switch
    {
        JsonTokenType.String => reader.GetString()!,
        _ => throw new JsonException("The JSON value could not be converted to a text."),
    });

    public override void Write(Utf8JsonWriter writer, string value, JsonSerializerOptions options) => writer.WriteStringValue(value);

    public override string ReadAsPropertyName(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        Checked(reader.GetString()!);

    public override void WriteAsPropertyName(Utf8JsonWriter writer, string value, JsonSerializerOptions options) => writer.WritePropertyName(value);

    private static string Checked(string text) => text.Contains('\0', StringComparison.Ordinal)
        ? throw new JsonException("A text has the character NUL in it.")
        : text;
}
