namespace Workbench.Components.Parts;

/// <summary>Columns that belong together.</summary>
/// <param name="Title">Their title.</param>
/// <param name="Columns">Their names, and whether they show.</param>
public sealed record ColumnGroup(string Title, IReadOnlyList<(string Name, bool Shown)> Columns);
