namespace Workbench.Core.Tracking.Filters;

/// <summary>What can be asked of one kind of thing: which fields there are, and how SQL has them.</summary>
/// <param name="Thing">What is searched, for messages: "runs".</param>
/// <param name="Find">Finds a field by its kind, such as <c>metrics</c>, and its key; the kind is empty where none was written. Null when
/// there is none. What it is called with is in no SQL but as a parameter, for which it asks.</param>
/// <param name="Kinds">The kinds, for messages.</param>
internal sealed record SearchTable(string Thing, Func<string, string, Func<object, string>, SearchField?> Find, string Kinds);

/// <summary>A field that can be searched and sorted by.</summary>
/// <param name="Sql">Its value.</param>
/// <param name="IsNumber">Whether that is a number; else a text.</param>
internal sealed record SearchField(string Sql, bool IsNumber = false)
{
    /// <summary>What encloses a comparison: for what a thing may have several of.</summary>
    public (string Before, string After) Any { get; init; } = ("", "");

    /// <summary>The text as a number; null where it is none.</summary>
    public string AsNumber => IsNumber ? Sql : $"(CASE WHEN {Sql} ~ '^\\s*[+-]?(\\d+\\.?\\d*|\\.\\d+)([eE][+-]?\\d{{1,3}})?\\s*$' THEN ({Sql})::numeric END)";

    /// <summary>A text field whose value is a whole number, such as an id: it is compared as text.</summary>
    public bool TakesNumbers { get; init; }
}
