using System.Text;
using System.Text.RegularExpressions;
using Workbench.Core.Search;

namespace Workbench.Core.Commands;

/// <summary>What stands in braces in a command's arguments: a parameter's name, or one of <see cref="Own"/>. <c>{{</c> and <c>}}</c> are braces.</summary>
public static partial class Placeholders
{
    /// <summary>What a trial has besides its parameters: its study's name, its number, and its folder.</summary>
    public static readonly IReadOnlyList<string> Own = ["study", "trial", "output"];

    /// <summary>The placeholder that can't be replaced; null when there is none.</summary>
    public static string? Unknown(IEnumerable<string> arguments, SearchSpace space) => arguments
        .SelectMany(argument => Placeholder().Matches(argument)).Select(match => match.Groups["name"])
        .Where(name => name.Success).Select(name => name.Value)
        .FirstOrDefault(name => space.Find(name) is null && !Own.Contains(name));

    /// <summary>The arguments of a trial: each stays one, whatever the value.</summary>
    /// <param name="arguments">With placeholders.</param>
    /// <param name="values">Values by name; a parameter that the trial does not have is replaced by nothing.</param>
    public static IReadOnlyList<string> Fill(IEnumerable<string> arguments, IReadOnlyDictionary<string, string> values) =>
        [.. arguments.Select(argument => Placeholder().Replace(argument, match => match.Value switch
        {
            "{{" => "{",
            "}}" => "}",
            _ => values.GetValueOrDefault(match.Groups["name"].Value, ""),
        }))];

    /// <summary>The environment variable that has a parameter: <c>WORKBENCH_PARAM_LEARNING_RATE</c>.</summary>
    public static string Variable(string parameter)
    {
        var name = new StringBuilder("WORKBENCH_PARAM_");
        foreach (var character in parameter)
        {
            name.Append(char.IsAsciiLetterOrDigit(character) ? char.ToUpperInvariant(character) : '_');
        }
        return name.ToString();
    }

    // Whatever else stands in braces, as JSON does, is not meant.
    [GeneratedRegex(@"\{\{|\}\}|\{(?<name>[\w.-]+)\}")]
    private static partial Regex Placeholder();
}
