namespace Workbench.Core.Search;

/// <summary>Lists in sentences.</summary>
internal static class Words
{
    private const int Most = 20;
    private const int MostCharacters = 100;

    /// <summary>A text that a person gave, or its beginning when it is long.</summary>
    public static string Short(string text) => text.Length <= MostCharacters ? text : $"{text[..MostCharacters]}…";

    /// <summary>The items one after the other; of many the first ones and how many there are.</summary>
    public static string List<T>(IReadOnlyCollection<T> items, string between = ", ") => string.Join(between, items.Take(Most))
        + (items.Count > Most ? FormattableString.Invariant($", … ({items.Count:N0} in all)") : "");
}
