using System.Text;
using System.Text.Json.Nodes;

namespace Workbench.Benchmarks.Fuzz;

/// <summary>Changes a JSON text here and there, mostly so that it stays one.</summary>
internal static class JsonMutation
{
    // Stands for a literal that JsonNode would not hold, such as a number out of range.
    private const string Mark = "\u0002mark\u0003";

    public static byte[] Of(JsonNode? sample, Random random)
    {
        var root = new JsonArray(sample?.DeepClone());
        var literals = new List<string>();
        for (var change = random.Next(1, 4); change > 0; change--)
        {
            Change(OddValues.Pick(random, [.. Containers(root)]), random, literals);
        }
        var text = root.ToJsonString()[1..^1];
        foreach (var literal in literals)
        {
            var marked = JsonValue.Create(Mark).ToJsonString();
            var at = text.IndexOf(marked, StringComparison.Ordinal);
            text = at < 0 ? text : $"{text[..at]}{literal}{text[(at + marked.Length)..]}";
        }
        return random.Next(8) == 0 ? Spoil(text, random) : Encoding.UTF8.GetBytes(text);
    }

    private static void Change(JsonNode container, Random random, List<string> literals)
    {
        switch (container)
        {
            case JsonArray { Count: > 0 } array:
                var index = random.Next(array.Count);
                array[index] = Literal(random, literals);
                break;
            case JsonArray array:
                array.Add(Literal(random, literals));
                break;
            case JsonObject fields when fields.Count == 0 || random.Next(5) == 0:
                fields[OddValues.Text(random)] = Literal(random, literals);
                break;
            case JsonObject fields:
                var (name, value) = OddValues.Pick(random, [.. fields]);
                switch (random.Next(6))
                {
                    case 0:
                        fields.Remove(name);
                        break;
                    case 1:
                        fields[name] = null;
                        fields[name.ToUpperInvariant()] = value?.DeepClone();
                        break;
                    default:
                        fields[name] = Literal(random, literals);
                        break;
                }
                break;
        }
    }

    private static JsonValue Literal(Random random, List<string> literals)
    {
        literals.Add(OddValues.Literal(random));
        return JsonValue.Create(Mark);
    }

    private static IEnumerable<JsonNode> Containers(JsonNode? node) => node switch
    {
        JsonObject fields => fields.SelectMany(field => Containers(field.Value)).Prepend(fields),
        JsonArray array => array.SelectMany(Containers).Prepend(array),
        _ => [],
    };

    private static byte[] Spoil(string text, Random random)
    {
        var bytes = Encoding.UTF8.GetBytes(text);
        return random.Next(7) switch
        {
            0 => bytes[..random.Next(bytes.Length + 1)],
            1 => Encoding.Unicode.GetBytes(text),
            2 => [0xef, 0xbb, 0xbf, .. bytes],
            3 => [.. bytes, .. bytes],
            // The same key twice.
            4 => Encoding.UTF8.GetBytes(text.Replace("{\"", "{\"name\":\"twice\",\"", StringComparison.Ordinal)),
            5 => [],
            _ => Flip(bytes, random),
        };
    }

    private static byte[] Flip(byte[] bytes, Random random)
    {
        for (var flip = random.Next(1, 5); flip > 0 && bytes.Length > 0; flip--)
        {
            bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
        }
        return bytes;
    }
}
