namespace Workbench.Core.Tracking;

/// <summary>A dataset that was imported: a name for a line of versions.</summary>
public sealed class DatasetRecord
{
    /// <summary>The primary key.</summary>
    public long Id { get; init; }

    /// <summary>Unique. It stays when all versions are removed: no number is given twice.</summary>
    public required string Name { get; init; }

    /// <summary>The highest version number given out.</summary>
    public int LastVersion { get; init; }

    /// <summary>When it was first imported.</summary>
    public DateTimeOffset CreatedAt { get; init; }
}

/// <summary>One version of a dataset. It is written in one transaction with its pictures, and never changed.</summary>
public sealed class DatasetVersion
{
    /// <summary>The primary key.</summary>
    public long Id { get; init; }

    /// <summary>The dataset.</summary>
    public long DatasetId { get; set; }

    /// <summary>The dataset.</summary>
    public DatasetRecord Dataset { get; init; } = null!;

    /// <summary>Its number, from 1 on.</summary>
    public int Version { get; set; }

    /// <summary>SHA-256 over its sorted contents, in lower-case hexadecimal digits.</summary>
    public required string Fingerprint { get; init; }

    /// <summary>The names of the classes, by class index.</summary>
    public required string[] Classes { get; init; }

    /// <summary>The names of its own parts; empty for none.</summary>
    public required string[] Parts { get; init; }

    /// <summary>How many pictures it has.</summary>
    public required int Count { get; init; }

    /// <summary>The size of its pictures' files together.</summary>
    public required long Bytes { get; init; }

    /// <summary>1 when all pictures are grey, else 3.</summary>
    public required short Channels { get; init; }

    /// <summary>The width of all pictures, in pixels; the median when they differ.</summary>
    public required int Width { get; init; }

    /// <summary>The height of all pictures, in pixels; the median when they differ.</summary>
    public required int Height { get; init; }

    /// <summary>Whether all pictures have this size.</summary>
    public required bool SameSize { get; init; }

    /// <summary>Whether they are strokes on a plain ground; false for versions from before this was looked at.</summary>
    public bool Drawn { get; init; }

    /// <summary>How many problems it has.</summary>
    public int Problems { get; set; }

    /// <summary>How it came about, for people: "imported from flowers.zip", "3 pictures excluded".</summary>
    public required string Origin { get; init; }

    /// <summary>When it was made.</summary>
    public DateTimeOffset CreatedAt { get; set; }
}

/// <summary>Pictures' files one after the other, as one object in the artifact store.</summary>
public sealed class DatasetPack
{
    /// <summary>The primary key.</summary>
    public long Id { get; init; }

    /// <summary>Where it is in the artifact store.</summary>
    public required string Key { get; init; }

    /// <summary>SHA-256 of its bytes, in lower-case hexadecimal digits.</summary>
    public required string Sha256 { get; init; }

    /// <summary>Its size.</summary>
    public required long Bytes { get; init; }

    /// <summary>Whether a version has ever used it. One that was never used belongs to an import that is under way, or died.</summary>
    public bool Used { get; set; }

    /// <summary>Whether it is being removed; no version may use it any more.</summary>
    public bool Freed { get; set; }

    /// <summary>When it was written, by the database's clock.</summary>
    public DateTimeOffset CreatedAt { get; init; }
}

/// <summary>A picture of a version of a dataset.</summary>
public sealed class DatasetItem
{
    /// <summary>The version.</summary>
    public long VersionId { get; init; }

    /// <summary>Its place in the version, from 0 on.</summary>
    public int Index { get; init; }

    /// <summary>SHA-256 of its file.</summary>
    public required byte[] Sha256 { get; init; }

    /// <summary>Its class, an index into the version's classes.</summary>
    public required int Class { get; init; }

    /// <summary>Its part, an index into the version's parts; 0 without parts.</summary>
    public required short Part { get; init; }

    /// <summary>The path by which it was imported.</summary>
    public required string Path { get; init; }

    /// <summary>Its width in pixels, upright.</summary>
    public required int Width { get; init; }

    /// <summary>Its height in pixels, upright.</summary>
    public required int Height { get; init; }

    /// <summary>1 when it is grey, else 3.</summary>
    public required short Channels { get; init; }

    /// <summary>The size of its file.</summary>
    public required int Bytes { get; init; }

    /// <summary>The pack that its file is in.</summary>
    public required long PackId { get; init; }

    /// <summary>Where its file begins in the pack.</summary>
    public required int Offset { get; init; }
}

/// <summary>What is wrong with a dataset.</summary>
public enum DatasetProblemKind
{
    /// <summary>A file could not be read as a picture, and was left out.</summary>
    Unreadable,

    /// <summary>The same picture is there more than once.</summary>
    Duplicate,

    /// <summary>The same picture is in two classes.</summary>
    TwoClasses,

    /// <summary>The same picture is in two parts, so that a model is judged on what it was trained on.</summary>
    TwoParts,

    /// <summary>A class has very few pictures.</summary>
    SmallClass,
}

/// <summary>Something that is wrong with a version of a dataset.</summary>
public sealed class DatasetProblem
{
    /// <summary>The version.</summary>
    public long VersionId { get; init; }

    /// <summary>Its place among the version's problems, from 0 on.</summary>
    public int Number { get; init; }

    /// <summary>What it is.</summary>
    public required DatasetProblemKind Kind { get; init; }

    /// <summary>It in a sentence.</summary>
    public required string Message { get; init; }

    /// <summary>The file or the class it is about, as it is called.</summary>
    public required string Subject { get; init; }

    /// <summary>The pictures it is about, by their SHA-256; null when it is about none, or about a class.</summary>
    public byte[]? Sha256 { get; init; }

    /// <summary>The class it is about, an index into the version's classes; null when it is about no class.</summary>
    public int? Class { get; init; }
}
