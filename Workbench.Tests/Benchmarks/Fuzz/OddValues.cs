using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;

namespace Workbench.Benchmarks.Fuzz;

/// <summary>Values that programs tend to stumble over.</summary>
internal static class OddValues
{
    private static readonly string[] Numbers =
    [
        "0", "-0", "-1", "1", "1.5", "-5.5", "1e308", "-1e308", "1e-320", "1e999", "9007199254740993", "2147483648", "-2147483649",
        "9223372036854775807", "9223372036854775808", "99999999999999999999", "0.1e1", "1E400", "00", "0x10", "+1", "NaN", "Infinity", "-Infinity",
    ];

    private static readonly string[] Texts =
    [
        "", " ", "\0", "a\0b", "\u0001", "\u200b", "é", "e\u0301", "😀", "\ufeff", "\u202e", "null", "true", "..", "../../etc/passwd", "/", "\\", "'", "\"",
        "`", "=1+1", "@x", "-", "%", "%s%n", "{0}", "{{", "${x}", "<script>", "a;b", "a,b", "a\nb", "\r\n", "latest", "v1", "production", "none",
        "constructor", "__proto__", "learning_rate", "number", "tpe", "transfer", "mnist",
    ];

    private static readonly string[] Escapes =
    [
        "%", "%0", "%00", "%zz", "%2e%2e%2f", "%ff", "%c3%28", "%ed%a0%80", "%5c", "%2f", "%25", "%0d%0aX:%20y", "+", "~", "%f0%9f%98%80", ";", "*", "?", "#",
    ];

    /// <summary>A JSON literal as text, mostly valid.</summary>
    public static string Literal(Random random) => random.Next(9) switch
    {
        0 => "null",
        1 => random.Next(2) == 0 ? "true" : "false",
        2 or 3 => Pick(random, Numbers),
        4 => Nested(random),
        5 => Many(random),
        6 => random.Next(2) == 0 ? "\"\\ud800\"" : "\"\\udc00\\ud800x\"",
        _ => JsonValue.Create(Text(random)).ToJsonString(),
    };

    /// <summary>A text, sometimes a long one.</summary>
    public static string Text(Random random) => random.Next(12) switch
    {
        0 => new string((char)random.Next(33, 0x250), random.Next(1, 5000)),
        1 => string.Concat(Enumerable.Range(0, random.Next(1, 40)).Select(_ => (char)random.Next(1, 0xd7ff))),
        2 => random.NextInt64(long.MinValue, long.MaxValue).ToString(CultureInfo.InvariantCulture),
        3 => Pick(random, Numbers),
        _ => Pick(random, Texts),
    };

    /// <summary>A piece of an address, encoded well or badly.</summary>
    public static string Segment(Random random) => random.Next(5) switch
    {
        0 => Pick(random, Escapes),
        1 => Pick(random, Numbers),
        2 => new string('a', random.Next(1, random.Next(2) == 0 ? 200 : 20_000)),
        _ => Uri.EscapeDataString(Text(random)),
    };

    public static T Pick<T>(Random random, IReadOnlyList<T> from) => from[random.Next(from.Count)];

    private static string Nested(Random random)
    {
        var depth = random.Next(1, random.Next(4) == 0 ? 5000 : 100);
        var (open, close) = random.Next(2) == 0 ? ("[", "]") : ("{\"a\":", "}");
        return new StringBuilder().Insert(0, open, depth).Append('1').Insert(depth * open.Length + 1, close, depth).ToString();
    }

    private static string Many(Random random)
    {
        var literal = Pick(random, ["1", "\"a\"", "{}", "[]", "null", "0.5"]);
        return $"[{string.Join(',', Enumerable.Repeat(literal, random.Next(0, random.Next(8) == 0 ? 20_000 : 50)))}]";
    }
}
