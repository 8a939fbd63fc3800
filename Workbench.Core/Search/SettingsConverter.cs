using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;

namespace Workbench.Core.Search;

/// <summary>
/// Reads and writes settings as <c>{"type": "tpe", "gamma": 0.1}</c> or, all options at their defaults, as <c>"tpe"</c>. Unlike the
/// serialiser's own polymorphism it answers an unknown type or option with a list of those that exist.
/// </summary>
internal abstract class SettingsConverter<T>(string what, IReadOnlyDictionary<string, Type> types) : JsonConverter<T> where T : class
{
    private static readonly JsonSerializerOptions Options = new(JsonSerializerOptions.Default)
    {
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        IgnoreReadOnlyProperties = true, // what is there to be read by people
    };

    public override T Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        var json = JsonElement.ParseValue(ref reader);
        var given = json.ValueKind == JsonValueKind.Object && json.TryGetProperty("type", out var type) ? type : json;
        if (given.ValueKind != JsonValueKind.String)
            throw new SearchException(what,
                $"{what}: a name or an object with a type is needed; there are {string.Join(", ", types.Keys)}.");
        var name = given.GetString()!;
        if (!types.TryGetValue(name, out var kind))
            throw new SearchException(what, $"{what}: \"{Words.Short(name)}\" is unknown; there are {string.Join(", ", types.Keys)}.");
        if (json.ValueKind == JsonValueKind.String)
            return (T)Activator.CreateInstance(kind)!;

        string[] known = [.. OptionsOf(kind).Select(p => p.Name)];
        foreach (var property in json.EnumerateObject())
            if (property.Name != "type" && !known.Contains(property.Name))
                throw new SearchException(property.Name, $"{what}: {name} has no option \"{Words.Short(property.Name)}\"; " +
                    (known.Length == 0 ? "it has none." : $"there are {string.Join(", ", known)}."));
        try
        {
            return (T)json.Deserialize(kind, Options)!;
        }
        catch (JsonException e)
        {
            var option = e.Path?.TrimStart('$', '.') ?? what;
            throw new SearchException(option, $"{what}: the option {option} of {name} has a value of the wrong kind.");
        }
    }

    public override void Write(Utf8JsonWriter writer, T value, JsonSerializerOptions options)
    {
        writer.WriteStartObject();
        writer.WriteString("type", types.First(t => t.Value == value.GetType()).Key);
        foreach (var option in OptionsOf(value.GetType()))
        {
            writer.WritePropertyName(option.Name);
            JsonSerializer.Serialize(writer, option.Get!(value), option.PropertyType, Options);
        }
        writer.WriteEndObject();
    }

    // What can be set is an option; the rest is for people to read.
    private static IEnumerable<JsonPropertyInfo> OptionsOf(Type kind) => Options.GetTypeInfo(kind).Properties.Where(p => p.Set is not null);
}
