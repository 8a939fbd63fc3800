using System.Text.Json;

namespace Workbench.Components.Parts;

/// <summary>Which columns of a table a person chose to see, or not to, as the browser remembers it.</summary>
internal static class RememberedColumns
{
    /// <summary>What the browser is to remember.</summary>
    public static string Write(IReadOnlyDictionary<string, bool> chosen) => JsonSerializer.Serialize(chosen);

    /// <summary>What the browser remembered; nothing, if that is nothing or no longer makes sense.</summary>
    public static Dictionary<string, bool> Read(string? json)
    {
        try
        {
            return json is null ? [] : JsonSerializer.Deserialize<Dictionary<string, bool>>(json) ?? [];
        }
        catch (JsonException)
        {
            return [];
        }
    }
}
