using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Workbench.Mlflow;

/// <summary>JSON as protobuf writes it: snake_case, 64-bit integers as numbers, NaN and infinities as texts, nothing for what is not set.</summary>
internal static class MlflowJson
{
    public static JsonSerializerOptions Options { get; } = new(JsonSerializerDefaults.Web)
    {
        // As other servers write it, and smaller: nothing of it is ever part of a page.
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals | JsonNumberHandling.AllowReadingFromString,
    };

    /// <summary>A list, or null when it is empty: protobuf writes no empty list.</summary>
    public static IReadOnlyList<T>? Some<T>(IEnumerable<T> items) => items.ToArray() is { Length: > 0 } list ? list : null;

    /// <summary>Key and value, as tags and params are written.</summary>
    public sealed record Pair(string Key, string Value);

    /// <summary>Texts by key as a list of pairs; null when there are none.</summary>
    public static IReadOnlyList<Pair>? Pairs(IEnumerable<KeyValuePair<string, string>> texts) =>
        Some(texts.OrderBy(text => text.Key, StringComparer.Ordinal).Select(text => new Pair(text.Key, text.Value)));
}
