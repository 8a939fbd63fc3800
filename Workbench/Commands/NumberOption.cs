using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using System.Numerics;

namespace Workbench.Commands;

/// <summary>Options that take a number. What is no number, or lies out of the range, is answered by the option's name, the value, and what would be right.</summary>
internal static class NumberOption
{
    /// <summary>An option that may be left out.</summary>
    public static Option<T?> Optional<T>(string name, string description, T least, T most, string? helpName = null)
        where T : struct, INumber<T>, IMinMaxValue<T>
    {
        return new Option<T?>(name)
        {
            Description = description,
            HelpName = helpName,
            CustomParser = result => Parse(name, result, least, most),
        };
    }

    /// <summary>An option with a default.</summary>
    public static Option<T> WithDefault<T>(string name, string description, T value, T least, T most)
        where T : struct, INumber<T>, IMinMaxValue<T>
    {
        return new Option<T>(name)
        {
            Description = description,
            DefaultValueFactory = _ => value,
            CustomParser = result => Parse(name, result, least, most) ?? value,
        };
    }

    private static T? Parse<T>(string name, ArgumentResult result, T least, T most)
        where T : struct, INumber<T>, IMinMaxValue<T>
    {
        var text = result.Tokens[^1].Value;
        if (T.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var value) && value >= least && value <= most)
        {
            return value;
        }
        var kind = T.IsInteger(T.One / (T.One + T.One)) ? "a whole number" : "a number";
        var range = (least == T.MinValue, most == T.MaxValue) switch
        {
            (true, true) => "",
            (false, true) => FormattableString.Invariant($" from {least} on"),
            _ => FormattableString.Invariant($" from {least} to {most}"),
        };
        result.AddError($"{name} is '{text}'; it must be {kind}{range}.");
        return null;
    }
}
