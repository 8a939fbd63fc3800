using System.Text.Json;

namespace Workbench.Core.Mirroring;

/// <summary>Reads MLflow's answers, in which what is empty is left out.</summary>
internal static class Answers
{
    /// <summary>The items of a list.</summary>
    public static IEnumerable<JsonElement> Items(JsonElement answer, string name) =>
        answer.ValueKind == JsonValueKind.Object && answer.TryGetProperty(name, out var list) && list.ValueKind == JsonValueKind.Array ? list.EnumerateArray() : [];

    /// <summary>The value of a tag; null when there is none.</summary>
    public static string? Tag(JsonElement tagged, string key) => Items(tagged, "tags")
        .Where(tag => tag.GetProperty("key").GetString() == key).Select(tag => tag.TryGetProperty("value", out var value) ? value.GetString() : "").FirstOrDefault();

    /// <summary>A whole number, which may be written as a text; 0 when it is left out.</summary>
    public static long Number(JsonElement answer, string name) =>
        !answer.TryGetProperty(name, out var number) ? 0
        : number.ValueKind == JsonValueKind.String ? long.Parse(number.GetString()!, System.Globalization.CultureInfo.InvariantCulture)
        : number.GetInt64();
}
