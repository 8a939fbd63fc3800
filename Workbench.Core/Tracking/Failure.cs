using Workbench.Core.Text;

namespace Workbench.Core.Tracking;

/// <summary>The whole of what was thrown when a run failed. Kept beside <see cref="Run.Error"/>, in a table of its own: it is long, and lists
/// of runs need none of it.</summary>
public sealed class Failure
{
    /// <summary>The longest text that is kept. What is cut off is the outermost callers.</summary>
    public const int MostCharacters = 16_000;

    /// <summary>The run.</summary>
    public long RunId { get; init; }

    /// <summary>The exception with its causes and their stack traces.</summary>
    public required string Detail { get; init; }

    /// <summary>The text of an exception, bounded, as PostgreSQL can store it.</summary>
    public static string Describe(Exception exception)
    {
        var text = exception.ToString();
        return TextRule.Storable(text.Length <= MostCharacters ? text : $"{text[..(MostCharacters - 2)]}\n…");
    }
}
