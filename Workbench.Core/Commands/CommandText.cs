using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Workbench.Core.Commands;

/// <summary>A command as it is given: a line, which is split into arguments once, or the arguments themselves. As JSON a text or a list of texts.</summary>
[JsonConverter(typeof(CommandTextConverter))]
public sealed class CommandText
{
    private readonly string? _line;
    private readonly IReadOnlyList<string> _arguments = [];

    /// <summary>A command line.</summary>
    public CommandText(string line) => _line = line;

    /// <summary>The program and its arguments.</summary>
    public CommandText(IReadOnlyList<string> arguments) => _arguments = arguments;

    /// <summary>
    /// The program and its arguments. No shell is asked: spaces part arguments; what stands in single or double quotes is one, or a part of one;
    /// in double quotes <c>\"</c> is a quote and <c>\\</c> a backslash; everything else is itself.
    /// </summary>
    /// <exception cref="FormatException">A quote is not closed.</exception>
    public IReadOnlyList<string> Arguments() => _line is null ? _arguments : Split(_line);

    internal void Write(Utf8JsonWriter writer)
    {
        if (_line is not null)
        {
            writer.WriteStringValue(_line);
            return;
        }
        writer.WriteStartArray();
        foreach (var argument in _arguments)
        {
            writer.WriteStringValue(argument);
        }
        writer.WriteEndArray();
    }

    private static List<string> Split(string line)
    {
        var arguments = new List<string>();
        // Null between two arguments: "" is one, too.
        StringBuilder? argument = null;
        var quote = '\0';
        for (var i = 0; i < line.Length; i++)
        {
            var character = line[i];
            if (quote == '"' && character == '\\' && i + 1 < line.Length && line[i + 1] is '"' or '\\')
            {
                argument!.Append(line[++i]);
            }
            else if (quote != '\0')
            {
                quote = character == quote ? '\0' : quote;
                _ = quote == '\0' ? argument : argument!.Append(character);
            }
            else if (character is '"' or '\'')
            {
                (quote, argument) = (character, argument ?? new());
            }
            else if (char.IsWhiteSpace(character))
            {
                End();
            }
            else
            {
                (argument ??= new()).Append(character);
            }
        }
        if (quote != '\0')
        {
            throw new FormatException($"The quote {quote} is not closed.");
        }
        End();
        return arguments;

        void End()
        {
            if (argument is not null)
            {
                arguments.Add(argument.ToString());
                argument = null;
            }
        }
    }
}

internal sealed class CommandTextConverter : JsonConverter<CommandText>
{
    public override CommandText Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        if (reader.TokenType == JsonTokenType.String)
        {
            return new CommandText(reader.GetString()!);
        }
        var arguments = new List<string>();
        Require(reader.TokenType == JsonTokenType.StartArray);
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            Require(reader.TokenType == JsonTokenType.String);
            arguments.Add(reader.GetString()!);
        }
        return new CommandText(arguments);

        // Without a message: the serializer says where it was.
        static void Require(bool isRight) => _ = isRight ? true : throw new JsonException();
    }

    public override void Write(Utf8JsonWriter writer, CommandText value, JsonSerializerOptions options) => value.Write(writer);
}
