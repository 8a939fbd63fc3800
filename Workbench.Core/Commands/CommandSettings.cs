namespace Workbench.Core.Commands;

/// <summary>What a study runs as its trials, as it is stored.</summary>
/// <param name="Arguments">The program and its arguments, with placeholders such as <c>{learning_rate}</c>.</param>
/// <param name="TimeLimit">How many seconds a trial may take; null for as long as it likes.</param>
/// <param name="Grace">How many seconds a process that is asked to end has for it, before it is killed.</param>
public sealed record CommandSettings(IReadOnlyList<string> Arguments, double? TimeLimit, double Grace)
{
    /// <summary>The grace of a study that says none, in seconds.</summary>
    public const double UsualGrace = 10;

    /// <summary>The longest grace, in seconds.</summary>
    public const double MostGrace = 3600;

    /// <summary>The longest time limit, in seconds: a year.</summary>
    public const double MostTime = 365 * 24 * 3600;

    /// <summary>The most arguments, the program included.</summary>
    public const int MostArguments = 1_000;

    /// <summary>The most characters of an argument.</summary>
    public const int MostCharacters = 10_000;

    /// <inheritdoc/>
    public bool Equals(CommandSettings? other) =>
        other is not null && Arguments.SequenceEqual(other.Arguments) && TimeLimit == other.TimeLimit && Grace == other.Grace;

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Arguments.Count, TimeLimit, Grace);

    /// <summary>The command on one line, for people to read.</summary>
    public override string ToString() => string.Join(' ', Arguments.Select(Quoted));

    private static string Quoted(string argument) =>
        argument.Length > 0 && !argument.Any(character => char.IsWhiteSpace(character) || character is '"' or '\'')
            ? argument
            : $"\"{argument.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal)}\"";
}
