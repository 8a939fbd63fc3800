namespace Workbench.Core.Search;

/// <summary>Lists in sentences.</summary>
internal static class Words
{
    private const int Most = 20;

    /// <summary>The items one after the other; of many the first ones and how many there are.</summary>
    public static string List<T>(IReadOnlyCollection<T> items, string between = ", ") => string.Join(between, items.Take(Most))
        + (items.Count > Most ? FormattableString.Invariant($", … ({items.Count:N0} in all)") : "");
}
