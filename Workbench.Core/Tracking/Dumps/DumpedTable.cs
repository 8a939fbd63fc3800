namespace Workbench.Core.Tracking.Dumps;

/// <summary>A table as it is copied: its name, and the columns that are written, in order.</summary>
public sealed record DumpedTable(string Name, IReadOnlyList<string> Columns)
{
    internal string Sql => $"{Quoted(Name)} ({string.Join(", ", Columns.Select(Quoted))})";

    internal static string Quoted(string name) => $"\"{name.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";
}

/// <summary>A version of a model that was ready at the moment of a snapshot.</summary>
/// <param name="Model">The model's name.</param>
/// <param name="Version">The version's number.</param>
/// <param name="Sha256">The SHA-256 of one of its files.</param>
/// <param name="ArtifactPrefix">Where its files are.</param>
public sealed record ReadyVersion(string Model, int Version, string? Sha256, string ArtifactPrefix);
