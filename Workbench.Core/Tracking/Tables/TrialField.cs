namespace Workbench.Core.Tracking.Tables;

/// <summary>What kind of values a field has.</summary>
public enum FieldKind
{
    /// <summary>Numbers.</summary>
    Number,

    /// <summary>Texts.</summary>
    Text,

    /// <summary>Numbers and texts, as a categorical parameter may have.</summary>
    Mixed,

    /// <summary>A length of time, in seconds.</summary>
    Duration,

    /// <summary>A moment, in seconds since 1970.</summary>
    Time,
}

/// <summary>Where a field's values come from.</summary>
public enum FieldOrigin
{
    /// <summary>The run itself.</summary>
    Run,

    /// <summary>A parameter.</summary>
    Parameter,

    /// <summary>A metric's last value.</summary>
    Metric,
}

/// <summary>One trial as a table has it.</summary>
/// <param name="Run">The trial.</param>
/// <param name="Metrics">The last value of each of its metrics.</param>
/// <param name="Now">Until when a running trial has run.</param>
public sealed record TrialRow(Run Run, IReadOnlyDictionary<string, double> Metrics, DateTimeOffset Now);

/// <summary>What a table of trials can show, sort and filter by: a column and a name in filters.</summary>
/// <param name="Name">Its name, unique in its table.</param>
/// <param name="Kind">What its values are.</param>
/// <param name="Origin">Where they come from.</param>
/// <param name="Read">Takes the value from a row.</param>
public sealed record TrialField(string Name, FieldKind Kind, FieldOrigin Origin, Func<TrialRow, FieldValue> Read)
{
    /// <summary>All texts it can have; empty when that is not known.</summary>
    public IReadOnlyList<string> Choices { get; init; } = [];

    /// <summary>Whether its values are numbers of some sort.</summary>
    public bool IsNumeric => Kind is not (FieldKind.Text or FieldKind.Mixed);
}
