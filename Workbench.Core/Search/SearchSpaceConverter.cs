using System.Text.Json;
using System.Text.Json.Serialization;

namespace Workbench.Core.Search;

internal sealed class SearchSpaceConverter : JsonConverter<SearchSpace>
{
    public override SearchSpace Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        var json = JsonElement.ParseValue(ref reader);
        return json.ValueKind == JsonValueKind.Object
            ? new(json.EnumerateObject().Select(p => Parameter(p.Name, p.Value)))
            : throw new SearchException(
                """The search space is an object like {"learning_rate": {"type": "float", "low": 0, "high": 1}}.""");
    }

    public override void Write(Utf8JsonWriter writer, SearchSpace value, JsonSerializerOptions options)
    {
        writer.WriteStartObject();
        foreach (var parameter in value)
        {
            writer.WriteStartObject(parameter.Name);
            switch (parameter)
            {
                case FloatParameter(_, var low, var high, var log, var step):
                    writer.WriteString("type", "float");
                    writer.WriteNumber("low", low);
                    writer.WriteNumber("high", high);
                    if (log)
                        writer.WriteBoolean("log", true);
                    if (step is not null)
                        writer.WriteNumber("step", step.Value);
                    break;
                case IntParameter(_, var low, var high, var log, var step):
                    writer.WriteString("type", "int");
                    writer.WriteNumber("low", low);
                    writer.WriteNumber("high", high);
                    if (log)
                        writer.WriteBoolean("log", true);
                    if (step != 1)
                        writer.WriteNumber("step", step);
                    break;
                case CategoricalParameter(_, var choices):
                    writer.WriteString("type", "categorical");
                    WriteValues(writer, "choices", choices);
                    break;
                case FixedParameter(_, var same):
                    writer.WriteString("type", "fixed");
                    writer.WritePropertyName("value");
                    same.Write(writer);
                    break;
            }
            if (parameter.Condition is { } condition)
            {
                writer.WriteStartObject("when");
                WriteValues(writer, condition.Parent, condition.Values);
                writer.WriteEndObject();
            }
            writer.WriteEndObject();
        }
        writer.WriteEndObject();
    }

    private static void WriteValues(Utf8JsonWriter writer, string name, IReadOnlyList<ParameterValue> values)
    {
        writer.WriteStartArray(name);
        foreach (var value in values)
            value.Write(writer);
        writer.WriteEndArray();
    }

    private static Parameter Parameter(string name, JsonElement json)
    {
        if (json.ValueKind != JsonValueKind.Object)
            throw Fault($$"""{{json.GetRawText()}} is not an object like {"type": "int", "low": 1, "high": 9}.""");
        var type = json.TryGetProperty("type", out var given) && given.ValueKind == JsonValueKind.String ? given.GetString() : null;
        Parameter parameter = type switch
        {
            "float" => new FloatParameter(name, Number("low"), Number("high"), Log(), Has("step") ? Number("step") : null),
            "int" => new IntParameter(name, Integer("low"), Integer("high"), Log(), Has("step") ? Integer("step") : 1),
            "categorical" => new CategoricalParameter(name, Values(Needed("choices"))),
            "fixed" => new FixedParameter(name, ParameterValue.Read(Needed("value"), name)),
            _ => throw Fault("the type " + (given.ValueKind == JsonValueKind.Undefined ? "is missing" : $"{given.GetRawText()} is unknown") +
                "; there are float, int, categorical and fixed."),
        };
        string[] known = type switch
        {
            "float" or "int" => ["low", "high", "log", "step"],
            "categorical" => ["choices"],
            _ => ["value"],
        };
        foreach (var property in json.EnumerateObject())
            if (property.Name is not ("type" or "when") && !known.Contains(property.Name))
                throw Fault($"\"{property.Name}\" is unknown; a parameter of type {type} has {string.Join(", ", known)} and when.");
        return Has("when") ? parameter with { Condition = When(json.GetProperty("when")) } : parameter;

        bool Has(string key) => json.TryGetProperty(key, out var value) && value.ValueKind != JsonValueKind.Null;

        JsonElement Needed(string key) => Has(key) ? json.GetProperty(key) : throw Fault($"{key} is missing.");

        double Number(string key) => Needed(key) is { ValueKind: JsonValueKind.Number } n
            ? n.GetDouble()
            : throw Fault($"{key} has to be a number, not {json.GetProperty(key).GetRawText()}.");

        long Integer(string key) => Number(key) is var n && n == Math.Floor(n) && Math.Abs(n) < 1e18
            ? (long)n
            : throw Fault($"{key} has to be an integer, not {json.GetProperty(key).GetRawText()}.");

        bool Log() => Has("log") && (json.GetProperty("log") is { ValueKind: JsonValueKind.True or JsonValueKind.False } log
            ? log.GetBoolean()
            : throw Fault($"log has to be true or false, not {json.GetProperty("log").GetRawText()}."));

        Condition When(JsonElement when)
        {
            if (when.ValueKind != JsonValueKind.Object || when.EnumerateObject().Count() != 1)
                throw Fault($"when has to be an object with one parent like {{\"opt\": [\"sgd\"]}}, not {when.GetRawText()}.");
            var parent = when.EnumerateObject().First();
            return new(parent.Name, parent.Value.ValueKind == JsonValueKind.Array
                ? Values(parent.Value)
                : [ParameterValue.Read(parent.Value, name)]);
        }

        ParameterValue[] Values(JsonElement array) => array.ValueKind == JsonValueKind.Array
            ? [.. array.EnumerateArray().Select(v => ParameterValue.Read(v, name))]
            : throw Fault($"{array.GetRawText()} is not a list like [\"adam\", \"sgd\"].");

        SearchException Fault(string what) => new(name, $"{name}: {what}");
    }
}
