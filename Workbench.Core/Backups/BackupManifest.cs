using Workbench.Core.Tracking.Dumps;

namespace Workbench.Core.Backups;

/// <summary>What is in a backup, written last. The file is a zip: <c>database/TABLE</c> (rows in PostgreSQL's text format),
/// <c>artifacts/KEY</c>, and <c>manifest.json</c>, whose own SHA-256 is the zip's comment.</summary>
/// <param name="Format">The version of this format.</param>
/// <param name="Product">The release that wrote it.</param>
/// <param name="Schema">The last migration that made the tables.</param>
/// <param name="CreatedAt">The moment whose state it holds.</param>
/// <param name="Tables">The tables, each after those that it refers to.</param>
/// <param name="Sequences">The last number that each sequence has given out.</param>
/// <param name="Artifacts">The files of the versions that were ready.</param>
public sealed record BackupManifest(
    int Format,
    string Product,
    string Schema,
    DateTimeOffset CreatedAt,
    IReadOnlyList<BackupTable> Tables,
    IReadOnlyDictionary<string, long> Sequences,
    IReadOnlyList<BackupArtifact> Artifacts)
{
    /// <summary>The version of the format that this program writes, and the latest that it reads.</summary>
    public const int CurrentFormat = 1;

    internal const string Entry = "manifest.json";

    /// <summary>A sentence's worth of what is in it.</summary>
    public string Summary => FormattableString.Invariant(
        $"{Tables.Sum(table => table.Rows)} rows of {Tables.Count} tables and {Artifacts.Count} {(Artifacts.Count == 1 ? "file" : "files")} of models, as of {CreatedAt:yyyy-MM-dd HH:mm:ss} UTC");
}

/// <summary>A table of a backup.</summary>
/// <param name="Table">Its name and columns.</param>
/// <param name="Rows">How many rows it has.</param>
/// <param name="Sha256">The SHA-256 of its part, unpacked, in lower-case hex.</param>
public sealed record BackupTable(DumpedTable Table, long Rows, string Sha256)
{
    internal string Entry => $"database/{Table.Name}";
}

/// <summary>An artifact of a backup.</summary>
/// <param name="Key">Its key in the store.</param>
/// <param name="Size">Its size in bytes.</param>
/// <param name="Sha256">Its SHA-256 in lower-case hex.</param>
public sealed record BackupArtifact(string Key, long Size, string Sha256)
{
    internal string Entry => $"artifacts/{Key}";
}

/// <summary>A backup can't be written, read or restored; the message says why in a sentence for a person.</summary>
public sealed class BackupException(string message, Exception? innerException = null) : Exception(message, innerException);
