namespace Workbench.Core.Datasets.Formats;

/// <summary>A way in which the files of a dataset of pictures may be laid out. One file and one registration make it known.</summary>
public interface IDatasetFormat
{
    /// <summary>Finds the pictures, their classes and their parts.</summary>
    /// <param name="files">All files of the source that are not ignored, by path.</param>
    /// <returns>Null when the files are laid out otherwise.</returns>
    FoundPictures? Find(IReadOnlyList<SourceFile> files);
}

/// <summary>What a format has found.</summary>
/// <param name="Count">About how many pictures there are.</param>
/// <param name="Pictures">The pictures, each read while they are gone through; to be gone through once.</param>
public sealed record FoundPictures(int Count, IEnumerable<FoundPicture> Pictures);

/// <summary>A picture that a format has found.</summary>
/// <param name="Path">What it is called.</param>
/// <param name="Class">The name of its class.</param>
/// <param name="Part">One of <see cref="PartName"/>'s; null for none.</param>
/// <param name="Read">Reads its file; a <see cref="DatasetException"/> says why it can't be used.</param>
public sealed record FoundPicture(string Path, string Class, string? Part, Func<byte[]> Read)
{
    /// <summary>One that can't be used.</summary>
    public static FoundPicture Faulty(string path, string reason) => new(path, "", null, () => throw new DatasetException(reason));
}

/// <summary>The names that parts go by.</summary>
public static class PartName
{
    /// <summary>The part that a name means; null when it means none.</summary>
    public static string? Of(string name) => name.Trim().ToLowerInvariant() switch
    {
        "train" or "training" => Dataset.TrainPart,
        "val" or "valid" or "validation" or "dev" => Dataset.ValidationPart,
        "test" or "testing" => Dataset.TestPart,
        _ => null,
    };
}
