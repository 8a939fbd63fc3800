namespace Workbench.Core.Datasets;

/// <summary>
/// A version of a dataset, opened: which pictures it has, and each of them when it is asked for. The pictures are not held in memory
/// together. Safe for use by several threads.
/// </summary>
public abstract class Dataset
{
    /// <summary>The name of the part that is trained on.</summary>
    public const string TrainPart = "train";

    /// <summary>The name of the part that a search may be judged on.</summary>
    public const string ValidationPart = "validation";

    /// <summary>The name of the part that no search sees.</summary>
    public const string TestPart = "test";

    /// <summary>The name that users know it by, for example <c>mnist</c>.</summary>
    public abstract string Name { get; }

    /// <summary>The number of the version, from 1 on.</summary>
    public abstract int Version { get; }

    /// <summary>SHA-256 over the contents, in lower-case hexadecimal digits.</summary>
    public abstract string Fingerprint { get; }

    /// <summary>What it is.</summary>
    public abstract DatasetSchema Schema { get; }

    /// <summary>The class index of each picture. Not to be written to.</summary>
    public abstract int[] Labels { get; }

    /// <summary>The part of each picture, an index into the schema's parts. Not to be written to; empty without parts.</summary>
    public abstract byte[] Parts { get; }

    /// <summary>How many pictures it has.</summary>
    public int Count => Labels.Length;

    /// <summary>The names of the classes, by class index.</summary>
    public IReadOnlyList<string> Classes => Schema.Classes;

    /// <summary>Whether each picture is already what a preparation of this name makes of it, so that it is not prepared again.</summary>
    public virtual string? PreparedAs => null;

    /// <summary>Reads and decodes a picture.</summary>
    /// <param name="index">Which one, from 0 on.</param>
    /// <param name="shorterSide">The least width and height that the caller needs; a picture that is much larger may come scaled down.</param>
    /// <exception cref="DatasetException">The picture is missing or damaged.</exception>
    public abstract Pixels Read(int index, int shorterSide);

    /// <summary>A picture as a file: as it was imported, or else PNG.</summary>
    /// <param name="index">Which one, from 0 on.</param>
    /// <exception cref="DatasetException">The picture is missing or damaged.</exception>
    public virtual byte[] ReadFile(int index) => Read(index, int.MaxValue).ToPng();

    /// <summary>The pictures of one of its own parts.</summary>
    /// <returns>Indices in ascending order; none when it has no such part.</returns>
    public int[] InPart(string part)
    {
        var number = Schema.Parts.ToList().IndexOf(part);
        return number < 0 ? [] : [.. Enumerable.Range(0, Count).Where(i => Parts[i] == number)];
    }
}
