using Workbench.Core.Text;
using Workbench.Core.Tracking;

namespace Workbench.Core.Datasets;

/// <summary>The rules for names of datasets; they are those for names of studies.</summary>
public static class DatasetName
{
    /// <summary>The longest name.</summary>
    public const int MostCharacters = 80;

    /// <summary>Says what is wrong with a name; null when it is good.</summary>
    public static string? Fault(string? name) =>
        string.IsNullOrWhiteSpace(name) ? "A dataset needs a name."
        : name.Length > MostCharacters ? $"The name has {name.Length} characters; {MostCharacters} is the most."
        : !TextRule.BeginsWithLetter(name) || name[^1] == ' ' || !TextRule.ConsistsOf(name, " ._-")
            ? $"The name '{name}' must start with a letter or digit and hold only letters, digits, spaces and . _ -"
        : null;

    /// <summary>Goes on only with a good name.</summary>
    /// <exception cref="FieldException">It is not.</exception>
    internal static void Require(string? name)
    {
        if (Fault(name) is { } fault)
        {
            throw new FieldException("name", fault);
        }
    }
}
